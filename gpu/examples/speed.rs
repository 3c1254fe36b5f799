//! How fast the GPU of this machine trains, against what it can do at best: a training step of wide
//! layers in operations a second, Batch Normalization in bytes a second beside a plain copy. `cargo run --release
//! --package batchnorm-lab-gpu --example speed`; `-- small` for a machine without one, where the CPU plays the GPU.

use std::time::Instant;

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::data::Batch;
use batchnorm_lab::engine::{CpuEngine, Engine, Model, Slice, UpdateRules};
use batchnorm_lab::error::Error;
use batchnorm_lab::lanes::{Best, Lanes};
use batchnorm_lab::network::{Affine, BatchNorm, Flatten, Hyper, Layer, Network, Objective, Shape};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::settings::choice::{Activation, Frozen, Initialization, Loss};
use batchnorm_lab_gpu::{
    Back, Fault, Gpu, GpuEngine, GpuNetwork, Pass, StepMode, Want, described, wgpu,
};
use pollster::block_on as wait;

/// Every figure is the best of so many runs: others use the machine too.
const RUNS: usize = 5;
/// Beyond this no further run is begun.
const ENOUGH_SECONDS: u64 = 10;
const INPUTS: usize = 64;
const CLASSES: usize = 10;

fn main() -> Result<(), Error> {
    let is_small = std::env::args().any(|argument| argument == "small");
    let want = Want {
        large: true,
        ..Want::default()
    };
    let gpu = wait(Gpu::acquire(want))?;
    println!("adapter: {}", gpu.adapter);
    let (rows, width) = if is_small { (256, 128) } else { (4096, 1024) };
    training(&gpu, rows, width)?;
    let mut shape = if is_small {
        [8, 64, 28, 28]
    } else {
        [64, 256, 56, 56]
    };
    // Fewer images where the adapter has no room for so many.
    while let Err(error) = batch_norm(&gpu, shape) {
        println!("{shape:?}: {error}");
        shape[0] /= 2;
        if shape[0] < 2 || error.code() != Fault::OutOfMemory.code() {
            return Err(error);
        }
    }
    Ok(())
}

/// One training step of 64-W-W-W-10 with Batch Normalization and ReLU.
fn training(gpu: &Gpu, rows: usize, width: usize) -> Result<(), Error> {
    let mut layers = Vec::new();
    for (place, inputs) in [INPUTS, width, width].into_iter().enumerate() {
        layers.push(Layer::from(Affine {
            name: format!("fc{place}"),
            inputs,
            outputs: width,
            bias: false,
        }));
        layers.push(Layer::from(BatchNorm {
            name: format!("norm{place}"),
            features: width,
            ..BatchNorm::default()
        }));
        layers.push(Layer::from(Activation::Relu));
    }
    layers.push(Layer::from(Affine {
        name: "output".into(),
        inputs: width,
        outputs: CLASSES,
        bias: true,
    }));
    let model = Model {
        input: Shape::Features(INPUTS),
        layers,
        objective: Loss::CrossEntropy.into(),
        max_rows: rows,
    };
    let mut rng = Rng::new(1, "speed");
    let batch = Batch {
        x: (0..rows * INPUTS).map(|_| rng.normal() as f32).collect(),
        labels: (0..rows).map(|row| (row % CLASSES) as u8).collect(),
        rows,
        ..Batch::default()
    };
    let products = INPUTS * width + 2 * width * width + width * CLASSES;
    // Forward, towards weights and towards inputs, which the first layer does not need.
    let flops = (2 * rows * (3 * products - INPUTS * width)) as f64;
    println!(
        "one step of {INPUTS}-{width}-{width}-{width}-{CLASSES}, batch {rows}: {:.2} GFLOP",
        flops / 1e9
    );
    let mut network = Network::with_input(model.input, &model.layers, model.objective, rows)?;
    network.initialize(Initialization::HeNormal, 1.0, &mut rng);
    let mut here = CpuEngine::new(FULL.lengths);
    let mut there = wait(GpuEngine::new(gpu, &model))?;
    there.restore(&network)?;
    let name = format!("one core, {}", Best::NAME);
    for (name, engine) in [
        (&*name, &mut here as &mut dyn Engine),
        ("webgpu", &mut there),
    ] {
        let mut steps = 1;
        let seconds = loop {
            let batches = vec![batch.clone(); steps];
            let seconds = best(|| run(engine, &mut network, &batches))?;
            // As many in a row as the trainer starts at once, unless they are long.
            if seconds > 0.3 || steps >= 64 {
                break seconds / steps as f64;
            }
            steps *= 2;
        };
        println!(
            "  {name:<20} {:>10.2} ms {:>9.1} GFLOP/s",
            1e3 * seconds,
            flops / seconds / 1e9
        );
    }
    Ok(())
}

fn run(
    engine: &mut dyn Engine,
    network: &mut Network<Best>,
    batches: &[Batch],
) -> Result<(), Error> {
    let rules = UpdateRules {
        hyper: Hyper::sgd(0.05, 0.0),
        momentum: Some(0.1),
        frozen: Frozen::None,
    };
    let slice = Slice {
        batches,
        rules,
        wants_state: false,
        observation: None,
    };
    engine.advance(network, &slice)?;
    while !engine.poll(None)? {
        std::thread::yield_now();
    }
    engine.take(network);
    Ok(())
}

/// Batch Normalization of images there and back, beside a copy of as much memory as its input.
fn batch_norm(gpu: &Gpu, [rows, channels, height, width]: [usize; 4]) -> Result<(), Error> {
    let input = Shape::Image {
        channels,
        height,
        width,
    };
    let norm = BatchNorm {
        name: "norm".into(),
        features: channels,
        ..BatchNorm::default()
    };
    // The loss, which is not computed here, takes no image.
    let layers = [Layer::from(norm), Layer::from(Flatten)];
    let plan = Network::with_input(input, &layers, Objective::HalfSquaredError, rows)?;
    let layers = described(&plan, &layers)?;
    let mut network = wait(GpuNetwork::new(
        gpu,
        &plan,
        &layers,
        Objective::HalfSquaredError,
    ))?;
    let values = rows * input.units();
    let mut rng = Rng::new(2, "speed");
    let x: Vec<f32> = (0..values).map(|_| rng.normal() as f32).collect();
    let mut first = network.examine(Pass {
        x: &x,
        rows,
        mode: StepMode::Train,
        updates: 0,
        batches_tracked: 1,
        back: Back::Output(&x),
    });
    while first.poll()?.is_none() {
        std::thread::yield_now();
    }
    // Read: x for the moments, x to y, x and d_y for the sums, x and d_y to d_x; written: y and d_x.
    let walks = 8;
    let bytes = 4 * values as u64;
    let seconds = best(|| {
        network.repeat(rows, 4);
        done(gpu)
    })? / 4.0;
    let copied = copy(gpu, bytes)?;
    let (rate, roof) = (
        (walks * bytes) as f64 / seconds / 1e9,
        (2 * bytes) as f64 / copied / 1e9,
    );
    println!("Batch Normalization there and back, [{rows}, {channels}, {height}, {width}]:");
    println!(
        "  {:.2} ms, {rate:.1} GB/s in {walks} walks; a copy makes {roof:.1} GB/s: {:.0} %",
        1e3 * seconds,
        100.0 * rate / roof
    );
    Ok(())
}

/// Seconds of a copy of so many bytes.
fn copy(gpu: &Gpu, bytes: u64) -> Result<f64, Error> {
    let buffer = |usage| {
        gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("copy"),
            size: bytes,
            usage,
            mapped_at_creation: false,
        })
    };
    let from = buffer(wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST);
    let into = buffer(wgpu::BufferUsages::COPY_DST);
    let seconds = best(|| {
        let mut encoder = gpu
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        for _ in 0..4 {
            encoder.copy_buffer_to_buffer(&from, 0, &into, 0, bytes);
        }
        gpu.queue.submit([encoder.finish()]);
        done(gpu)
    })?;
    Ok(seconds / 4.0)
}

fn done(gpu: &Gpu) -> Result<(), Error> {
    // What goes wrong here the device itself has told.
    let _ = gpu.device.poll(wgpu::PollType::wait_indefinitely());
    gpu.check()
}

/// Seconds of the fastest run, after one that is not counted.
fn best(mut run: impl FnMut() -> Result<(), Error>) -> Result<f64, Error> {
    run()?;
    let (mut least, begun) = (f64::INFINITY, Instant::now());
    for _ in 0..RUNS {
        let start = Instant::now();
        run()?;
        least = least.min(start.elapsed().as_secs_f64());
        if begun.elapsed().as_secs() > ENOUGH_SECONDS {
            break;
        }
    }
    Ok(least)
}
