//! The GPU's engine against the one here: the same runs, the same masks, and what happens when it fails.

use crate::common::case::{self, Case};
use crate::common::runs::GoldenRun;
use crate::distance::distance;
use crate::gpu::{advance, device, until, wait};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::engine::{CpuEngine, Engine, Model, Slice, network_state};
use batchnorm_lab::error::Error;
use batchnorm_lab::kernels::activation::Function;
use batchnorm_lab::network::{Elementwise, Layer, Objective, Shape};
use batchnorm_lab::protocol::NetworkState;
use batchnorm_lab::settings::choice::Frozen;
use batchnorm_lab_gpu::Fault;
use batchnorm_lab_gpu::{Gpu, GpuEngine, Want, wgpu};

fn runs() -> Vec<Case> {
    case::all()
        .into_iter()
        .filter(|case| case.kind == "train_run")
        .collect()
}

fn run(name: &str) -> GoldenRun {
    let found = runs().into_iter().find(|case| case.name == name);
    GoldenRun::new(&found.expect("a golden run"))
}

fn engine(device: &Gpu, run: &GoldenRun) -> GpuEngine {
    let mut engine = wait(GpuEngine::new(device, &run.model())).expect("an engine");
    engine.restore(&run.network).expect("its own state");
    engine
}

fn here() -> CpuEngine {
    CpuEngine::new(FULL.lengths)
}

fn state_after(engine: &mut dyn Engine, run: &GoldenRun) -> NetworkState {
    let mut network = run.network.clone();
    advance(engine, &mut network, &run.slice(0..run.batches.len())).expect("steps");
    network_state(&network)
}

fn fault<T>(result: Result<T, Error>) -> &'static str {
    match result {
        Err(Error::Engine { code, .. }) => code,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("no error"),
    }
}

#[test]
fn both_engines_agree_after_every_golden_run() {
    let Some(device) = device("both_engines_agree_after_every_golden_run") else {
        return;
    };
    for case in runs() {
        let run = GoldenRun::new(&case);
        let there = state_after(&mut engine(&device, &run), &run);
        let here = state_after(&mut here(), &run);
        let apart = distance(&there.parameters, &here.parameters);
        let averages = distance(&there.buffers, &here.buffers);
        println!(
            "{}: {} steps, {apart:.1e}, averages {averages:.1e}",
            case.name,
            run.batches.len()
        );
        assert!(
            apart < 1e-4 && averages < 1e-4,
            "{}: {apart:e}, {averages:e}",
            case.name
        );
    }
}

#[test]
fn a_run_on_the_gpu_repeats_bit_for_bit() {
    let Some(device) = device("a_run_on_the_gpu_repeats_bit_for_bit") else {
        return;
    };
    let run = run("train_cnn_bn");
    let first = state_after(&mut engine(&device, &run), &run);
    let second = state_after(&mut engine(&device, &run), &run);
    assert_eq!(first, second);
}

#[test]
fn no_adapter_is_an_error() {
    let want = Want {
        // No family of adapters at all.
        backends: Some(wgpu::Backends::empty()),
        ..Want::default()
    };
    assert_eq!(
        fault(wait(Gpu::acquire(want)).map(|_| ())),
        Fault::NoAdapter.code()
    );
}

#[test]
fn limits_beyond_the_adapter_are_an_error() {
    if device("limits_beyond_the_adapter_are_an_error").is_none() {
        return;
    }
    let want = Want {
        limits: Some(wgpu::Limits {
            max_compute_workgroup_size_x: u32::MAX,
            ..wgpu::Limits::default()
        }),
        ..Want::default()
    };
    assert_eq!(
        fault(wait(Gpu::acquire(want)).map(|_| ())),
        Fault::OutOfMemory.code()
    );
}

#[test]
fn a_network_beyond_the_limits_is_an_error_and_the_device_goes_on() {
    let Some(device) = device("a_network_beyond_the_limits_is_an_error_and_the_device_goes_on")
    else {
        return;
    };
    let layers = [Layer::from(Elementwise(Function::Tanh))];
    let model = Model {
        input: Shape::Features(1 << 20),
        layers: layers.to_vec(),
        objective: Objective::HalfSquaredError,
        max_rows: 64,
    };
    let made = GpuEngine::new(&device, &model);
    assert_eq!(fault(wait(made).map(|_| ())), Fault::OutOfMemory.code());
    let run = run("train_mlp_sigmoid_bn");
    state_after(&mut engine(&device, &run), &run);
}

#[test]
fn a_lost_device_is_an_error_of_whatever_comes_next() {
    let name = "a_lost_device_is_an_error_of_whatever_comes_next";
    let Some(device) = device(name) else {
        return;
    };
    let run = run("train_mlp_sigmoid_bn");
    let mut engine = engine(&device, &run);
    state_after(&mut engine, &run);
    device.device.destroy();
    let mut network = run.network.clone();
    let result = advance(&mut engine, &mut network, &run.slice(0..1));
    assert_eq!(fault(result), Fault::DeviceLost.code());
    assert_eq!(
        fault(engine.restore(&run.network)),
        Fault::DeviceLost.code()
    );
}

#[test]
fn an_engine_that_does_not_answer_is_given_up() {
    let Some(device) = device("an_engine_that_does_not_answer_is_given_up") else {
        return;
    };
    let run = run("train_mlp_sigmoid_bn");
    let mut engine = engine(&device, &run);
    // Less than no time, and so much work that no GPU has it done at the first look.
    engine.set_patience(-1.0);
    let batches: Vec<_> = run.batches.iter().cycle().take(2000).cloned().collect();
    let slice = Slice {
        batches: &batches,
        ..run.slice(0..0)
    };
    let mut network = run.network.clone();
    engine.advance(&mut network, &slice).expect("steps");
    assert_eq!(
        fault(until(|| Ok(engine.poll(Some(0.0))?.then_some(())))),
        Fault::Timeout.code()
    );
}

#[test]
fn a_kernel_that_is_refused_is_an_error() {
    let Some(device) = device("a_kernel_that_is_refused_is_an_error") else {
        return;
    };
    let refused = device
        .device
        .create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("no kernel"),
            source: wgpu::ShaderSource::Wgsl("fn broken(".into()),
        });
    drop(refused);
    assert_eq!(fault(device.check()), Fault::ShaderRejected.code());
}

#[test]
fn what_is_told_to_stand_still_does_and_moves_again() {
    let Some(device) = device("what_is_told_to_stand_still_does_and_moves_again") else {
        return;
    };
    for name in ["train_mlp_sigmoid_bn", "train_cnn_bn"] {
        let run = run(name);
        let (mut there, mut here) = (engine(&device, &run), here());
        let (half, all) = (run.batches.len() / 2, run.batches.len());
        for frozen in [
            Frozen::Affine,
            Frozen::Statistics,
            Frozen::Both,
            Frozen::None,
        ] {
            let mut states = Vec::new();
            for engine in [&mut there as &mut dyn Engine, &mut here] {
                let mut network = run.network.clone();
                engine.restore(&network).expect("its own state");
                let mut first = run.slice(0..half);
                first.rules.frozen = frozen;
                advance(engine, &mut network, &first).expect("steps");
                // In mid-run all moves again, and the averages at another pace.
                let mut rest = run.slice(half..all);
                rest.rules.momentum = Some(0.4);
                advance(engine, &mut network, &rest).expect("steps");
                states.push(network_state(&network));
            }
            let parameters = distance(&states[0].parameters, &states[1].parameters);
            let averages = distance(&states[0].buffers, &states[1].buffers);
            assert!(
                parameters < 1e-4 && averages < 1e-4,
                "{name} {frozen:?}: {parameters:e}, {averages:e}"
            );
            assert_eq!(states[0].batches_tracked, states[1].batches_tracked);
            let moved = state_after(&mut self::here(), &run);
            let is_other = distance(&states[1].parameters, &moved.parameters) > 1e-3
                || distance(&states[1].buffers, &moved.buffers) > 1e-3;
            assert!(is_other, "{name}: it matters");
        }
    }
}

#[test]
fn a_run_put_back_while_work_is_under_way_goes_on_from_there() {
    let Some(device) = device("a_run_put_back_while_work_is_under_way_goes_on_from_there") else {
        return;
    };
    let run = run("train_mlp_tanh_bn");
    let want = state_after(&mut engine(&device, &run), &run);
    let mut engine = engine(&device, &run);
    let mut network = run.network.clone();
    engine
        .advance(&mut network, &run.slice(0..1))
        .expect("a step");
    engine.restore(&run.network).expect("its own state");
    assert_eq!(state_after(&mut engine, &run), want);
}
