//! The browser's GPU: looked for while the page already speaks with the worker, and given the networks of each run.
//! Trains nothing itself; without a GPU, or when it fails, the trainer goes on here.

use std::cell::Cell;
use std::rc::Rc;

use batchnorm_lab::architecture::NetworkFactory;
use batchnorm_lab::engine::{Engine, Model};
use batchnorm_lab::error::Error;
use batchnorm_lab_gpu::{Gpu, GpuEngine, Want};
use wasm_bindgen_futures::spawn_local;

use crate::port::{Endpoint, Server, serve_by};
use crate::pump::Pump;

/// The name of this engine in links and messages.
pub const NAME: &str = "webgpu";

/// Serves whoever is at the other end, with the first GPU there is, for as long as this thread lives.
pub fn serve_on_gpu(page: Endpoint, factory: NetworkFactory) {
    let mut pump = Pump::new(factory);
    pump.use_engines(NAME);
    let server = serve_by(page, pump);
    let want = Want {
        large: true,
        ..Want::default()
    };
    spawn_local(async move {
        match Gpu::acquire(want).await {
            Ok(gpu) => make_engines_on(&server, gpu),
            Err(error) => server.pump().do_without_engines(&error),
        }
        server.work_soon();
    });
}

/// From now on gives every new run the engines that it asks for; they come when they come. One run's at a time: of runs
/// that follow each other fast only the last gets any.
fn make_engines_on(server: &Rc<Server>, gpu: Gpu) {
    let is_making = Rc::new(Cell::new(false));
    let asking = server.clone();
    server.set_after_work(move || {
        if is_making.get() {
            return;
        }
        let Some(mut request) = asking.pump().engine_request() else {
            return;
        };
        is_making.set(true);
        let (server, gpu, is_making) = (asking.clone(), gpu.clone(), is_making.clone());
        spawn_local(async move {
            loop {
                let made = make_engines(&gpu, &request.models).await;
                let mut pump = server.pump();
                pump.give_engines(request.number, made);
                match pump.engine_request() {
                    Some(next) => request = next,
                    None => break,
                }
            }
            is_making.set(false);
            server.work_soon();
        });
    });
}

/// An engine for each of these networks.
///
/// # Errors
/// As `GpuEngine::new`.
async fn make_engines(gpu: &Gpu, models: &[Model]) -> Result<Vec<Box<dyn Engine>>, Error> {
    let mut engines: Vec<Box<dyn Engine>> = Vec::with_capacity(models.len());
    for model in models {
        engines.push(Box::new(GpuEngine::new(gpu, model).await?));
    }
    Ok(engines)
}
