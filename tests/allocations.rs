//! Training and inference ask for no memory once they have run. Native only: it counts what the allocator is asked.
#![cfg(not(target_arch = "wasm32"))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use batchnorm_lab::choice::{Activation, Loss};
use batchnorm_lab::kernels::norm::batch;
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::{Affine, BatchNorm, Hyper, Layer, Mode, Network, Scratch};

struct Counting;

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged; the count is a plain cell of this thread.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.set(ASKED.get() + 1);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `f` asks for memory.
fn asked(f: impl FnOnce()) -> usize {
    let before = ASKED.get();
    f();
    ASKED.get() - before
}

#[test]
fn steps_and_repeated_inference_allocate_nothing() {
    let layers = [
        Layer::from(Affine {
            name: "fc1".into(),
            inputs: 2,
            outputs: 7,
            bias: true,
        }),
        Layer::from(BatchNorm {
            name: "norm1".into(),
            features: 7,
            rule: batch::Rule {
                epsilon: 1e-5,
                ..batch::Rule::default()
            },
            ..BatchNorm::default()
        }),
        Layer::from(Activation::Gelu),
        Layer::from(Affine {
            name: "output".into(),
            inputs: 7,
            outputs: 3,
            bias: true,
        }),
    ];
    let mut network = Network::<Best>::new(&layers, Loss::CrossEntropy, 16).expect("they fit");
    let mut scratch = Scratch::default();
    let x: Vec<f32> = (0..100).map(|i| (i % 13) as f32 - 6.0).collect();
    let labels: Vec<u8> = (0..16).map(|i| i % 3).collect();
    let first = asked(|| {
        network
            .infer(&x, 50, Mode::Batch, &mut scratch)
            .expect("fifty rows");
    });
    assert!(first > 0, "the counter counts");
    let later = asked(|| {
        for rows in 2..=16 {
            for hyper in [Hyper::sgd(0.1, 0.9), Hyper::adam(0.01)] {
                let labels = &labels[..rows];
                network
                    .train_step(&x[..2 * rows], labels, rows, &hyper)
                    .expect("two rows or more");
            }
            network
                .infer(&x[..2 * rows], rows, Mode::Batch, &mut scratch)
                .expect("two rows or more");
        }
    });
    assert_eq!(later, 0);
}
