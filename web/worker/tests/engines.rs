//! The pump where steps are made elsewhere, by an engine that answers when the test lets it.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../../../tests/common/elsewhere.rs"]
mod elsewhere;

use std::cell::Cell;
use std::rc::Rc;

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::engine::{Engine, Model, Progress, Slice};
use batchnorm_lab::error::Error;
use batchnorm_lab::network::Network;
use batchnorm_lab::protocol::{Checkpoint, Command, Event, Frame};
use batchnorm_lab::trainer::Trainer;
use batchnorm_lab_worker::{Next, Pump};
use elsewhere::Elsewhere;

/// Answers while `is_open`, and that every loss was beyond all numbers.
struct Slow {
    engine: Elsewhere,
    is_open: Rc<Cell<bool>>,
}

impl Engine for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn restore(&mut self, network: &Network) -> Result<(), Error> {
        self.engine.restore(network)
    }

    fn advance(&mut self, network: &mut Network, slice: &Slice<'_>) -> Result<(), Error> {
        self.engine.advance(network, slice)
    }

    fn poll(&mut self, now: Option<f64>) -> Result<bool, Error> {
        Ok(self.is_open.get() && self.engine.poll(now)?)
    }

    fn take(&mut self, network: &mut Network) -> &mut Progress {
        let progress = self.engine.take(network);
        progress.losses.fill(f32::NAN);
        progress
    }
}

/// A pump with its clock, and what it has said.
struct Worker {
    pump: Pump,
    millis: Cell<f64>,
    heard: Vec<Event>,
    is_open: Rc<Cell<bool>>,
}

impl Worker {
    fn on_from(settings: &str, checkpoint: Option<Box<Checkpoint>>) -> Self {
        let mut worker = Self::without_engines(settings, checkpoint);
        let request = worker.pump.engine_request().expect("a run wants engines");
        let engines = request.models.iter().map(|model| worker.engine(model));
        let engines = engines.collect();
        worker.pump.give_engines(request.number, Ok(engines));
        worker
    }

    fn without_engines(settings: &str, checkpoint: Option<Box<Checkpoint>>) -> Self {
        let mut pump = Pump::new(FULL);
        pump.use_engines("slow");
        let mut worker = Self {
            pump,
            millis: Cell::new(0.0),
            heard: Vec::new(),
            is_open: Rc::new(Cell::new(true)),
        };
        worker.say(&Command::Configure {
            run: 1,
            settings: settings.into(),
            checkpoint,
        });
        worker.work();
        worker
    }

    fn engine(&self, model: &Model) -> Box<dyn Engine> {
        Box::new(Slow {
            engine: Elsewhere::new(model),
            is_open: self.is_open.clone(),
        })
    }

    fn say(&mut self, command: &Command) {
        let heard = &mut self.heard;
        self.pump
            .receive(&command.to_bytes(), &mut |event| heard.push(event.clone()));
    }

    fn work(&mut self) -> Next {
        let heard = &mut self.heard;
        // Every look at the clock takes a while, or a slice would never end.
        let now = || {
            self.millis.set(self.millis.get() + 0.5);
            self.millis.get()
        };
        self.pump.work(&now, &mut |event| heard.push(event.clone()))
    }

    fn frames(&self) -> Vec<&Frame> {
        let heard = self.heard.iter();
        heard
            .filter_map(|event| match event {
                Event::Frame(frame) => Some(&**frame),
                _ => None,
            })
            .collect()
    }

    fn checkpoints(&self) -> Vec<&Checkpoint> {
        let heard = self.heard.iter();
        heard
            .filter_map(|event| match event {
                Event::Checkpoint(checkpoint) => Some(&**checkpoint),
                _ => None,
            })
            .collect()
    }
}

/// Steps after which few are recorded: an engine's state is not read back for every one.
const FAR: u64 = 4097;

/// Where a run stands after so many steps.
fn checkpoint_at(settings: &str, steps: u64) -> Box<Checkpoint> {
    let mut trainer = Trainer::with(FULL);
    trainer.handle(Command::Configure {
        run: 1,
        settings: settings.into(),
        checkpoint: None,
    });
    for _ in 0..steps {
        trainer.step();
    }
    match trainer.checkpoint() {
        Event::Checkpoint(checkpoint) => checkpoint,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_last_checkpoint_of_a_run_that_diverged_waits_for_its_state() {
    let settings = "layers=4&samples=200&batch=10&show=a";
    let mut worker = Worker::on_from(settings, Some(checkpoint_at(settings, FAR)));
    worker.say(&Command::Play);
    // The page has not drawn the first frame: the first slice brings its loss alone, and the state is asked for, for the
    // run is over.
    worker.work();
    worker.is_open.set(false);
    worker.say(&Command::FrameShown);
    worker.work();
    assert_eq!(worker.checkpoints().len(), 0, "of a state that is not here");
    worker.is_open.set(true);
    worker.work();
    let [last] = worker.checkpoints()[..] else {
        panic!("one checkpoint, not {}", worker.checkpoints().len());
    };
    assert_eq!(last.step, FAR + 1);
    assert_eq!(last.sides[0].diverged_at, Some(FAR + 1));
    assert_eq!(
        last.sides[0].network.updates,
        FAR + 1,
        "the state of that step"
    );
}

#[test]
fn engines_that_do_not_come_are_given_up_and_the_run_trains_here() {
    let mut worker =
        Worker::without_engines("layers=4&samples=200&batch=10&show=a&speed=full", None);
    worker.say(&Command::Play);
    worker.say(&Command::FrameShown);
    let Next::After(millis) = worker.work() else {
        panic!("the worker looks again by itself");
    };
    assert!(worker.frames().iter().all(|frame| frame.step == 0));
    worker.millis.set(worker.millis.get() + millis);
    worker.work();
    let failed = worker.heard.iter().find_map(|event| match event {
        Event::EngineFailed(_, failure) => Some(failure.code.clone()),
        _ => None,
    });
    assert_eq!(failed.as_deref(), Some("engine-timeout"));
    worker.work();
    worker.say(&Command::FrameShown);
    worker.millis.set(worker.millis.get() + 100.0);
    worker.work();
    let last = worker.frames().last().map_or(0, |frame| frame.step);
    assert!(last > 0, "it trains: {last}");
}

#[test]
fn a_new_run_is_shown_while_its_engines_are_made() {
    let mut worker = Worker::without_engines("layers=4&samples=200&batch=10", None);
    let first = worker.frames().len();
    assert_eq!(first, 1);
    worker.say(&Command::FrameShown);
    // Sooner after the last frame than frames follow each other.
    worker.say(&Command::Configure {
        run: 2,
        settings: "layers=5&samples=200&batch=10".into(),
        checkpoint: None,
    });
    worker.say(&Command::Play);
    worker.work();
    // What is asked is answered at once, engines or none.
    assert_eq!(worker.frames().last().map(|frame| frame.run), Some(2));
}
