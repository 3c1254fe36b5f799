//! The runner that cargo calls for tests built for the browser: wasm-bindgen's own, as a library, with a browser that is
//! started again where it did not start.

use batchnorm_lab_e2e::wasm_tests::with_a_browser;
use wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args;

fn main() -> anyhow::Result<()> {
    with_a_browser(|| run_cli_with_args(std::env::args_os()))
}
