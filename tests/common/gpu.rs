//! A device for tests, or the word that there is none; and waiting for what is ready almost at once.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use batchnorm_lab::engine::gpu::{Gpu, Want};
use batchnorm_lab::error::{Error, Fault};

/// Natively every future of wgpu is ready almost at once.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        std::thread::yield_now();
    }
}

/// A device; without any adapter the test says so by name and is passed over.
pub fn device(test: &str) -> Option<Gpu> {
    match wait(Gpu::acquire(Want::default())) {
        Ok(gpu) => Some(gpu),
        Err(Error::Engine {
            fault: Fault::NoAdapter,
            ..
        }) => {
            println!("{test}: skipped: no adapter");
            None
        }
        Err(other) => panic!("{test}: {other}"),
    }
}
