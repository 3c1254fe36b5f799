//! The worker's mind without a worker: commands in, events out. Has no clock and sends nothing by itself.

mod asked;
mod changes;
mod engines;
mod frames;
mod measurements;
mod recording;
mod slices;

pub use engines::EngineRequest;

use std::sync::Arc;

use crate::architecture::{FULL, NetworkFactory};
use crate::data::{Batch, Dataset};
use crate::error::Error;
use crate::lanes::{Best, Lanes};
use crate::measure::BatchNoise;
use crate::observe::statistics::FIRST_AXIS_LIMIT;
use crate::protocol::{Checkpoint, Command, Event, Failure, ObservedSet};
use crate::settings::Settings;
use crate::settings::choice::{DatasetKind, View};
use crate::training::{Batches, SideRun};

use asked::Asked;
use engines::RequestedEngines;
use recording::Recording;
use slices::{InFlight, RestorePoint};

/// One run of one or two networks, and the measurements made on it.
///
/// Both networks take every step together, on the same batch, so that they can be compared at any time.
pub struct Trainer {
    factory: NetworkFactory,
    /// The digits, once they have come.
    digits: Option<Vec<u8>>,
    /// Commands that wait for them, `Configure` first.
    waiting: Vec<Command>,
    run: u32,
    /// What the link says: first values and changes.
    base: Settings,
    /// What is in force now.
    now: Settings,
    dataset: Arc<Dataset>,
    /// The order of batches, behind the last that was started.
    batches: Batches,
    /// Rows of the last batch that was started, or that the first step will see.
    last_batch: Vec<u32>,
    /// The batches that were started last, and room for the next.
    started: Vec<Batch>,
    in_flight: Option<InFlight>,
    /// Where the networks of the sides stand.
    restore_point: RestorePoint,
    requested: RequestedEngines,
    sides: Vec<SideRun>,
    step: u64,
    axis_limits: [f32; 3],
    is_playing: bool,
    asked: Asked,
    /// Whether what was asked is answered by the next frame, before training goes on.
    owes_frame: bool,
    frame_wanted: bool,
    /// What frames are to hold, and what the last one held.
    observed: ObservedSet,
    shown: ObservedSet,
    recording: Recording,
    batch_noise: Option<BatchNoise>,
    events: Vec<Event>,
}

impl Default for Trainer {
    fn default() -> Self {
        Self::new()
    }
}

impl Trainer {
    /// A trainer for every kind of layer that waits for its first `Configure`.
    pub fn new() -> Self {
        Self::with(FULL)
    }

    /// A trainer of the networks that `factory` can make.
    pub fn with(factory: NetworkFactory) -> Self {
        let settings = Settings::default();
        Self {
            factory,
            digits: None,
            waiting: Vec::new(),
            run: 0,
            base: settings.clone(),
            now: settings,
            dataset: Arc::default(),
            batches: Batches::new(0, 0),
            last_batch: Vec::new(),
            started: Vec::new(),
            in_flight: None,
            restore_point: RestorePoint::default(),
            requested: RequestedEngines::default(),
            sides: Vec::new(),
            step: 0,
            axis_limits: [FIRST_AXIS_LIMIT; 3],
            is_playing: false,
            asked: Asked::default(),
            owes_frame: false,
            frame_wanted: false,
            observed: ObservedSet::default(),
            shown: ObservedSet::default(),
            recording: Recording::default(),
            batch_noise: None,
            events: Vec::new(),
        }
    }

    /// Which lanes compute in this build, or the engine that was requested.
    pub fn engine_name(&self) -> &'static str {
        self.requested.name().unwrap_or(Best::NAME)
    }

    /// The answer to a command that cannot be obeyed.
    pub fn failed(&self, error: &Error) -> Event {
        Event::Failed {
            run: self.run,
            failure: Failure::from(error),
        }
    }

    /// Obeys a command. Never trains: that is `step`.
    ///
    /// A run on data that has not come asks for it (`Event::DataWanted`); what is said meanwhile is obeyed after it.
    pub fn handle(&mut self, command: Command) {
        match command {
            Command::Data(bytes) => {
                self.digits = Some(bytes);
                self.obey_waiting();
            }
            Command::Configure { ref settings, .. } if self.lacks_data(settings) => {
                self.stop();
                self.waiting = vec![command];
                self.events.push(Event::DataWanted);
            }
            Command::Configure {
                run,
                settings,
                checkpoint,
            } => {
                self.waiting.clear();
                let result = self.configure(run, &settings, checkpoint.as_deref());
                if let Err(error) = result {
                    self.stop();
                    (self.run, self.step) = (run, 0);
                    self.events.push(self.failed(&error));
                }
            }
            Command::Observe(set) => {
                self.observed = set;
                self.frame_wanted |= !self.shown.holds(set);
            }
            _ if !self.waiting.is_empty() => self.waiting.push(command),
            _ if self.is_ahead() => self.wait_for_state(command),
            Command::Change { setting, value } => self.change(setting, value),
            Command::Play => {
                self.is_playing = self.can_step();
                self.asked.add(0);
                self.frame_wanted = true;
            }
            Command::Pause => {
                self.halt();
                self.asked.add(0);
                // A replay is given up where it stands.
                self.base.at = self.base.at.min(self.step);
                self.frame_wanted = true;
            }
            Command::Step { steps } => {
                self.is_playing = false;
                // A run that cannot step has done what it can.
                self.asked.add(if self.can_step() { steps } else { 0 });
                self.frame_wanted = true;
            }
            Command::FrameShown => {}
            Command::MeasureBatchNoise => self.batch_noise = self.start_batch_noise(),
        }
    }

    /// Steps a second that the reader asked for; `None` is without limit.
    pub fn steps_per_second(&self) -> Option<f64> {
        self.now.speed.steps_per_second()
    }

    /// Whether there are steps to do: playing, stepping or replaying a link.
    pub fn is_training(&self) -> bool {
        (self.is_playing || self.is_urgent()) && self.can_step()
    }

    /// Whether the steps to do are to be done at once, without regard to speed.
    pub fn is_urgent(&self) -> bool {
        (self.asked.steps() > 0 || self.step < self.base.at) && self.can_step()
    }

    /// Whether a frame is owed before the next step: what was asked is answered, and training goes on.
    pub fn owes_frame(&self) -> bool {
        self.owes_frame
    }

    /// One optimiser update of each side that still can, on engines that are done at once.
    ///
    /// # Panics
    /// If the engines are still awaited, or at work.
    pub fn step(&mut self) {
        self.start(1, true);
        self.collect(None);
    }

    /// Answers that have come up since the last call, oldest first.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    fn obey_waiting(&mut self) {
        for command in std::mem::take(&mut self.waiting) {
            self.handle(command);
        }
    }

    /// So many steps were made.
    fn count_steps(&mut self, steps: u32) {
        // Steps that were asked for come after a replay.
        let is_replay = self.step < self.base.at;
        self.step += u64::from(steps);
        if !is_replay && self.asked.made(steps) {
            self.owes_frame = self.is_training();
        }
        if !self.can_step() {
            self.halt();
        }
        self.frame_wanted = true;
    }

    fn halt(&mut self) {
        self.is_playing = false;
        self.asked.cancel();
        self.owes_frame = false;
    }

    fn lacks_data(&self, settings: &str) -> bool {
        let settings = Settings::from_page(settings);
        settings.data == DatasetKind::Digits && self.digits.is_none()
    }

    /// Without networks there is nothing to train, measure or show.
    fn stop(&mut self) {
        self.sides.clear();
        self.recording = Recording::default();
        self.halt();
        self.in_flight = None;
        self.requested.forget();
        self.batch_noise = None;
        self.frame_wanted = false;
    }

    fn can_step(&self) -> bool {
        let is_refused = self.sides.iter().any(SideRun::is_refused);
        !is_refused && self.sides.iter().any(|side| side.diverged_at().is_none())
    }

    fn configure(
        &mut self,
        run: u32,
        text: &str,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<(), Error> {
        // The page has shown what a link gets wrong; here its defaults simply hold.
        let base = Settings::from_page(text);
        let step = checkpoint.map_or(0, |checkpoint| checkpoint.step);
        let now = base.in_force(step);
        let digits = self.digits.as_deref().unwrap_or_default();
        let dataset = Arc::new((self.factory.data)(&now, digits)?.in_domain(&now));
        let shown: &[u8] = match base.view {
            View::Twin => &[0, 1],
            View::A => &[0],
            View::B => &[1],
        };
        let mut sides = Vec::with_capacity(shown.len());
        for index in shown {
            let norm = if *index == 0 {
                base.norm_a
            } else {
                base.norm_b
            };
            let mut side = SideRun::new(*index, norm, &now, self.factory)?;
            if let Some(checkpoint) = checkpoint {
                let state = checkpoint.sides.iter().find(|s| s.index == *index);
                side.restore(state.ok_or(Error::Message { what: "checkpoint" })?)?;
            }
            sides.push(side);
        }
        let seed = u64::from(base.seed);
        let points = dataset.train.len();
        self.batches = match checkpoint {
            Some(c) => Batches::resume(seed, points, c.epoch, c.position as usize),
            None => Batches::new(seed, points),
        };
        self.axis_limits = checkpoint.map_or([FIRST_AXIS_LIMIT; 3], |c| c.axis_limits);
        self.run = run;
        self.step = step;
        self.dataset = dataset;
        self.now = now;
        match checkpoint.filter(|checkpoint| checkpoint.step > 0) {
            Some(checkpoint) => self.last_batch.clone_from(&checkpoint.last_batch),
            None => self.peek_batch(self.now.batch_size()),
        }
        self.sides = sides;
        self.recording = Recording::default();
        self.halt();
        self.asked = Asked::default();
        self.in_flight = None;
        self.set_restore_point();
        self.batch_noise = None;
        self.frame_wanted = true;
        self.base = base;
        self.request_engines();
        Ok(())
    }
}
