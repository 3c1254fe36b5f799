//! What a graphics processor shows of a run, against what the lanes show of it; and when its sight counts.

#[path = "../../tests/common/distance.rs"]
mod distance;
mod gpu;

use std::cell::Cell;
use std::rc::Rc;

use batchnorm_lab::engine::{Batch, CpuEngine, Engine, Model, ObservationRequest, Progress, State};
use batchnorm_lab::error::Error;
use batchnorm_lab::network::{Hyper, Moments, Network};
use batchnorm_lab::observe::{LayerObservation, Observation};
use batchnorm_lab::protocol::{Command, Distribution, Event, Frame, LayerStats, SelectedUnit};
use batchnorm_lab::training::Trainer;
use batchnorm_lab_gpu::GpuEngine;
use distance::distance;
use gpu::{device, wait};

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
];

/// An engine whose sights are counted, and may be exchanged.
struct Watched<E> {
    engine: E,
    seen: Rc<Cell<u32>>,
    instead: Option<Observation>,
}

impl<E: Engine> Engine for Watched<E> {
    fn name(&self) -> &'static str {
        "watched"
    }

    fn advance(&mut self, batches: &[Batch], hyper: &Hyper, wants: bool) -> Result<(), Error> {
        self.engine.advance(batches, hyper, wants)
    }

    fn look_at(&mut self, look: ObservationRequest) {
        self.engine.look_at(look);
    }

    fn poll(&mut self, now: Option<f64>) -> Result<Option<Progress>, Error> {
        let mut progress = self.engine.poll(now)?;
        if let Some(progress) = progress.as_mut().filter(|p| p.state.is_some()) {
            progress.sight = self.instead.clone().or(progress.sight.take());
            self.seen
                .set(self.seen.get() + u32::from(progress.sight.is_some()));
        }
        Ok(progress)
    }

    fn restore(&mut self, state: &State) -> Result<(), Error> {
        self.engine.restore(state)
    }

    fn set_batch_norm_momentum(&mut self, momentum: Option<f64>) {
        self.engine.set_batch_norm_momentum(momentum);
    }

    fn set_frozen(&mut self, affine: bool, statistics: bool) {
        self.engine.set_frozen(affine, statistics);
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
    trainer.seek_engines("watched");
    configure(&mut trainer, settings);
    while trainer.is_urgent() || trainer.is_under_way() {
        if let Some(wanted) = trainer.wanted_engines() {
            let engines = wanted.models.iter().map(&mut maker).collect();
            trainer.give_engines(wanted.request, Ok(engines));
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

fn lenses_apart(a: &SelectedUnit, b: &SelectedUnit) -> f32 {
    assert_eq!((a.layer, a.unit, &a.labels), (b.layer, b.unit, &b.labels));
    let before = distance(&a.before, &b.before);
    before
        .max(distance(&a.normalized, &b.normalized))
        .max(distance(&a.after, &b.after))
}

#[test]
fn what_the_processor_shows_is_what_the_lanes_show() {
    let name = "what_the_processor_shows_is_what_the_lanes_show";
    let Some(device) = device(name) else {
        return;
    };
    for settings in RUNS {
        let seen = Rc::new(Cell::new(0));
        let mut there = run_on(settings, |model| {
            Box::new(Watched {
                engine: wait(GpuEngine::new(&device, model)).expect("an engine"),
                seen: seen.clone(),
                instead: None,
            })
        });
        // Moments of the whole training set are no engine's.
        let is_left_to_lanes = settings.contains("track=off&stats=running");
        assert_eq!(
            seen.get(),
            if is_left_to_lanes { 0 } else { 2 },
            "{settings}: sights"
        );
        let (there, here) = (frame(&mut there), run_here(settings));
        let mut most = 0.0_f32;
        for (there, here) in there.sides.iter().zip(&here.sides) {
            for (there, here) in there.layers.iter().zip(&here.layers) {
                most = most.max(layers_apart(there, here));
            }
            most = most.max(lenses_apart(&there.selected_unit, &here.selected_unit));
        }
        println!("{settings}: {most:.1e}");
        assert!(most < 1e-4, "{settings}: {most:e}");
    }
}

#[test]
fn a_sight_counts_for_just_what_was_asked() {
    let settings = "layers=3&samples=100&batch=10&show=b&act=tanh";
    let column = LayerObservation {
        saturated: 0.125,
        normalized: Some(Distribution::default()),
        ..LayerObservation::default()
    };
    let told = Observation {
        moments: Some(vec![Moments {
            mean: vec![5.0; 3],
            variance: vec![2.0; 3],
        }]),
        columns: vec![column],
        unit: [vec![1.0; 10], vec![2.0; 10], vec![3.0; 10]],
    };
    let mut trainer = run_on(settings, |model| {
        let network =
            Network::with_input(model.input, &model.layers, model.objective, model.max_rows);
        Box::new(Watched {
            engine: CpuEngine::new(network.expect("a network")),
            seen: Rc::default(),
            instead: Some(told.clone()),
        })
    });
    let is_told = |frame: &Frame| {
        let side = &frame.sides[0];
        let layer = &side.layers[0];
        let told = (
            layer.saturated == 0.125,
            side.selected_unit.after == [3.0; 10],
            layer.batch_mean == [5.0; 3],
        );
        assert!(
            told.0 == told.1 && told.1 == told.2,
            "all or nothing of a sight"
        );
        told.0
    };
    let change = |trainer: &mut Trainer, more: &str| {
        trainer.handle(Command::Change {
            settings: format!("{settings}{more}"),
        });
    };
    assert!(is_told(&frame(&mut trainer)));
    let here = run_here(settings);
    for (more, is_of_it) in [
        ("&unit=1", false),
        ("", true),
        ("&stats=running", false),
        ("&lr=0.5", true),
    ] {
        change(&mut trainer, more);
        assert_eq!(is_told(&frame(&mut trainer)), is_of_it, "{more}");
        change(&mut trainer, "");
    }
    // Without it the lanes show the same run.
    trainer.do_without_engines(&Error::Message { what: "test" });
    change(&mut trainer, "&unit=1");
    assert_eq!(frame(&mut trainer).sides[0].layers, here.sides[0].layers);
    // A step made here leaves it behind.
    change(&mut trainer, "");
    trainer.handle(Command::Step { steps: 1 });
    trainer.step();
    assert!(!is_told(&frame(&mut trainer)));
}
