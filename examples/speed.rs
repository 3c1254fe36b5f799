//! Microseconds per training step of two networks on this machine, single-threaded: `cargo run --release --example speed`.

use std::time::Instant;

use batchnorm_lab::choice::{Activation, Initialization, Loss};
use batchnorm_lab::kernels::norm::batch;
use batchnorm_lab::lanes::{Best, Lanes};
use batchnorm_lab::network::{Affine, BatchNorm, Hyper, Layer, Network};
use batchnorm_lab::rng::Rng;

/// Rows of each step.
const BATCH: usize = 32;
/// Timed runs; the median counts.
const REPEATS: usize = 15;

fn layers(widths: &[usize]) -> Vec<Layer> {
    let mut layers = Vec::new();
    let last = widths.len() - 2;
    for (place, pair) in widths.windows(2).enumerate() {
        layers.push(Layer::from(Affine {
            name: format!("fc{}", place + 1),
            inputs: pair[0],
            outputs: pair[1],
            bias: true,
        }));
        if place < last {
            layers.push(Layer::from(BatchNorm {
                name: format!("norm{}", place + 1),
                features: pair[1],
                rule: batch::Rule {
                    epsilon: 1e-5,
                    ..batch::Rule::default()
                },
                ..BatchNorm::default()
            }));
            layers.push(Layer::from(Activation::Tanh));
        }
    }
    layers
}

/// Median microseconds of one step.
fn measure(widths: &[usize], loss: Loss, steps: usize) -> f64 {
    let mut network = Network::<Best>::new(&layers(widths), loss, BATCH).expect("the layers fit");
    let mut rng = Rng::new(1, "speed");
    network.initialize(Initialization::XavierNormal, 1.0, &mut rng);
    let classes = widths[widths.len() - 1].max(2);
    let x: Vec<f32> = (0..BATCH * widths[0])
        .map(|_| rng.normal() as f32)
        .collect();
    let labels: Vec<u8> = (0..BATCH).map(|_| rng.below(classes) as u8).collect();
    let hyper = Hyper::sgd(1e-3, 0.9);
    let mut micros: Vec<f64> = (0..REPEATS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..steps {
                let loss = network.train_step(&x, &labels, BATCH, &hyper);
                assert!(loss.expect("a step").is_finite());
            }
            start.elapsed().as_secs_f64() * 1e6 / steps as f64
        })
        .collect();
    micros.sort_by(f64::total_cmp);
    micros[REPEATS / 2]
}

fn main() {
    println!("lanes: {}", Best::NAME);
    for (widths, loss, steps) in [
        (&[2, 16, 16, 16, 1][..], Loss::BinaryCrossEntropy, 5000),
        (&[64, 100, 100, 100, 10], Loss::CrossEntropy, 200),
    ] {
        let micros = measure(widths, loss, steps);
        println!("{widths:?} tanh, batch norm, batch {BATCH}: {micros:.2} µs a step");
    }
}
