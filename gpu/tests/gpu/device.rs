//! A device for tests, or the word that there is none; and waiting for what is ready almost at once.

pub use pollster::block_on as wait;

use batchnorm_lab::error::Error;
use batchnorm_lab_gpu::Fault;
use batchnorm_lab_gpu::{Gpu, Want};

/// A device; without any adapter the test says so by name and is passed over.
pub fn device(test: &str) -> Option<Gpu> {
    match wait(Gpu::acquire(Want::default())) {
        Ok(gpu) => Some(gpu),
        Err(Error::Engine { code, .. }) if code == Fault::NoAdapter.code() => {
            println!("{test}: skipped: no adapter");
            None
        }
        Err(other) => panic!("{test}: {other}"),
    }
}
