//! What tests of grids need on either target: a device or the word that there is none, and waiting for what it gives.

use batchnorm_lab::error::Error;
use batchnorm_lab_gpu::{Fault, Gpu, GridRun, Want};

/// A device; without any adapter the test says so by name and is passed over.
async fn acquire(test: &str) -> Option<Gpu> {
    let want = Want {
        large: true,
        ..Want::default()
    };
    match Gpu::acquire(want).await {
        Ok(gpu) => Some(gpu),
        Err(Error::Engine { code, .. }) if code == Fault::NoAdapter.code() => {
            say(&format!("{test}: skipped: no adapter"));
            None
        }
        Err(other) => panic!("{test}: {other}"),
    }
}

/// A line for whoever runs the tests.
#[cfg(not(target_arch = "wasm32"))]
pub fn say(line: &str) {
    println!("{line}");
}

#[cfg(target_arch = "wasm32")]
pub fn say(line: &str) {
    wasm_bindgen_test::console_log!("{line}");
}

/// Lets others work before the next look.
#[cfg(not(target_arch = "wasm32"))]
async fn others() {
    std::thread::yield_now();
}

/// The browser answers between tasks alone: this goes on in another one.
#[cfg(target_arch = "wasm32")]
async fn others() {
    let task = js_sys::Function::new_with_args("resolve", "setTimeout(resolve)");
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        task.call1(&js_sys::global(), &resolve).expect("a task");
    });
    wasm_bindgen_futures::JsFuture::from(promise)
        .await
        .expect("a turn");
}

/// Makes so many steps of every network.
pub async fn advance(grid: &mut GridRun, steps: u32, wants_states: bool) {
    grid.start(steps, wants_states).expect("steps");
    while !grid.poll(None).expect("an answer") {
        others().await;
    }
}

/// Tests that are given a device.
macro_rules! tests {
    ($($name:ident,)+) => {
        mod there {
            $(
                #[cfg(not(target_arch = "wasm32"))]
                #[test]
                fn $name() {
                    pollster::block_on(super::with_device(stringify!($name), super::$name));
                }

                #[cfg(target_arch = "wasm32")]
                #[wasm_bindgen_test::wasm_bindgen_test]
                async fn $name() {
                    super::with_device(stringify!($name), super::$name).await;
                }
            )+
        }
    };
}
pub(crate) use tests;

/// Gives a test a device, if there is one.
pub async fn with_device(name: &str, test: impl AsyncFn(&Gpu)) {
    if let Some(gpu) = acquire(name).await {
        test(&gpu).await;
    }
}
