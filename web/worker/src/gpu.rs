//! The browser's graphics processor: looked for while the page already speaks with the worker, and given the networks of
//! each run. Trains nothing itself; without a processor, or when it fails, the trainer goes on here.

use batchnorm_lab::architecture::NetworkFactory;
use batchnorm_lab::engine::{Engine, Model};
use batchnorm_lab::error::Error;
use batchnorm_lab_gpu::{Gpu, GpuEngine, Want};
use wasm_bindgen_futures::spawn_local;

use crate::port::{Endpoint, serve_by};
use crate::pump::Pump;

/// The name of this engine in links and messages.
pub const NAME: &str = "webgpu";

/// Serves whoever is at the other end, with the first processor there is, for as long as this thread lives.
pub fn serve_on_gpu(page: Endpoint, factory: NetworkFactory) {
    let mut pump = Pump::new(factory);
    pump.use_engines(NAME);
    let server = serve_by(page, pump);
    let want = Want {
        large: true,
        ..Want::default()
    };
    spawn_local(async move { server.take_gpu(Gpu::acquire(want).await) });
}

/// An engine for each of these networks.
///
/// # Errors
/// As `GpuEngine::new`.
pub async fn make_engines(gpu: &Gpu, models: &[Model]) -> Result<Vec<Box<dyn Engine>>, Error> {
    let mut engines: Vec<Box<dyn Engine>> = Vec::with_capacity(models.len());
    for model in models {
        engines.push(Box::new(GpuEngine::new(gpu, model).await?));
    }
    Ok(engines)
}
