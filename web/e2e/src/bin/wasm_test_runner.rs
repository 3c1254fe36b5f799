//! The runner that cargo calls for tests built for the browser: wasm-bindgen's own, as a library. Adds nothing to it.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
