//! The browser's graphics processor: found before anything is said, and given the networks of each run. Trains nothing
//! itself; without a processor, or when it fails, the trainer goes on here.

use batchnorm_lab::architecture::Architect;
use batchnorm_lab::engine::gpu::{Gpu, GpuEngine, Want};
use batchnorm_lab::engine::{Engine, Model};
use batchnorm_lab::error::Error;

use crate::port::{Endpoint, serve_by};
use crate::pump::Pump;

/// The name of this engine in links and messages.
pub const NAME: &str = "webgpu";

/// Serves whoever is at the other end, with the first processor there is, for as long as this thread lives.
pub async fn serve_with_engines(page: Endpoint, architect: Architect) {
    let want = Want {
        large: true,
        ..Want::default()
    };
    serve_on(page, architect, Gpu::acquire(want).await);
}

/// Serves with this processor, or with the word why there is none.
pub fn serve_on(page: Endpoint, architect: Architect, gpu: Result<Gpu, Error>) {
    let mut pump = Pump::new(architect);
    pump.seek_engines(NAME);
    if let Err(error) = &gpu {
        pump.do_without_engines(error);
    }
    serve_by(page, pump, gpu.ok());
}

/// An engine for each of these networks.
///
/// # Errors
/// As `GpuEngine::new`; `Error::Engine` without a processor.
pub async fn make_engines(gpu: &Gpu, models: &[Model]) -> Result<Vec<Box<dyn Engine>>, Error> {
    let mut engines: Vec<Box<dyn Engine>> = Vec::with_capacity(models.len());
    for model in models {
        engines.push(Box::new(GpuEngine::new(gpu, model).await?));
    }
    Ok(engines)
}
