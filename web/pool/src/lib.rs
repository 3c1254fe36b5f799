//! Both ends of a pool: `start` serves jobs, or a device, in a worker; `GridPlan`, `MeasurePlan` and `ClaimPlan` say in the
//! page which jobs a grid, a measurement or a claim is. Its script is `web/pool/pool.js`. Trains nothing itself: jobs are
//! the core's.

#[cfg(feature = "claims")]
mod claims;
mod device;
#[cfg(feature = "gpu")]
mod gpu;
mod measure;
mod measure_plan;
mod measured;
mod object;
mod plan;
mod queue;
mod serve;

#[cfg(feature = "claims")]
pub use claims::{ClaimPlan, claim_names};
pub use measure_plan::MeasurePlan;
pub use plan::GridPlan;
pub use queue::{Did, Jobs, Next, Queue};

use wasm_bindgen::prelude::*;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Serves the page this worker belongs to. Called once, by `worker.js`.
#[wasm_bindgen]
pub fn start() {
    #[cfg(feature = "gpu")]
    let queue = Box::new(gpu::GpuQueue::default());
    #[cfg(not(feature = "gpu"))]
    let queue = Box::new(Queue::default());
    serve::serve(js_sys::global().unchecked_into(), queue);
}
