//! How fast the GPU of this machine trains, against what it can do at best: a training step of wide
//! layers in operations a second, Batch Normalization in bytes a second beside a plain copy. `cargo run --release
//! --package batchnorm-lab-gpu --example speed`; `-- small` for a machine without one, where the CPU plays the GPU;
//! `-- growth` for steps of growing batches and widths, where the GPU overtakes a core; `-- norm` for Batch
//! Normalization alone.

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

/// Every figure is the best of so many runs at least: others use the machine too.
const RUNS: usize = 5;
/// So long it is run at least, for a GPU that had nothing to do is slow at first.
const LEAST_SECONDS: f64 = 0.5;
/// Beyond this no further run is begun.
const ENOUGH_SECONDS: f64 = 10.0;
const INPUTS: usize = 64;
const CLASSES: usize = 10;

fn main() -> Result<(), Error> {
    let asked = |name: &str| std::env::args().any(|argument| argument == name);
    let is_small = asked("small");
    let want = Want {
        large: true,
        ..Want::default()
    };
    let gpu = wait(Gpu::acquire(want))?;
    println!("adapter: {}", gpu.adapter);
    if asked("growth") {
        for rows in [4, 16, 64, 256, 1024, 4096] {
            training(&gpu, rows, 128)?;
        }
        for width in [8, 16, 32, 64, 256, 512] {
            training(&gpu, 256, width)?;
        }
        return Ok(());
    }
    let (rows, width) = if is_small { (256, 128) } else { (4096, 1024) };
    if !asked("norm") {
        training(&gpu, rows, width)?;
    }
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
        "one step of {INPUTS}-{width}-{width}-{width}-{CLASSES}, batch {rows}: {:.2e} multiplications forward",
        (rows * products) as f64
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
    let copies = [copy(gpu, bytes)?, copy_by_kernel(gpu, bytes)?];
    let rate = |walks: u64, seconds: f64| (walks * bytes) as f64 / seconds / 1e9;
    let (of_norm, of_copies) = (rate(walks, seconds), copies.map(|seconds| rate(2, seconds)));
    println!("Batch Normalization there and back, [{rows}, {channels}, {height}, {width}]:");
    println!(
        "  {:.2} ms, {of_norm:.1} GB/s in {walks} walks; a copy of buffers makes {:.1} GB/s, one by a kernel {:.1}: {:.0} %",
        1e3 * seconds,
        of_copies[0],
        of_copies[1],
        100.0 * of_norm / of_copies[0].max(of_copies[1])
    );
    Ok(())
}

/// Two buffers of so many bytes.
fn buffers(gpu: &Gpu, bytes: u64) -> [wgpu::Buffer; 2] {
    let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
    let usage = usage | wgpu::BufferUsages::COPY_DST;
    ["from", "into"].map(|label| {
        gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: bytes,
            usage,
            mapped_at_creation: false,
        })
    })
}

/// Seconds of a copy of so many bytes by the queue.
fn copy(gpu: &Gpu, bytes: u64) -> Result<f64, Error> {
    let [from, into] = buffers(gpu, bytes);
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

/// Seconds of the same copy by a kernel of sixteen bytes an invocation.
fn copy_by_kernel(gpu: &Gpu, bytes: u64) -> Result<f64, Error> {
    const KERNEL: &str = "
        @group(0) @binding(0) var<storage, read> from_there: array<vec4<f32>>;
        @group(0) @binding(1) var<storage, read_write> into_here: array<vec4<f32>>;
        @compute @workgroup_size(256)
        fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
            let i = id.y * groups.x * 256u + id.x;
            if i < arrayLength(&from_there) {
                into_here[i] = from_there[i];
            }
        }";
    let buffers = buffers(gpu, bytes);
    let module = gpu
        .device
        .create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("copy"),
            source: wgpu::ShaderSource::Wgsl(KERNEL.into()),
        });
    let pipeline = gpu
        .device
        .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("copy"),
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: Default::default(),
            cache: None,
        });
    let entries = [0, 1].map(|binding| wgpu::BindGroupEntry {
        binding,
        resource: buffers[binding as usize].as_entire_binding(),
    });
    let bindings = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("copy"),
        layout: &pipeline.get_bind_group_layout(0),
        entries: &entries,
    });
    let groups = (bytes / 16).div_ceil(256) as u32;
    let along_y = groups.div_ceil(65_535);
    let seconds = best(|| {
        let mut encoder = gpu
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bindings, &[]);
        for _ in 0..4 {
            pass.dispatch_workgroups(groups.div_ceil(along_y), along_y, 1);
        }
        drop(pass);
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
    for count in 1.. {
        let start = Instant::now();
        run()?;
        least = least.min(start.elapsed().as_secs_f64());
        let all = begun.elapsed().as_secs_f64();
        if (count >= RUNS && all > LEAST_SECONDS) || all > ENOUGH_SECONDS {
            break;
        }
    }
    Ok(least)
}
