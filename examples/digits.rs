//! Trains a small convolutional network with Batch Normalization on real digits, natively, a line an epoch:
//! `cargo run --release --example digits`. Fails if it does not reach 97 % on digits it has not seen.

use std::process::ExitCode;
use std::time::Instant;

use batchnorm_lab::data::Split;
use batchnorm_lab::data::digits::{self, CLASSES, PIXELS, SIDE};
use batchnorm_lab::lanes::{Best, Lanes};
use batchnorm_lab::network::{
    Affine, BatchNorm, Conv, Flatten, Hyper, Layer, Mode, Network, Scratch, Shape,
};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::{Activation, Initialization, Loss};

const SEED: u32 = 1;
const BATCH: usize = 32;
const EPOCHS: usize = 12;
const WANTED: f64 = 0.97;

/// conv3×3 8 - BN - relu - conv3×3 16 - BN - relu - dense 10.
fn layers() -> Vec<Layer> {
    let mut layers = Vec::new();
    for (place, channels) in [1, 8, 16].windows(2).enumerate() {
        layers.push(Layer::from(Conv {
            name: format!("conv{}", place + 1),
            inputs: channels[0],
            outputs: channels[1],
            stride: 1,
            pad: 1,
            bias: false,
        }));
        layers.push(Layer::from(BatchNorm {
            name: format!("norm{}", place + 1),
            features: channels[1],
            ..BatchNorm::default()
        }));
        layers.push(Layer::from(Activation::Relu));
    }
    layers.push(Layer::from(Flatten));
    layers.push(Layer::from(Affine {
        name: "output".into(),
        inputs: 16 * PIXELS,
        outputs: CLASSES,
        bias: true,
    }));
    layers
}

/// Share of digits whose largest output is their label's, by running statistics.
fn accuracy(network: &Network, split: &Split, scratch: &mut Scratch) -> f64 {
    let output = network.infer(&split.x, split.len(), Mode::Running, scratch);
    let output = output.expect("running statistics need no batch");
    let right = split.labels.iter().enumerate().filter(|(row, label)| {
        let largest = |class: usize| output.at(*row, class);
        let own = largest(usize::from(**label));
        (0..CLASSES).all(|class| largest(class) <= own)
    });
    right.count() as f64 / split.len() as f64
}

fn main() -> ExitCode {
    let bytes = include_bytes!("../assets/digits/digits.bin");
    let link = format!("data=digits&samples=1797&split=80&seed={SEED}");
    let (settings, _) = Settings::from_text(&link);
    let data = digits::dataset(bytes, &settings).expect("the asset is whole");
    let image = Shape::Image {
        channels: 1,
        height: SIDE,
        width: SIDE,
    };
    let mut network = Network::<Best>::with_input(image, &layers(), Loss::CrossEntropy, BATCH)
        .expect("the layers fit");
    let mut rng = Rng::new(u64::from(SEED), "weights");
    network.initialize(Initialization::HeNormal, 1.0, &mut rng);
    let hyper = Hyper::sgd(0.05, 0.9);
    let mut scratch = Scratch::default();
    let mut order: Vec<usize> = (0..data.train.len()).collect();
    let mut shuffling = Rng::new(u64::from(SEED), "order");
    let mut reached = 0.0_f64;
    println!(
        "{} training and {} test digits, lanes {}",
        data.train.len(),
        data.test.len(),
        Best::NAME
    );
    for epoch in 1..=EPOCHS {
        let start = Instant::now();
        shuffling.shuffle(&mut order);
        let mut total = 0.0;
        let batches = order.chunks_exact(BATCH);
        let steps = batches.len();
        for rows in batches {
            let x: Vec<f32> = rows
                .iter()
                .flat_map(|row| &data.train.x[row * PIXELS..][..PIXELS])
                .copied()
                .collect();
            let labels: Vec<u8> = rows.iter().map(|row| data.train.labels[*row]).collect();
            let loss = network.train_step(&x, &labels, BATCH, &hyper);
            total += f64::from(loss.expect("more than one row"));
        }
        let seconds = start.elapsed().as_secs_f64();
        reached = accuracy(&network, &data.test, &mut scratch);
        println!(
            "epoch {epoch:2}: loss {:.4}, test accuracy {:.2} %, {:.0} ms",
            total / steps as f64,
            100.0 * reached,
            1e3 * seconds
        );
    }
    if reached < WANTED {
        eprintln!("less than {:.0} %", 100.0 * WANTED);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
