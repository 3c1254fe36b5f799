//! All tests of the GPU's engine in one program: it is compiled and linked once. In a browser it has the grids alone.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../../tests/common/mod.rs"]
mod common;
#[path = "../../tests/common/distance.rs"]
mod distance;
#[cfg(not(target_arch = "wasm32"))]
mod golden_kinds;
#[cfg(not(target_arch = "wasm32"))]
mod gpu;
#[path = "gpu/grids.rs"]
mod grids;

#[cfg(not(target_arch = "wasm32"))]
mod engine;
#[cfg(not(target_arch = "wasm32"))]
mod functions;
#[cfg(not(target_arch = "wasm32"))]
mod golden;
mod grid;
#[cfg(not(target_arch = "wasm32"))]
mod observation;
#[cfg(not(target_arch = "wasm32"))]
mod parts;
