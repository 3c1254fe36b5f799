//! The lab's own kernels and networks as cases that a page, or an outside rig, can time and check. Has no clock, draws
//! nothing and has no kernel of its own, but for those that measure the machine's peaks.
//!
//! Inputs come row-major and are brought into the core's layout when a case is made; what is read is row-major again.
//! Everything is allocated when a case is made, nothing while it runs.

mod batch_norm;
mod cost;
#[cfg(feature = "gpu")]
mod gpu;
mod histogram;
mod roof;
#[cfg(not(target_arch = "wasm32"))]
pub mod rows;
mod train;

pub use batch_norm::BatchNormCase;
pub use cost::Cost;
#[cfg(feature = "gpu")]
pub use gpu::{BrowserGpu, GpuCase, acquire};
pub use histogram::HistogramCase;
pub use roof::{StreamCase, arithmetic, arithmetic_cost, arithmetic_forms};
pub use train::TrainCase;

use batchnorm_lab::lanes::{Best, Lanes};
use wasm_bindgen::prelude::*;

/// Which lanes compute in this build.
#[wasm_bindgen]
pub fn engine() -> String {
    Best::NAME.to_owned()
}

/// The version of the lab.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Refuses an input of another length than its shape says.
fn require(what: &str, got: usize, needs: usize) -> Result<(), String> {
    if got == needs {
        return Ok(());
    }
    Err(format!("{what}: {got} values, needs {needs}"))
}
