//! Microseconds per training step of four networks on this machine, single-threaded: `cargo run --release --example speed`.

use std::time::Instant;

use batchnorm_lab::choice::{Activation, Initialization};
use batchnorm_lab::lanes::{Best, Lanes};
use batchnorm_lab::network::{
    Affine, BatchNorm, Conv, Flatten, Hyper, Layer, Network, Objective, Shape, Targets,
};
use batchnorm_lab::rng::Rng;

/// Timed runs; the median counts.
const REPEATS: usize = 15;

/// One row of the table.
struct Work {
    name: &'static str,
    input: Shape,
    layers: Vec<Layer>,
    objective: Objective,
    batch: usize,
    learning_rate: f64,
    steps: usize,
}

fn affine(place: usize, inputs: usize, outputs: usize, bias: bool) -> Layer {
    Layer::from(Affine {
        name: format!("fc{place}"),
        inputs,
        outputs,
        bias,
    })
}

fn norm(place: usize, features: usize) -> Layer {
    Layer::from(BatchNorm {
        name: format!("norm{place}"),
        features,
        ..BatchNorm::default()
    })
}

/// Affine, batch norm and activation for each hidden width; then an affine layer.
fn dense(widths: &[usize], activation: Activation) -> Vec<Layer> {
    let mut layers = Vec::new();
    let last = widths.len() - 2;
    for (place, pair) in widths.windows(2).enumerate() {
        layers.push(affine(place, pair[0], pair[1], place == last));
        if place < last {
            layers.push(norm(place, pair[1]));
            layers.push(Layer::from(activation));
        }
    }
    layers
}

/// conv3×3 8 - BN - relu - conv3×3 16 - BN - relu - dense 10.
fn convolutional() -> Vec<Layer> {
    let mut layers = Vec::new();
    for (place, channels) in [1, 8, 16].windows(2).enumerate() {
        layers.push(Layer::from(Conv {
            name: format!("conv{place}"),
            inputs: channels[0],
            outputs: channels[1],
            stride: 1,
            pad: 1,
            bias: false,
        }));
        layers.push(norm(place, channels[1]));
        layers.push(Layer::from(Activation::Relu));
    }
    layers.push(Layer::from(Flatten));
    layers.push(affine(2, 16 * 64, 10, true));
    layers
}

fn works() -> [Work; 4] {
    let wide = |name, activation| Work {
        name,
        input: Shape::Features(64),
        layers: dense(&[64, 100, 100, 100, 10], activation),
        objective: Objective::CrossEntropy,
        batch: 60,
        learning_rate: 0.1,
        steps: 200,
    };
    [
        Work {
            name: "mlp_a: 2-16-16-16-1 tanh",
            input: Shape::Features(2),
            layers: dense(&[2, 16, 16, 16, 1], Activation::Tanh),
            objective: Objective::HalfSquaredError,
            batch: 32,
            learning_rate: 0.03,
            steps: 5000,
        },
        wide("mlp_b: 64-100-100-100-10 sigmoid", Activation::Sigmoid),
        wide("mlp_b_relu: 64-100-100-100-10 relu", Activation::Relu),
        Work {
            name: "cnn_c: 8×8×1, conv 8, conv 16, dense 10",
            input: Shape::Image {
                channels: 1,
                height: 8,
                width: 8,
            },
            layers: convolutional(),
            objective: Objective::CrossEntropy,
            batch: 32,
            learning_rate: 0.05,
            steps: 100,
        },
    ]
}

/// Median microseconds of one step.
fn measure(work: &Work) -> f64 {
    let batch = work.batch;
    let mut network = Network::<Best>::with_input(work.input, &work.layers, work.objective, batch)
        .expect("they fit");
    let mut rng = Rng::new(1, "speed");
    network.initialize(Initialization::XavierNormal, 1.0, &mut rng);
    let mut normals = |n: usize| -> Vec<f32> { (0..n).map(|_| rng.normal() as f32).collect() };
    let (x, values) = (normals(batch * work.input.units()), normals(batch));
    let labels: Vec<u8> = (0..batch).map(|row| (row % 10) as u8).collect();
    let targets = match work.objective {
        Objective::HalfSquaredError => Targets::Values(&values),
        Objective::BinaryCrossEntropy | Objective::CrossEntropy => Targets::Labels(&labels),
    };
    let hyper = Hyper::sgd(work.learning_rate, 0.0);
    let mut micros: Vec<f64> = (0..REPEATS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..work.steps {
                let loss = network.train_step_towards(&x, targets, batch, &hyper);
                assert!(loss.expect("a step").is_finite());
            }
            start.elapsed().as_secs_f64() * 1e6 / work.steps as f64
        })
        .collect();
    micros.sort_by(f64::total_cmp);
    micros[REPEATS / 2]
}

fn main() {
    println!("lanes: {}", Best::NAME);
    for work in works() {
        let micros = measure(&work);
        println!("{}, batch {}: {micros:.2} µs a step", work.name, work.batch);
    }
}
