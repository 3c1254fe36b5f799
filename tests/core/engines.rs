//! The trainer with its steps made elsewhere: the same runs as here, and nothing lost when an engine fails.

use crate::elsewhere::Elsewhere;
use crate::reader::{change, checkpoint, frame_of};
use batchnorm_lab::engine::{Engine, Model, Progress, Slice};
use batchnorm_lab::error::Error;
use batchnorm_lab::lanes::{Best, Lanes};
use batchnorm_lab::network::{Moments, Network};
use batchnorm_lab::observe::{LayerObservation, Observation};
use batchnorm_lab::protocol::{Command, Distribution, Event, Frame};
use batchnorm_lab::trainer::Trainer;

/// Makes the engine of one side.
type Maker<'a> = &'a dyn Fn(&Model) -> Box<dyn Engine>;

const RUNS: &[&str] = &[
    "layers=6-5&samples=200&batch=16",
    "layers=6-5&samples=200&batch=10&loss=mse&sgdm=0.9&nesterov=on&a=layer&b=batch&momentum=cumulative",
    // No Batch Normalization: Adam would take the rounding of a bias that it makes useless for a gradient.
    "layers=6-5&samples=200&batch=10&opt=adamw&wd=0.01&a=layer&b=none",
    "layers=8&samples=300&batch=12&frozen=affine&d=0&changes=4:lr=0.3,9:batch=30,13:frozen=both&at=20",
    "data=sequences&layers=5-r6&samples=200&batch=9&a=layer&b=batch",
    "data=sequences&layers=6-t&samples=200&batch=9&a=rms&b=batch&act=tanh&lr=0.01",
];

fn make(model: &Model) -> Box<dyn Engine> {
    Box::new(Elsewhere::new(model))
}

/// Steps after which only every sixteenth is recorded.
const FAR: u32 = 4096;

/// What fails, and after how many calls that go well.
#[derive(Clone, Copy, Debug)]
enum Fails {
    Restore,
    Advance(u32),
    Poll(u32),
}

/// An engine that fails.
struct Failing {
    engine: Elsewhere,
    fails: Fails,
}

impl Failing {
    fn call(&mut self, is_it: bool) -> Result<(), Error> {
        let (Fails::Advance(left) | Fails::Poll(left)) = &mut self.fails else {
            return Ok(());
        };
        if !is_it {
            return Ok(());
        }
        let Some(fewer) = left.checked_sub(1) else {
            return Err(lost());
        };
        *left = fewer;
        Ok(())
    }
}

impl Engine for Failing {
    fn name(&self) -> &'static str {
        "failing"
    }

    fn restore(&mut self, network: &Network<Best>) -> Result<(), Error> {
        match self.fails {
            Fails::Restore => Err(lost()),
            _ => self.engine.restore(network),
        }
    }

    fn advance(&mut self, network: &mut Network<Best>, slice: &Slice<'_>) -> Result<(), Error> {
        self.call(matches!(self.fails, Fails::Advance(_)))?;
        self.engine.advance(network, slice)
    }

    fn poll(&mut self, now: Option<f64>) -> Result<bool, Error> {
        self.call(matches!(self.fails, Fails::Poll(_)))?;
        self.engine.poll(now)
    }

    fn take(&mut self, network: &mut Network<Best>) -> &mut Progress {
        self.engine.take(network)
    }
}

fn lost() -> Error {
    Error::Engine {
        code: "device-lost",
        detail: "as the test wants it".into(),
    }
}

fn say(trainer: &mut Trainer, settings: &str) {
    trainer.handle(Command::Configure {
        run: 1,
        settings: settings.into(),
        checkpoint: None,
    });
}

fn on_engines(settings: &str) -> Trainer {
    let mut trainer = Trainer::new();
    trainer.use_engines("elsewhere");
    say(&mut trainer, settings);
    trainer
}

/// Gives the engines that are wanted, if any.
fn provide(trainer: &mut Trainer, maker: Maker<'_>) {
    if let Some(request) = trainer.engine_request() {
        let engines = request.models.iter().map(maker).collect();
        trainer.give_engines(request.number, Ok(engines));
    }
}

/// Works until nothing is left to do at once, in slices of `slice` steps at most, the state coming with every third.
fn settle(trainer: &mut Trainer, maker: Maker<'_>, slice: usize) {
    let mut slices = 0;
    while trainer.is_urgent() || trainer.is_in_flight() {
        provide(trainer, maker);
        if trainer.can_start() {
            slices += 1;
            trainer.start(slice, slices % 3 == 0);
        }
        trainer.collect(None);
    }
}

fn frame_here(settings: &str, steps: u32) -> Frame {
    frame_of(&mut run_here(settings, steps))
}

fn run_here(settings: &str, steps: u32) -> Trainer {
    let mut trainer = Trainer::new();
    say(&mut trainer, settings);
    trainer.handle(Command::Step { steps });
    crate::reader::settle(&mut trainer);
    trainer
}

fn engine_failures(trainer: &mut Trainer) -> Vec<(String, String)> {
    let events = trainer.take_events().into_iter();
    events
        .filter_map(|event| match event {
            Event::EngineFailed(engine, failure) => Some((engine, failure.code)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_run_elsewhere_is_the_run_here() {
    for settings in RUNS {
        for slice in [1, 3, 100] {
            let mut trainer = on_engines(settings);
            assert_eq!(trainer.engine_name(), "elsewhere");
            trainer.handle(Command::Step { steps: 25 });
            settle(&mut trainer, &make, slice);
            assert_eq!(
                frame_of(&mut trainer),
                frame_here(settings, 25),
                "{settings} in slices of {slice}"
            );
            assert_eq!(engine_failures(&mut trainer), []);
        }
    }
}

#[test]
fn a_batch_larger_than_any_before_gets_larger_engines() {
    let settings = "layers=5&samples=1000&batch=20&changes=3:batch=400&at=6";
    let mut trainer = on_engines(settings);
    let first = trainer.engine_request().expect("engines are wanted");
    let engines = first.models.iter().map(make).collect();
    trainer.give_engines(first.number, Ok(engines));
    settle(&mut trainer, &make, 100);
    assert_eq!(frame_of(&mut trainer), frame_here(settings, 0));
    assert_eq!(engine_failures(&mut trainer), []);
    assert!(first.models.iter().all(|model| model.max_rows < 400));
}

#[test]
fn a_failure_at_any_time_loses_nothing() {
    let failures = [
        Fails::Restore,
        Fails::Advance(0),
        Fails::Poll(0),
        Fails::Advance(2),
        Fails::Poll(3),
    ];
    for settings in RUNS {
        for fails in failures {
            for failing_side in [0, 1] {
                let made = std::cell::Cell::new(0);
                let maker = |model: &Model| -> Box<dyn Engine> {
                    let side = made.replace(made.get() + 1);
                    match side == failing_side {
                        true => Box::new(Failing {
                            engine: Elsewhere::new(model),
                            fails,
                        }),
                        false => make(model),
                    }
                };
                let mut trainer = on_engines(settings);
                trainer.handle(Command::Step { steps: 25 });
                settle(&mut trainer, &maker, 4);
                let name = format!("{settings}, {fails:?} on side {failing_side}");
                assert_eq!(frame_of(&mut trainer), frame_here(settings, 25), "{name}");
                let expected = vec![(Best::NAME.to_owned(), "device-lost".to_owned())];
                assert_eq!(engine_failures(&mut trainer), expected, "{name}");
                assert_eq!(trainer.engine_name(), Best::NAME, "{name}");
            }
        }
    }
}

#[test]
fn what_is_said_while_steps_are_in_flight_is_obeyed_after_them() {
    // So far on, steps are recorded seldom, and a slice goes over several.
    let mut trainer = on_engines(RUNS[0]);
    trainer.handle(Command::Step { steps: FAR });
    settle(&mut trainer, &make, 512);
    trainer.handle(Command::Play);
    trainer.start(5, false);
    change(&mut trainer, "lr=0.5");
    trainer.handle(Command::Pause);
    assert!(trainer.is_training() && trainer.is_in_flight());
    assert_eq!(
        frame_of(&mut trainer).step,
        u64::from(FAR),
        "what is under way is not shown"
    );
    assert_eq!(trainer.collect(None), Some(5));
    // What was said changes the run from a state that is known here.
    assert!(trainer.is_training() && trainer.state_is_stale() && !trainer.frame_wanted());
    assert_eq!(trainer.collect(None), Some(0));
    assert!(trainer.frame_wanted());
    assert!(!trainer.is_training());
    let events = trainer.take_events();
    let changed = Event::Changed {
        run: 1,
        step: u64::from(FAR) + 5,
    };
    assert!(events.contains(&changed), "{events:?}");
    // So it is between two slices.
    trainer.handle(Command::Play);
    trainer.start(2, false);
    assert_eq!(trainer.collect(None), Some(2));
    trainer.handle(Command::Pause);
    assert!(trainer.is_in_flight() && trainer.is_training());
    assert_eq!(trainer.collect(None), Some(0));
    assert!(trainer.frame_wanted() && !trainer.is_training());
    assert_eq!(frame_of(&mut trainer).step, u64::from(FAR) + 7);
    // A new run does not wait, and what comes back of the old one is not heard.
    trainer.handle(Command::Play);
    trainer.start(5, true);
    say(&mut trainer, RUNS[1]);
    assert!(!trainer.is_in_flight());
    trainer.handle(Command::Step { steps: 4 });
    settle(&mut trainer, &make, 2);
    assert_eq!(frame_of(&mut trainer), frame_here(RUNS[1], 4));
}

#[test]
fn engines_of_an_earlier_run_are_not_taken() {
    let mut trainer = on_engines(RUNS[0]);
    let old = trainer.engine_request().expect("engines are wanted");
    say(&mut trainer, RUNS[1]);
    let engines = old.models.iter().map(make).collect();
    trainer.give_engines(old.number, Ok(engines));
    assert!(!trainer.can_start());
    trainer.give_engines(old.number, Err(lost()));
    assert_eq!(engine_failures(&mut trainer), []);
    provide(&mut trainer, &make);
    assert!(trainer.can_start());
}

#[test]
fn one_diverging_run_does_not_stop_the_other() {
    let settings = "layers=16-16&act=identity&a=none&b=batch&lr=3&gain=10&samples=200&batch=20";
    let expected = frame_here(settings, 60);
    let mut trainer = on_engines(settings);
    trainer.handle(Command::Step { steps: 60 });
    settle(&mut trainer, &make, 7);
    let frame = frame_of(&mut trainer);
    assert!(expected.sides[0].diverged_at.is_some(), "it diverges");
    assert_eq!(frame.sides[0].diverged_at, expected.sides[0].diverged_at);
    assert_eq!(frame.sides[1], expected.sides[1]);
    assert_eq!(frame.step, expected.step);
    // Where both have, the run ends at the step of the later.
    let settings = settings.replace("b=batch", "b=none");
    let mut trainer = on_engines(&settings);
    trainer.handle(Command::Step { steps: 60 });
    settle(&mut trainer, &make, 7);
    let (frame, expected) = (frame_of(&mut trainer), frame_here(&settings, 60));
    assert!(expected.step < 60, "it ends");
    assert_eq!((frame.step, frame.is_playing), (expected.step, false));
}

#[test]
fn a_batch_of_one_is_refused_there_as_here() {
    let settings = "layers=4&samples=100&batch=1";
    let mut trainer = on_engines(settings);
    trainer.handle(Command::Step { steps: 2 });
    settle(&mut trainer, &make, 2);
    let frame = frame_of(&mut trainer);
    let refused = |frame: &Frame| frame.sides[1].refused.clone().map(|failure| failure.code);
    assert_eq!(refused(&frame).as_deref(), Some("too-few-values"));
    assert_eq!((frame.step, frame.is_playing), (0, false));
    change(&mut trainer, "batch=2");
    trainer.handle(Command::Step { steps: 2 });
    settle(&mut trainer, &make, 2);
    assert_eq!(frame_of(&mut trainer).step, 2);
}

#[test]
fn while_steps_are_in_flight_frame_and_checkpoint_are_of_those_before() {
    for settings in RUNS {
        let mut trainer = on_engines(settings);
        trainer.handle(Command::Step { steps: 7 });
        settle(&mut trainer, &make, 3);
        trainer.handle(Command::Play);
        trainer.start(6, false);
        assert!(trainer.is_in_flight(), "{settings}");
        let (frame, expected) = (frame_of(&mut trainer), frame_here(settings, 7));
        assert_eq!(frame.step, expected.step, "{settings}");
        assert_eq!(frame.epoch, expected.epoch, "{settings}");
        assert_eq!(frame.sides, expected.sides, "{settings}");
        let total = 7 + 18;
        let checkpoint = checkpoint(&trainer);
        let mut other = Trainer::new();
        other.handle(Command::Configure {
            run: 1,
            settings: (*settings).into(),
            checkpoint: Some(Box::new(checkpoint)),
        });
        other.handle(Command::Step { steps: 18 });
        while other.is_urgent() {
            other.step();
        }
        let (there, here) = (
            self::checkpoint(&other),
            self::checkpoint(&run_here(settings, total)),
        );
        assert_eq!(there.sides, here.sides, "{settings}");
        assert_eq!(
            (there.step, there.epoch, there.position),
            (here.step, here.epoch, here.position),
            "{settings}"
        );
    }
}

/// An engine that says what it is told of every state.
struct Telling {
    engine: Elsewhere,
    observation: Observation,
}

impl Engine for Telling {
    fn name(&self) -> &'static str {
        "telling"
    }

    fn restore(&mut self, network: &Network<Best>) -> Result<(), Error> {
        self.engine.restore(network)
    }

    fn advance(&mut self, network: &mut Network<Best>, slice: &Slice<'_>) -> Result<(), Error> {
        self.engine.advance(network, slice)
    }

    fn poll(&mut self, now: Option<f64>) -> Result<bool, Error> {
        self.engine.poll(now)
    }

    fn take(&mut self, network: &mut Network<Best>) -> &mut Progress {
        let progress = self.engine.take(network);
        progress.observation = Some(self.observation.clone());
        progress
    }
}

#[test]
fn an_engines_observation_is_shown_until_anything_changes() {
    let settings = "layers=3&samples=100&batch=10&show=b&act=tanh";
    let told = Observation {
        moments: Some(vec![Moments {
            mean: vec![5.0; 3],
            mean_low: vec![0.0; 3],
            variance: vec![2.0; 3],
        }]),
        layers: vec![LayerObservation {
            saturated: 0.125,
            normalized: Some(Distribution::default()),
            ..LayerObservation::default()
        }],
        unit: [vec![1.0; 10], vec![2.0; 10], vec![3.0; 10]],
    };
    let is_told = |frame: &Frame| {
        let (side, layer) = (&frame.sides[0], &frame.sides[0].layers[0]);
        let told = [
            layer.saturated == 0.125,
            side.selected_unit.after == [3.0; 10],
            layer.batch_mean == [5.0; 3],
        ];
        assert!(told == [told[0]; 3], "all or nothing of an observation");
        told[0]
    };
    for (more, is_of_it) in [("", true), ("&unit=1", false), ("&stats=running", false)] {
        let maker = |model: &Model| -> Box<dyn Engine> {
            Box::new(Telling {
                engine: Elsewhere::new(model),
                observation: told.clone(),
            })
        };
        let mut trainer = on_engines(settings);
        trainer.handle(Command::Step { steps: 4 });
        settle(&mut trainer, &maker, 4);
        if !more.is_empty() {
            change(&mut trainer, more);
        }
        assert_eq!(is_told(&frame_of(&mut trainer)), is_of_it, "{more}");
        // The lanes show the same run.
        let here = frame_here(settings, 4);
        change(&mut trainer, "unit=0&stats=batch");
        let layers = frame_of(&mut trainer).sides[0].layers.clone();
        assert_eq!(layers[0].full_mean, here.sides[0].layers[0].full_mean);
        assert_eq!(layers[0].batch_mean, here.sides[0].layers[0].batch_mean);
    }
}
