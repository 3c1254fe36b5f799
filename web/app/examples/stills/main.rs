//! Trains every lesson's run and writes its still pictures, and `index.json`, into a folder: the argument.
//! `cargo run --package batchnorm-lab-app --example stills -- stills`. Of the page's own builds there is nothing to run.

#[cfg(not(any(target_arch = "wasm32", feature = "split")))]
mod write;

#[cfg(not(any(target_arch = "wasm32", feature = "split")))]
fn main() -> std::io::Result<()> {
    let folder = std::env::args_os().nth(1);
    write::stills(folder.expect("which folder?").as_ref())
}

#[cfg(any(target_arch = "wasm32", feature = "split"))]
fn main() {}
