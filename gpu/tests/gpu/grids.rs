//! What tests of grids need on either target: a device or the word that there is none, and waiting for what it gives.

use batchnorm_lab::error::Error;
use batchnorm_lab_gpu::{Fault, Gpu, GridRun, Want};

/// A device; without any adapter the test says so by name and is passed over.
pub async fn acquire(test: &str) -> Option<Gpu> {
    let want = Want {
        large: true,
        ..Want::default()
    };
    match Gpu::acquire(want).await {
        Ok(gpu) => Some(gpu),
        Err(Error::Engine { code, .. }) if code == Fault::NoAdapter.code() => {
            println!("{test}: skipped: no adapter");
            None
        }
        Err(other) => panic!("{test}: {other}"),
    }
}

/// Makes so many steps of every network.
pub async fn advance(grid: &mut GridRun, steps: u32, wants_states: bool) {
    grid.start(steps, wants_states).expect("steps");
    while !grid.poll(None).expect("an answer") {
        std::thread::yield_now();
    }
}

/// Tests that are given a device.
macro_rules! tests {
    ($($name:ident,)+) => {
        mod there {
            $(
                #[test]
                fn $name() {
                    pollster::block_on(async {
                        if let Some(gpu) = super::acquire(stringify!($name)).await {
                            super::$name(&gpu).await;
                        }
                    });
                }
            )+
        }
    };
}
pub(crate) use tests;
