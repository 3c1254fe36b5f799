//! The worker's mind without a worker: commands in, events out. Has no clock and sends nothing by itself.

use std::sync::Arc;

mod afar;
mod changes;

pub use afar::Wanted;

use crate::architecture::{FULL, NetworkFactory};
use crate::data::Dataset;
use crate::error::Error;
use crate::lanes::{Best, Lanes};
use crate::measure::BatchNoise;
use crate::measure::BatchSizeSweep;
use crate::observe::statistics::{FIRST_AXIS_LIMIT, axis_limits, together};
use crate::protocol::{Checkpoint, Command, Event, Failure, Frame, SweepReport};
use crate::settings::Settings;
use crate::settings::choice::{DatasetKind, View};
use crate::training::Batches;
use crate::training::SideRun;

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
    batches: Batches,
    /// Rows of the batch that the last step saw, or that the first will see.
    last_batch: Vec<u32>,
    sides: Vec<SideRun>,
    step: u64,
    axis_limits: [f32; 3],
    is_playing: bool,
    steps_asked: u32,
    frame_wanted: bool,
    noise: Option<BatchNoise>,
    ladder: Option<BatchSizeSweep>,
    events: Vec<Event>,
    afar: afar::Afar,
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
            sides: Vec::new(),
            step: 0,
            axis_limits: [FIRST_AXIS_LIMIT; 3],
            is_playing: false,
            steps_asked: 0,
            frame_wanted: false,
            noise: None,
            ladder: None,
            events: Vec::new(),
            afar: afar::Afar::default(),
        }
    }

    /// Which lanes compute in this build, or the engine that is to.
    pub fn engine_name(&self) -> &'static str {
        if let Some(name) = self.sought() {
            return name;
        }
        Best::NAME
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
                    self.events.push(Event::Failed(Failure::from(&error)));
                }
            }
            _ if !self.waiting.is_empty() => self.waiting.push(command),
            _ if self.keeps_waiting() => self.wait_for_state(command),
            Command::Change { settings } => self.change(&settings),
            Command::Play => self.is_playing = self.can_step(),
            Command::Pause => {
                self.is_playing = false;
                self.steps_asked = 0;
                // A replay is given up where it stands.
                self.base.at = self.base.at.min(self.step);
                self.frame_wanted = true;
            }
            Command::Step { steps } => {
                self.is_playing = false;
                self.steps_asked = steps;
                // Zero steps, or a run that cannot step, is still answered by a frame.
                self.frame_wanted = true;
            }
            Command::FrameShown => {}
            Command::MeasureBatchNoise => self.noise = self.start_noise(),
            Command::SweepBatchSizes => {
                self.ladder = Some(BatchSizeSweep::new(
                    &self.now,
                    self.dataset.clone(),
                    self.run,
                    self.factory,
                ));
                self.report_ladder();
            }
            Command::CancelSweep => self.ladder = None,
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
        (self.steps_asked > 0 || self.step < self.base.at) && self.can_step()
    }

    /// One optimiser update of each run that still can.
    pub fn step(&mut self) {
        if !self.can_step() {
            return;
        }
        self.reach_changes();
        let (epoch, position) = (self.batches.epoch(), self.batches.position());
        let batch = self.batches.next_batch(self.now.batch_size());
        self.last_batch.clear();
        self.last_batch.extend_from_slice(batch);
        for side in &mut self.sides {
            side.step(&self.dataset.train, &self.last_batch, &self.now, self.step);
        }
        if self.sides.iter().any(|side| side.refused().is_some()) {
            // A refused step is no step: the order of batches is taken up where it was.
            let seed = u64::from(self.base.seed);
            let points = self.dataset.train.len();
            self.batches = Batches::resume(seed, points, epoch, position);
            self.halt();
            self.frame_wanted = true;
        } else {
            self.count_steps(1);
        }
    }

    /// Whether a measurement is under way.
    pub fn has_background(&self) -> bool {
        self.noise.is_some() || self.ladder.is_some()
    }

    /// A small piece of a measurement.
    pub fn background(&mut self) {
        if let Some(noise) = &mut self.noise {
            if let Some(report) = noise.measure(&self.dataset.train, self.now.epsilon) {
                self.events.push(Event::BatchNoise(Box::new(report)));
                self.noise = None;
            }
        } else if let Some(ladder) = &mut self.ladder
            && ladder.measure()
        {
            self.report_ladder();
        }
    }

    /// Whether something has changed since the last frame.
    pub fn frame_wanted(&self) -> bool {
        if self.is_behind() {
            return false;
        }
        self.frame_wanted && !self.sides.is_empty()
    }

    /// What the networks look like now.
    pub fn frame(&mut self) -> Event {
        self.frame_wanted = false;
        let (axes, sides) = (together(self.axis_limits), self.sides.iter_mut());
        let show = |side: &mut SideRun| side.show(&self.dataset, &self.last_batch, &self.now, axes);
        let sides: Vec<_> = sides.map(show).collect();
        // What has diverged is beyond any axis; the other run keeps a readable one.
        let finite = sides.iter().filter(|side| side.diverged_at.is_none());
        // This frame keeps its bins; the next is drawn on the wider axes.
        let limits = axis_limits(self.axis_limits, finite.flat_map(|side| &side.layers));
        let frame = Frame {
            run: self.run,
            step: self.step,
            epoch: self.batches.epoch(),
            is_playing: self.is_training(),
            replay_left: self.base.at.saturating_sub(self.step),
            batch: self.last_batch.len() as u32,
            train_points: self.dataset.train.len() as u32,
            evaluated: self.sides.first().map_or([0; 2], |side| {
                [&self.dataset.train, &self.dataset.test].map(|s| side.sample(s) as u32)
            }),
            axis_limits: axes,
            sides,
        };
        self.axis_limits = limits;
        Event::Frame(Box::new(frame))
    }

    /// Everything needed to go on in another worker.
    pub fn checkpoint(&self) -> Event {
        Event::Checkpoint(Box::new(Checkpoint {
            run: self.run,
            step: self.step,
            epoch: self.batches.epoch(),
            position: self.batches.position() as u32,
            axis_limits: self.axis_limits,
            sides: self.sides.iter().map(SideRun::state).collect(),
        }))
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
        self.step += u64::from(steps);
        self.steps_asked = self.steps_asked.saturating_sub(steps);
        if !self.can_step() {
            self.halt();
        }
        self.frame_wanted = true;
    }

    fn halt(&mut self) {
        self.is_playing = false;
        self.steps_asked = 0;
    }

    fn lacks_data(&self, settings: &str) -> bool {
        let settings = Settings::from_page(settings);
        settings.data == DatasetKind::Digits && self.digits.is_none()
    }

    /// Without networks there is nothing to train, measure or show.
    fn stop(&mut self) {
        self.sides.clear();
        self.halt();
        self.afar.forget();
        self.noise = None;
        self.ladder = None;
        self.frame_wanted = false;
    }

    fn can_step(&self) -> bool {
        let is_refused = self.sides.iter().any(|side| side.refused().is_some());
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
        let dataset = Arc::new((self.factory.data)(&base, digits)?);
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
        self.last_batch = self.batches.clone().next_batch(now.batch_size()).to_vec();
        self.axis_limits = checkpoint.map_or([FIRST_AXIS_LIMIT; 3], |c| c.axis_limits);
        self.run = run;
        self.step = step;
        self.dataset = dataset;
        self.sides = sides;
        self.halt();
        self.noise = None;
        self.ladder = None;
        self.frame_wanted = true;
        self.base = base;
        self.now = now;
        self.want_engines();
        self.report_settings();
        Ok(())
    }

    fn start_noise(&self) -> Option<BatchNoise> {
        let normalises = |side: &&SideRun| side.norm().mixes_rows();
        let side = self.sides.iter().find(normalises).or(self.sides.first())?;
        Some(BatchNoise::new(
            side,
            &self.dataset.train,
            &self.now,
            self.run,
            self.step,
        ))
    }

    fn report_ladder(&mut self) {
        if let Some(ladder) = &self.ladder {
            let report: SweepReport = ladder.report();
            if report.done == report.total {
                self.ladder = None;
            }
            self.events.push(Event::BatchSizeSweep(report));
        }
    }
}
