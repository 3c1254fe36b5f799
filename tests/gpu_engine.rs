//! The graphics processor's engine against the one here: the same runs, the same masks, and what happens when it fails.
#![cfg(all(feature = "gpu", not(target_arch = "wasm32")))]

mod common;
#[path = "common/gpu.rs"]
mod gpu;

use batchnorm_lab::engine::gpu::{Back, Gpu, GpuEngine, StepMode, View, Want, wgpu};
use batchnorm_lab::engine::{Batch, CpuEngine, Engine, Fallback, Progress, State};
use batchnorm_lab::error::{Error, Fault};
use batchnorm_lab::kernels::activation::Function;
use batchnorm_lab::network::{Dropout, Elementwise, Flatten, Hyper, Layer, Mode, Objective, Shape};
use batchnorm_lab::statistics::distribution;
use common::case::{self, Case};
use common::runs::Run;
use gpu::{Pair, collect, device, until, wait};

fn runs() -> Vec<Case> {
    case::all()
        .into_iter()
        .filter(|case| case.kind == "train_run")
        .collect()
}

fn run(name: &str) -> Run {
    let found = runs().into_iter().find(|case| case.name == name);
    Run::new(&found.expect("a golden run"))
}

fn engine(device: &Gpu, run: &Run) -> GpuEngine {
    let made = GpuEngine::new(device, run.shape, &run.layers, run.objective, run.most_rows);
    let mut engine = wait(made).expect("an engine");
    engine.restore(&run.start()).expect("its own state");
    engine
}

fn here(run: &Run) -> CpuEngine {
    CpuEngine::new(run.network.clone())
}

fn state_after(engine: &mut dyn Engine, run: &Run) -> State {
    engine
        .advance(&run.batches, &run.hyper, true)
        .expect("steps");
    collect(engine)
        .expect("steps")
        .state
        .expect("it was asked for")
}

fn fault<T>(result: Result<T, Error>) -> Fault {
    match result {
        Err(Error::Engine { fault, .. }) => fault,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("no error"),
    }
}

/// The largest distance as a share of the largest number.
fn distance(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "numbers");
    let most = b.iter().fold(0.0_f32, |most, b| most.max(b.abs()));
    let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    // A NaN must not hide behind `max`.
    assert!(
        a.iter().chain(b).all(|x| x.is_finite()),
        "numbers that are none"
    );
    apart.fold(0.0, f32::max) / most.max(f32::MIN_POSITIVE)
}

#[test]
fn both_engines_agree_after_every_golden_run() {
    let Some(device) = device("both_engines_agree_after_every_golden_run") else {
        return;
    };
    for case in runs() {
        let run = Run::new(&case);
        let there = state_after(&mut engine(&device, &run), &run);
        let here = state_after(&mut here(&run), &run);
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
fn a_run_on_the_graphics_processor_repeats_bit_for_bit() {
    let Some(device) = device("a_run_on_the_graphics_processor_repeats_bit_for_bit") else {
        return;
    };
    let run = run("train_cnn_bn");
    let first = state_after(&mut engine(&device, &run), &run);
    let second = state_after(&mut engine(&device, &run), &run);
    assert_eq!(first, second);
}

#[test]
fn dropout_draws_the_same_mask_on_both() {
    let Some(device) = device("dropout_draws_the_same_mask_on_both") else {
        return;
    };
    for (probability, seed) in [(0.3, 7), (0.5, u64::MAX), (0.0, 1), (1.0, 2)] {
        let layers = [Layer::from(Dropout {
            name: "drop".into(),
            probability,
            seed,
        })];
        let mut pair = Pair::new(
            &device,
            Shape::Features(9),
            &layers,
            Objective::HalfSquaredError,
            33,
        );
        // `Pair` passes are of update 1.
        pair.plan.set_updates(1);
        pair.send();
        let x = vec![1.0; 9 * 33];
        pair.plan.forward(&x, 33, Mode::Train).expect("no moments");
        let got = pair.pass(&x, 33, StepMode::Train, 0, Back::Nowhere);
        assert_eq!(got.output, pair.plan.output().values(), "p = {probability}");
    }
}

#[test]
fn distributions_made_there_are_those_made_here() {
    let Some(device) = device("distributions_made_there_are_those_made_here") else {
        return;
    };
    // More than one chunk, with values beyond the axis.
    let rows = 3000;
    let layers = [
        Layer::from(Elementwise(Function::Identity)),
        Layer::from(Flatten),
    ];
    let mut pair = Pair::new(
        &device,
        Shape::Features(3),
        &layers,
        Objective::HalfSquaredError,
        rows,
    );
    pair.send();
    let x: Vec<f32> = (0..3 * rows)
        .map(|i| (i % 4001) as f32 / 400.0 - 4.5)
        .collect();
    pair.pass(&x, rows, StepMode::Batch, 0, Back::Nowhere);
    let mut measurement = pair
        .network
        .histograms()
        .measure(&[View::Output(0)], rows, 4.0);
    let got = until(|| measurement.poll()).expect("an answer").remove(0);
    let want = distribution(&x, 4.0);
    let apart: u32 = got
        .histogram
        .iter()
        .zip(&want.histogram)
        .map(|(a, b)| a.abs_diff(*b))
        .sum();
    assert_eq!(got.histogram.iter().sum::<u32>(), 3 * rows as u32);
    // A value on a border may round into the next bin.
    assert!(apart <= 8, "{apart} values in other bins");
    assert_eq!((got.min, got.max), (want.min, want.max));
    assert!(
        (got.mean - want.mean).abs() < 1e-5 && (got.std - want.std).abs() < 1e-5,
        "{got:?}"
    );
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
        Fault::NoAdapter
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
        Fault::OutOfMemory
    );
}

#[test]
fn a_network_beyond_the_limits_is_an_error_and_the_device_goes_on() {
    let Some(device) = device("a_network_beyond_the_limits_is_an_error_and_the_device_goes_on")
    else {
        return;
    };
    let layers = [Layer::from(Elementwise(Function::Tanh))];
    let shape = Shape::Features(1 << 20);
    let made = GpuEngine::new(&device, shape, &layers, Objective::HalfSquaredError, 64);
    assert_eq!(fault(wait(made).map(|_| ())), Fault::OutOfMemory);
    let run = run("train_mlp_sigmoid_bn");
    state_after(&mut engine(&device, &run), &run);
}

#[test]
fn a_lost_device_loses_nothing_of_the_run() {
    let Some(device) = device("a_lost_device_loses_nothing_of_the_run") else {
        return;
    };
    let run = run("train_mlp_sigmoid_bn");
    let want = state_after(&mut here(&run), &run);
    let mut engine = Fallback::new(Box::new(engine(&device, &run)), here(&run));
    assert_eq!(engine.name(), "webgpu");
    let (first, rest) = run.batches.split_at(run.batches.len() / 2);
    engine.advance(first, &run.hyper, false).expect("steps");
    assert_eq!(
        collect(&mut engine).expect("steps").losses.len(),
        first.len()
    );
    device.device.destroy();
    engine
        .advance(rest, &run.hyper, true)
        .expect("the other engine takes over");
    let progress = collect(&mut engine).expect("the other engine answers");
    assert_eq!(
        fault::<()>(Err(engine.take_failure().expect("a failure"))),
        Fault::DeviceLost
    );
    assert_ne!(engine.name(), "webgpu");
    // Both halves were computed again here: the very numbers of a run that never left.
    assert_eq!(progress.state, Some(want));
    assert_eq!(progress.losses.len(), rest.len());
}

#[test]
fn an_engine_that_does_not_answer_is_given_up() {
    let Some(device) = device("an_engine_that_does_not_answer_is_given_up") else {
        return;
    };
    let run = run("train_mlp_sigmoid_bn");
    let want = state_after(&mut here(&run), &run);
    let mut slow = engine(&device, &run);
    // Less than no time: whatever is not there at the first look is late at the second.
    slow.set_patience(-1.0);
    let mut engine = Fallback::new(Box::new(slow), here(&run));
    engine
        .advance(&run.batches, &run.hyper, true)
        .expect("steps");
    let progress = until(|| engine.poll(Some(0.0))).expect("one of them answers");
    let state = progress.state.expect("it was asked for");
    match engine.take_failure() {
        Some(error) => {
            assert_eq!(fault::<()>(Err(error)), Fault::Timeout);
            assert_eq!(state, want);
        }
        // It was faster than no time.
        None => assert!(distance(&state.parameters, &want.parameters) < 1e-4),
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
    engine
        .advance(&run.batches[..1], &run.hyper, true)
        .expect("a step");
    engine.restore(&run.start()).expect("its own state");
    assert_eq!(state_after(&mut engine, &run), want);
}

/// An engine whose device is gone.
struct Gone;

impl Engine for Gone {
    fn name(&self) -> &'static str {
        "gone"
    }

    fn advance(&mut self, _: &[Batch], _: &Hyper, _: bool) -> Result<(), Error> {
        Err(lost())
    }

    fn poll(&mut self, _: Option<f64>) -> Result<Option<Progress>, Error> {
        Err(lost())
    }

    fn restore(&mut self, _: &State) -> Result<(), Error> {
        Err(lost())
    }

    fn set_batch_norm_momentum(&mut self, _: Option<f64>) {}
}

fn lost() -> Error {
    Error::Engine {
        fault: Fault::DeviceLost,
        detail: "gone".into(),
    }
}

#[test]
fn the_engine_that_takes_over_has_the_momentum_of_the_moment() {
    let run = run("train_mlp_tanh_bn");
    let mut want = here(&run);
    want.set_batch_norm_momentum(Some(0.5));
    let want = state_after(&mut want, &run);
    assert_ne!(want, state_after(&mut here(&run), &run), "it matters");
    for puts_back in [true, false] {
        let mut engine = Fallback::new(Box::new(Gone), here(&run));
        engine.set_batch_norm_momentum(Some(0.5));
        if puts_back {
            engine.restore(&run.start()).expect("the second takes it");
        }
        assert_eq!(state_after(&mut engine, &run), want, "{puts_back}");
        assert_eq!(
            fault(Err::<(), _>(engine.take_failure().expect("told"))),
            Fault::DeviceLost
        );
    }
}
