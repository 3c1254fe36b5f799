//! Training and inference ask for no memory once they have run. Native only: it counts what the allocator is asked.
#![cfg(not(target_arch = "wasm32"))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::kernels::norm::batch;
use batchnorm_lab::kernels::recurrent::Normalizes;
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::{
    Affine, Attention, AveragePool, BatchNorm, Conv, Dropout, Hyper, Layer, MaxPool, Mode, Network,
    Recurrent, Scratch, Shape,
};
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::{Activation, Loss, Norm};

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

#[test]
fn steps_on_images_and_sequences_allocate_nothing() {
    let conv = Layer::from(Conv {
        name: "conv1".into(),
        inputs: 1,
        outputs: 5,
        stride: 1,
        pad: 1,
        bias: true,
    });
    let norm = Layer::from(BatchNorm {
        name: "norm1".into(),
        features: 5,
        ..BatchNorm::default()
    });
    let output = |inputs| {
        Layer::from(Affine {
            name: "output".into(),
            inputs,
            outputs: 3,
            bias: true,
        })
    };
    let attention = Layer::from(Attention {
        name: "attention".into(),
        features: 5,
        epsilon: 1e-5,
    });
    let recurrent = Layer::from(Recurrent {
        name: "rnn".into(),
        inputs: 5,
        hidden: 4,
        normalizes: Normalizes::Preactivation,
        epsilon: 1e-5,
    });
    let dropout = Layer::from(Dropout {
        name: "drop".into(),
        probability: 0.1,
        seed: 1,
    });
    let image = Shape::Image {
        channels: 1,
        height: 4,
        width: 5,
    };
    let sequence = Shape::Sequence {
        steps: 4,
        features: 5,
    };
    let images = vec![
        conv,
        norm,
        Layer::from(MaxPool),
        Layer::from(AveragePool),
        output(5),
    ];
    let sequences = vec![attention, dropout, recurrent, output(4)];
    let x: Vec<f32> = (0..320).map(|i| (i % 13) as f32 - 6.0).collect();
    let labels: Vec<u8> = (0..16).map(|i| i % 3).collect();
    let lengths: Vec<usize> = (0..16).map(|i| 1 + i % 4).collect();
    for (input, layers) in [(image, images), (sequence, sequences)] {
        let mut network =
            Network::<Best>::with_input(input, &layers, Loss::CrossEntropy, 16).expect("they fit");
        let mut scratch = Scratch::default();
        network
            .infer(&x, 16, Mode::Running, &mut scratch)
            .expect("sixteen rows");
        let asked = asked(|| {
            for rows in 2..=16 {
                if let Shape::Sequence { .. } = input {
                    network.set_lengths(Some(&lengths[..rows]));
                }
                let x = &x[..20 * rows];
                network
                    .train_step(x, &labels[..rows], rows, &Hyper::adam(0.01))
                    .expect("two rows or more");
                network
                    .infer(x, rows, Mode::Running, &mut scratch)
                    .expect("two rows or more");
            }
        });
        assert_eq!(asked, 0, "{input}");
    }
}

#[test]
fn every_normalisation_of_the_settings_steps_without_allocating() {
    for norm in Norm::ALL {
        let link = format!("layers=8-d20-6&groups=2&ghost=4&b={}&loss=ce", norm.name());
        let (settings, errors) = Settings::from_text(&link);
        assert_eq!(errors, []);
        if *norm == Norm::Instance {
            // A single feature is no instance.
            continue;
        }
        let plan = (FULL.network)(*norm, &settings).expect("these layers");
        let loss = settings.loss_used();
        let mut network =
            Network::<Best>::with_input(plan.input, &plan.layers, loss, 16).expect("they fit");
        let x: Vec<f32> = (0..32).map(|i| (i % 13) as f32 - 6.0).collect();
        let labels: Vec<u8> = (0..16).map(|i| i % 2).collect();
        let asked = asked(|| {
            for rows in [8, 12, 16] {
                network
                    .train_step(&x[..2 * rows], &labels[..rows], rows, &Hyper::adam(0.01))
                    .expect("whole chunks");
            }
        });
        assert_eq!(asked, 0, "{}", norm.name());
    }
}
