//! What a GPU observes of a run, and the figures of that run, against what the lanes make of it.

use std::cell::Cell;
use std::rc::Rc;

use crate::distance::distance;
use crate::gpu::{device, wait};
use batchnorm_lab::engine::{Engine, Model, Progress, Slice};
use batchnorm_lab::error::Error;
use batchnorm_lab::network::Network;
use batchnorm_lab::protocol::{Command, Distribution, Event, Frame, LayerStats, SelectedUnit};
use batchnorm_lab::trainer::Trainer;
use batchnorm_lab_gpu::GpuEngine;

const DIGITS: &[u8] = include_bytes!("../../assets/digits/digits.bin");
const STEPS: u32 = 4;

/// Every normalisation, every kind of column, every activation, both statistics; at last more rows than one chunk of
/// sums, of values beyond the axis.
const RUNS: &[&str] = &[
    "layers=6-5&samples=200&batch=16&act=tanh&unit=3&layer=1",
    "layers=6-5&samples=200&batch=16&act=sigmoid&stats=running",
    "layers=8-8&samples=200&batch=16&act=relu&a=layer&b=group&groups=2",
    "layers=6-5&samples=200&batch=16&act=leaky-relu&a=rms&b=batch&affine=off",
    "layers=6-5&samples=200&batch=16&act=gelu&a=none&b=renorm",
    "layers=6-5&samples=200&batch=16&act=silu&a=sync&b=ghost&ghost=4&unit=2",
    "layers=6-5&samples=200&batch=16&act=identity&a=none&b=layer",
    "layers=6-5&samples=200&batch=16&b=batch&track=off&stats=running",
    "data=digits&samples=300&layers=c4-p-c3s2-g-5&batch=7&act=relu&a=layer&b=batch&unit=1",
    "data=digits&samples=300&layers=c4-d20-c3-g&batch=8&a=instance&b=ghost&ghost=4",
    "data=sequences&layers=5-r6&samples=200&batch=9&a=layer&b=batch",
    "data=sequences&layers=6-t&samples=200&batch=9&a=rms&b=batch&act=tanh&lr=0.01&unit=4",
    "layers=9&samples=2000&batch=900&gain=9&act=relu&a=none&b=batch",
    // As deep as there is.
    "layers=4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4-4&samples=200&batch=16&act=tanh&lr=0.001&a=none&b=layer",
];

/// Every optimiser, loss and kind of data, and settings that change on the way; twenty steps of each:
/// what is asked comes after the replay.
const LONGER: &[&str] = &[
    "layers=6-5&samples=200&batch=16&at=16",
    "layers=6-5&samples=200&batch=10&loss=mse&sgdm=0.9&nesterov=on&a=layer&b=batch&momentum=cumulative&at=16",
    // No Batch Normalization: Adam would take the rounding of a bias that it makes useless for a gradient.
    "layers=6-5&samples=200&batch=10&opt=adamw&wd=0.01&a=layer&b=none&at=16",
    "layers=8&samples=300&batch=12&frozen=affine&d=0&changes=4:lr=0.3,9:batch=30,13:frozen=both&at=16",
    "data=sequences&layers=5-r6&samples=200&batch=9&a=layer&b=batch&at=16",
    "data=sequences&layers=6-t&samples=200&batch=9&a=rms&b=batch&act=tanh&lr=0.01&at=16",
];

/// An engine whose observations are counted.
struct Watched {
    engine: GpuEngine,
    observed: Rc<Cell<u32>>,
}

impl Engine for Watched {
    fn name(&self) -> &'static str {
        "watched"
    }

    fn restore(&mut self, network: &Network) -> Result<(), Error> {
        self.engine.restore(network)
    }

    fn advance(&mut self, network: &mut Network, slice: &Slice<'_>) -> Result<(), Error> {
        self.engine.advance(network, slice)
    }

    fn poll(&mut self, now: Option<f64>) -> Result<bool, Error> {
        self.engine.poll(now)
    }

    fn take(&mut self, network: &mut Network) -> &mut Progress {
        let progress = self.engine.take(network);
        let observed = u32::from(progress.observation.is_some());
        self.observed.set(self.observed.get() + observed);
        progress
    }
}

fn trainer(settings: &str) -> Trainer {
    let mut trainer = Trainer::new();
    if settings.starts_with("data=digits") {
        trainer.handle(Command::Data(DIGITS.to_vec()));
    }
    trainer
}

fn configure(trainer: &mut Trainer, settings: &str) {
    trainer.handle(Command::Configure {
        run: 1,
        settings: settings.into(),
        checkpoint: None,
    });
    trainer.handle(Command::Step { steps: STEPS });
}

fn frame(trainer: &mut Trainer) -> Frame {
    match trainer.frame() {
        Event::Frame(frame) => *frame,
        other => panic!("a frame is a frame, not {other:?}"),
    }
}

/// After all steps, on engines of this maker.
fn run_on(settings: &str, mut maker: impl FnMut(&Model) -> Box<dyn Engine>) -> Trainer {
    let mut trainer = trainer(settings);
    trainer.use_engines("watched");
    configure(&mut trainer, settings);
    while trainer.is_urgent() || trainer.is_in_flight() {
        if let Some(request) = trainer.engine_request() {
            let engines = request.models.iter().map(&mut maker).collect();
            trainer.give_engines(request.number, Ok(engines));
        }
        if trainer.can_start() {
            trainer.start(STEPS as usize, true);
        }
        trainer.collect(None);
    }
    assert_eq!(
        trainer
            .take_events()
            .iter()
            .filter(|e| matches!(e, Event::EngineFailed(..)))
            .count(),
        0
    );
    trainer
}

fn run_here(settings: &str) -> Frame {
    let mut trainer = trainer(settings);
    configure(&mut trainer, settings);
    while trainer.is_urgent() {
        trainer.step();
    }
    frame(&mut trainer)
}

/// How far apart two distributions are: their numbers, and the share of values in other bins.
fn apart(a: &Distribution, b: &Distribution) -> f32 {
    let numbers = |d: &Distribution| [d.mean, d.std, d.min, d.max, d.low, d.high];
    let all = b.histogram.iter().sum::<u32>();
    assert_eq!(a.histogram.iter().sum::<u32>(), all, "values in bins");
    // A value on a border may round into the next bin, and many at once where they are the same: a convolution of the
    // background gives its bias, which a normalisation behind it leaves at 0 but for rounding.
    let (mut ahead, mut moved) = (0_i64, 0);
    for (a, b) in a.histogram.iter().zip(&b.histogram) {
        ahead += i64::from(*a) - i64::from(*b);
        moved += ahead.unsigned_abs();
    }
    assert!(
        moved <= 2 + u64::from(all) / 20,
        "{all} values, {moved} bins from where they are here"
    );
    distance(&numbers(a), &numbers(b))
}

fn layers_apart(a: &LayerStats, b: &LayerStats) -> f32 {
    assert_eq!(a.normalized.is_some(), b.normalized.is_some());
    assert!(
        (a.saturated - b.saturated).abs() < 0.011,
        "{} flat, here {}",
        a.saturated,
        b.saturated
    );
    let mut most = apart(&a.before, &b.before).max(apart(&a.output, &b.output));
    for (a, b) in [(&a.normalized, &b.normalized), (&a.after, &b.after)] {
        if let (Some(a), Some(b)) = (a, b) {
            most = most.max(apart(a, b));
        }
    }
    most.max(distance(&a.batch_mean, &b.batch_mean))
        .max(distance(&a.batch_var, &b.batch_var))
}

fn units_apart(a: &SelectedUnit, b: &SelectedUnit) -> f32 {
    assert_eq!((a.layer, a.unit, &a.labels), (b.layer, b.unit, &b.labels));
    let before = distance(&a.before, &b.before);
    before
        .max(distance(&a.normalized, &b.normalized))
        .max(distance(&a.after, &b.after))
}

#[test]
fn what_the_gpu_observes_is_what_the_lanes_observe() {
    let name = "what_the_gpu_observes_is_what_the_lanes_observe";
    let Some(device) = device(name) else {
        return;
    };
    for settings in RUNS {
        let observed = Rc::new(Cell::new(0));
        let mut there = run_on(settings, |model| {
            Box::new(Watched {
                engine: wait(GpuEngine::new(&device, model)).expect("an engine"),
                observed: observed.clone(),
            })
        });
        // Moments of the whole training set are no engine's.
        let is_left_to_lanes = settings.contains("track=off&stats=running");
        // Both sides, at every step: the first ones are all recorded.
        assert_eq!(
            observed.get(),
            if is_left_to_lanes { 0 } else { 2 * STEPS },
            "{settings}: observations"
        );
        let (there, here) = (frame(&mut there), run_here(settings));
        let mut most = 0.0_f32;
        for (there, here) in there.sides.iter().zip(&here.sides) {
            for (there, here) in there.layers.iter().zip(&here.layers) {
                most = most.max(layers_apart(there, here));
            }
            most = most.max(units_apart(&there.selected_unit, &here.selected_unit));
        }
        println!("{settings}: {most:.1e}");
        assert!(most < 1e-4, "{settings}: {most:e}");
    }
}

#[test]
fn a_run_on_the_gpu_shows_the_figures_of_the_run_here() {
    let name = "a_run_on_the_gpu_shows_the_figures_of_the_run_here";
    let Some(device) = device(name) else {
        return;
    };
    for settings in LONGER {
        let mut there = run_on(settings, |model| {
            Box::new(wait(GpuEngine::new(&device, model)).expect("an engine"))
        });
        let (there, here) = (frame(&mut there), run_here(settings));
        for (there, here) in there.sides.iter().zip(&here.sides) {
            let mut apart = distance(&[there.loss.train], &[here.loss.train]);
            for (there, here) in there.layers.iter().zip(&here.layers) {
                for (there, here) in [
                    (&there.batch_mean, &here.batch_mean),
                    (&there.batch_var, &here.batch_var),
                    (&there.running_var, &here.running_var),
                    (&there.gamma, &here.gamma),
                    (&there.d_gamma, &here.d_gamma),
                ] {
                    apart = apart.max(distance(there, here));
                }
            }
            println!("{settings}: {apart:.1e}");
            assert!(apart < 1e-4, "{settings}: {apart:e}");
        }
    }
}
