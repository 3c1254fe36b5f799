//! The worker around the core's trainer: bytes in, bytes out, time in slices. Trains nothing and knows no page.

#[cfg(feature = "gpu")]
mod gpu;
mod port;
mod pump;

#[cfg(feature = "gpu")]
pub use gpu::serve_on_gpu;
pub use port::{Endpoint, serve};
pub use pump::{Next, Pump};

#[cfg(feature = "full")]
use batchnorm_lab::architecture::FULL as FACTORY;
#[cfg(not(feature = "full"))]
use batchnorm_lab::architecture::LIGHT as FACTORY;
use wasm_bindgen::prelude::*;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Starts serving the page this worker belongs to. Called once, by `worker.js`.
#[cfg(feature = "gpu")]
#[wasm_bindgen]
pub fn start() {
    serve_on_gpu(js_sys::global().unchecked_into(), FACTORY);
}

/// Starts serving the page this worker belongs to. Called once, by `worker.js`.
#[cfg(not(feature = "gpu"))]
#[wasm_bindgen]
pub fn start() {
    serve(js_sys::global().unchecked_into(), FACTORY);
}
