//! The trainer with its steps made elsewhere: the same runs as here, and nothing lost when an engine fails.

#[path = "../../tests/common/mod.rs"]
mod common;
mod gpu;

use batchnorm_lab::engine::{Batch, CpuEngine, Engine, Model, Progress, State};
use batchnorm_lab::error::Error;
use batchnorm_lab::lanes::{Best, Lanes};
use batchnorm_lab::network::{Hyper, Network};
use batchnorm_lab::protocol::{Checkpoint, Command, Event, Frame};
use batchnorm_lab::training::Trainer;
use batchnorm_lab_gpu::Fault;
use batchnorm_lab_gpu::{Gpu, GpuEngine};
use gpu::{device, wait};

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

fn engine_here(model: &Model) -> CpuEngine {
    let network = Network::with_input(model.input, &model.layers, model.objective, model.max_rows);
    CpuEngine::new(network.expect("a network that the trainer has too"))
}

fn here(model: &Model) -> Box<dyn Engine> {
    Box::new(engine_here(model))
}

/// What fails, and after how many calls that go well.
#[derive(Clone, Copy, Debug)]
enum Fails {
    Restore,
    Advance(u32),
    Poll(u32),
}

/// An engine that fails.
struct Failing {
    engine: CpuEngine,
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

    fn advance(&mut self, batches: &[Batch], hyper: &Hyper, wants: bool) -> Result<(), Error> {
        self.call(matches!(self.fails, Fails::Advance(_)))?;
        self.engine.advance(batches, hyper, wants)
    }

    fn poll(&mut self, now: Option<f64>) -> Result<Option<Progress>, Error> {
        self.call(matches!(self.fails, Fails::Poll(_)))?;
        self.engine.poll(now)
    }

    fn restore(&mut self, state: &State) -> Result<(), Error> {
        match self.fails {
            Fails::Restore => Err(lost()),
            _ => self.engine.restore(state),
        }
    }

    fn set_batch_norm_momentum(&mut self, momentum: Option<f64>) {
        self.engine.set_batch_norm_momentum(momentum);
    }

    fn set_frozen(&mut self, affine: bool, statistics: bool) {
        self.engine.set_frozen(affine, statistics);
    }
}

fn lost() -> Error {
    Error::Engine {
        code: Fault::DeviceLost.code(),
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

fn afar(settings: &str) -> Trainer {
    let mut trainer = Trainer::new();
    trainer.seek_engines("elsewhere");
    say(&mut trainer, settings);
    trainer
}

/// Gives the engines that are wanted, if any.
fn provide(trainer: &mut Trainer, maker: Maker<'_>) {
    if let Some(wanted) = trainer.wanted_engines() {
        let engines = wanted.models.iter().map(maker).collect();
        trainer.give_engines(wanted.request, Ok(engines));
    }
}

/// Works until nothing is left to do at once, in slices of `slice` steps at most, the state coming with every third.
fn settle(trainer: &mut Trainer, maker: Maker<'_>, slice: usize) {
    let mut slices = 0;
    while trainer.is_urgent() || trainer.is_under_way() {
        if !trainer.is_afar() {
            trainer.step();
            continue;
        }
        provide(trainer, maker);
        if !trainer.is_under_way() && trainer.is_afar() {
            slices += 1;
            trainer.start(slice, slices % 3 == 0);
        }
        trainer.collect(None);
    }
}

fn look(trainer: &mut Trainer) -> Frame {
    match trainer.frame() {
        Event::Frame(frame) => *frame,
        other => panic!("a frame is a frame, not {other:?}"),
    }
}

fn checkpoint(trainer: &Trainer) -> Checkpoint {
    match trainer.checkpoint() {
        Event::Checkpoint(checkpoint) => *checkpoint,
        other => panic!("a checkpoint is a checkpoint, not {other:?}"),
    }
}

fn frame_here(settings: &str, steps: u32) -> Frame {
    look(&mut run_here(settings, steps))
}

fn run_here(settings: &str, steps: u32) -> Trainer {
    let mut trainer = Trainer::new();
    say(&mut trainer, settings);
    trainer.handle(Command::Step { steps });
    while trainer.is_urgent() {
        trainer.step();
    }
    trainer
}

fn fallen(trainer: &mut Trainer) -> Vec<(String, String)> {
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
            let mut trainer = afar(settings);
            assert_eq!(trainer.engine_name(), "elsewhere");
            trainer.handle(Command::Step { steps: 25 });
            settle(&mut trainer, &here, slice);
            assert_eq!(
                look(&mut trainer),
                frame_here(settings, 25),
                "{settings} in slices of {slice}"
            );
            assert_eq!(fallen(&mut trainer), []);
        }
    }
}

#[test]
fn a_batch_larger_than_any_before_gets_larger_engines() {
    let settings = "layers=5&samples=1000&batch=20&changes=3:batch=400&at=6";
    let mut trainer = afar(settings);
    let first = trainer.wanted_engines().expect("engines are wanted");
    let engines = first.models.iter().map(here).collect();
    trainer.give_engines(first.request, Ok(engines));
    settle(&mut trainer, &here, 100);
    assert_eq!(look(&mut trainer), frame_here(settings, 0));
    assert_eq!(fallen(&mut trainer), []);
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
                            engine: engine_here(model),
                            fails,
                        }),
                        false => here(model),
                    }
                };
                let mut trainer = afar(settings);
                trainer.handle(Command::Step { steps: 25 });
                settle(&mut trainer, &maker, 4);
                let name = format!("{settings}, {fails:?} on side {failing_side}");
                assert_eq!(look(&mut trainer), frame_here(settings, 25), "{name}");
                let expected = vec![(Best::NAME.to_owned(), "device-lost".to_owned())];
                assert_eq!(fallen(&mut trainer), expected, "{name}");
                assert_eq!(trainer.engine_name(), Best::NAME, "{name}");
            }
        }
    }
}

#[test]
fn what_is_said_while_steps_are_under_way_is_obeyed_after_them() {
    let mut trainer = afar(RUNS[0]);
    provide(&mut trainer, &here);
    trainer.handle(Command::Play);
    trainer.start(5, false);
    trainer.handle(Command::Change {
        settings: format!("{}&lr=0.5", RUNS[0]),
    });
    trainer.handle(Command::Pause);
    assert!(trainer.is_training() && trainer.is_under_way());
    assert_eq!(look(&mut trainer).step, 0, "what is under way is not shown");
    assert_eq!(trainer.collect(None), Some(5));
    // What was said changes the run from a state that is known here.
    assert!(trainer.is_training() && trainer.is_behind() && !trainer.frame_wanted());
    assert_eq!(trainer.collect(None), Some(0));
    assert!(trainer.frame_wanted());
    assert!(!trainer.is_training());
    let links = trainer.take_events().into_iter();
    let links = links.filter_map(|event| match event {
        Event::Settings { link, .. } => Some(link),
        _ => None,
    });
    let last = links.collect::<Vec<_>>().pop().expect("the change is told");
    assert!(last.contains("5:lr=0.5"), "{last}");
    // So it is between two slices.
    trainer.handle(Command::Play);
    trainer.start(2, false);
    assert_eq!(trainer.collect(None), Some(2));
    trainer.handle(Command::Pause);
    assert!(trainer.is_under_way() && trainer.is_training());
    assert_eq!(trainer.collect(None), Some(0));
    assert!(trainer.frame_wanted() && !trainer.is_training());
    assert_eq!(look(&mut trainer).step, 7);
    // A new run does not wait, and what comes back of the old one is not heard.
    trainer.handle(Command::Play);
    trainer.start(5, true);
    say(&mut trainer, RUNS[1]);
    assert!(!trainer.is_under_way());
    trainer.handle(Command::Step { steps: 4 });
    settle(&mut trainer, &here, 2);
    assert_eq!(look(&mut trainer), frame_here(RUNS[1], 4));
}

#[test]
fn engines_of_an_earlier_run_are_not_taken() {
    let mut trainer = afar(RUNS[0]);
    let old = trainer.wanted_engines().expect("engines are wanted");
    say(&mut trainer, RUNS[1]);
    let engines = old.models.iter().map(here).collect();
    trainer.give_engines(old.request, Ok(engines));
    assert!(!trainer.can_start());
    trainer.give_engines(old.request, Err(lost()));
    assert_eq!(fallen(&mut trainer), []);
    provide(&mut trainer, &here);
    assert!(trainer.can_start());
}

#[test]
fn one_diverging_run_does_not_stop_the_other() {
    let settings = "layers=16-16&act=identity&a=none&b=batch&lr=3&gain=10&samples=200&batch=20";
    let expected = frame_here(settings, 60);
    let mut trainer = afar(settings);
    trainer.handle(Command::Step { steps: 60 });
    settle(&mut trainer, &here, 7);
    let frame = look(&mut trainer);
    assert!(expected.sides[0].diverged_at.is_some(), "it diverges");
    assert_eq!(frame.sides[0].diverged_at, expected.sides[0].diverged_at);
    assert_eq!(frame.sides[1], expected.sides[1]);
    assert_eq!(frame.step, expected.step);
    // Where both have, the run ends at the step of the later.
    let settings = settings.replace("b=batch", "b=none");
    let mut trainer = afar(&settings);
    trainer.handle(Command::Step { steps: 60 });
    settle(&mut trainer, &here, 7);
    let (frame, expected) = (look(&mut trainer), frame_here(&settings, 60));
    assert!(expected.step < 60, "it ends");
    assert_eq!((frame.step, frame.is_playing), (expected.step, false));
}

#[test]
fn a_batch_of_one_is_refused_there_as_here() {
    let settings = "layers=4&samples=100&batch=1";
    let mut trainer = afar(settings);
    trainer.handle(Command::Step { steps: 2 });
    settle(&mut trainer, &here, 2);
    let frame = look(&mut trainer);
    let refused = |frame: &Frame| frame.sides[1].refused.clone().map(|failure| failure.code);
    assert_eq!(refused(&frame).as_deref(), Some("too-few-values"));
    assert_eq!((frame.step, frame.is_playing), (0, false));
    trainer.handle(Command::Change {
        settings: "layers=4&samples=100&batch=2".into(),
    });
    trainer.handle(Command::Step { steps: 2 });
    settle(&mut trainer, &here, 2);
    assert_eq!(look(&mut trainer).step, 2);
}

#[test]
fn a_run_on_the_graphics_processor_shows_the_figures_of_the_run_here() {
    let name = "a_run_on_the_graphics_processor_shows_the_figures_of_the_run_here";
    let Some(device) = device(name) else {
        return;
    };
    for settings in RUNS {
        let mut trainer = afar(settings);
        trainer.handle(Command::Step { steps: 20 });
        settle(&mut trainer, &|model| on(&device, model), 6);
        assert_eq!(fallen(&mut trainer), []);
        let (there, here) = (look(&mut trainer), frame_here(settings, 20));
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

fn on(device: &Gpu, model: &Model) -> Box<dyn Engine> {
    Box::new(wait(GpuEngine::new(device, model)).expect("an engine"))
}

/// The largest distance, of numbers above one as a share of the largest.
fn distance(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "numbers");
    let most = b.iter().fold(1.0_f32, |most, b| most.max(b.abs()));
    let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    assert!(a.iter().all(|a| a.is_finite()), "numbers that are none");
    apart.fold(0.0, f32::max) / most
}

#[test]
fn while_steps_are_under_way_frame_and_checkpoint_are_of_those_before() {
    for settings in RUNS {
        let mut trainer = afar(settings);
        trainer.handle(Command::Step { steps: 7 });
        settle(&mut trainer, &here, 3);
        trainer.handle(Command::Play);
        trainer.start(6, false);
        assert!(trainer.is_under_way(), "{settings}");
        let (frame, expected) = (look(&mut trainer), frame_here(settings, 7));
        assert_eq!(frame.step, expected.step, "{settings}");
        assert_eq!(frame.epoch, expected.epoch, "{settings}");
        assert_eq!(frame.sides, expected.sides, "{settings}");
        // A link that replays stands further on.
        let total = frame.step as u32 + 18;
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
