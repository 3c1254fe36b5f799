//! Training elsewhere: steps are started in slices on an engine for each run, and collected when they are there. Makes
//! no engine, waits for nothing and has no clock.
//!
//! The networks here stand at the last state that came back, which is asked for only when it is needed: for a frame, or
//! before a command is obeyed. If an engine fails, whatever was started since is as if it had never been: batches and
//! step are rewound, and `Trainer::step` goes on from that state. Nobody has seen a later one.

use super::Trainer;
use crate::engine::{Batch, Engine, MOST_STEPS, Model, Progress};
use crate::error::Error;
use crate::lanes::{Best, Lanes};
use crate::observe::statistics::together;
use crate::protocol::{Command, Event, Failure};
use crate::training::Batches;
use crate::training::SideRun;

/// Where the steps of a run are made.
#[derive(Default)]
pub(super) struct Afar {
    /// The engines' name, as long as every run is to have some.
    sought: Option<&'static str>,
    /// Number of the last request, and whether it is still to be told.
    request: u64,
    is_untold: bool,
    /// One for each side; none until they have come.
    engines: Vec<Box<dyn Engine>>,
    under_way: Option<UnderWay>,
    /// Where the networks here stand, once steps were started from there.
    stand: Option<Stand>,
}

/// A slice of steps that was started.
struct UnderWay {
    steps: usize,
    /// Of the side and its answer.
    answers: Vec<(usize, Option<Progress>)>,
    wants_state: bool,
    /// The order of batches, and the rows of the last, once these steps are made.
    batches: Batches,
    last_batch: Vec<u32>,
}

/// A place in a run.
struct Stand {
    step: u64,
    steps_asked: u32,
    is_playing: bool,
    /// Of the order of batches.
    epoch: u64,
    position: usize,
    last_batch: Vec<u32>,
}

/// A request for engines.
#[derive(Debug)]
pub struct Wanted {
    /// To be given back with them.
    pub request: u64,
    /// One for each engine, in order.
    pub models: Vec<Model>,
}

impl Trainer {
    /// From the next `Configure` on, every run asks for engines of this name.
    pub fn seek_engines(&mut self, name: &'static str) {
        self.afar.sought = Some(name);
    }

    /// The name of the engines sought.
    pub(super) fn sought(&self) -> Option<&'static str> {
        self.afar.sought
    }

    /// No engines after all: what is configured trains here, and the page is told why.
    pub fn do_without_engines(&mut self, error: &Error) {
        let sought = self.afar.sought.take();
        self.afar.forget();
        if sought.is_some() {
            let fallen = Event::EngineFailed(Best::NAME.into(), Failure::from(error));
            self.events.push(fallen);
        }
        self.frame_wanted = true;
        self.obey_waiting();
    }

    /// The engines that a run needs now, told once.
    pub fn wanted_engines(&mut self) -> Option<Wanted> {
        if !std::mem::take(&mut self.afar.is_untold) {
            return None;
        }
        Some(Wanted {
            request: self.afar.request,
            models: self.sides.iter().map(|s| s.model(&self.now)).collect(),
        })
    }

    /// Takes the engines of a request, or why there are none; whether they were awaited: those of an earlier request
    /// are of no use any more.
    pub fn give_engines(
        &mut self,
        request: u64,
        made: Result<Vec<Box<dyn Engine>>, Error>,
    ) -> bool {
        if request != self.afar.request || self.afar.sought.is_none() {
            return false;
        }
        let started = made.and_then(|mut engines| {
            assert_eq!(engines.len(), self.sides.len(), "an engine for each side");
            for (engine, side) in engines.iter_mut().zip(&self.sides) {
                engine.restore(&side.engine_state())?;
            }
            Ok(engines)
        });
        match started {
            Ok(engines) => self.afar.engines = engines,
            Err(error) => self.do_without_engines(&error),
        }
        true
    }

    /// Whether steps are made elsewhere, or will be once the engines have come. `step` is not to be called then.
    pub fn is_afar(&self) -> bool {
        self.afar.sought.is_some() && !self.sides.is_empty()
    }

    /// Whether engines have come and nothing is under way on them.
    pub fn can_start(&self) -> bool {
        !self.afar.engines.is_empty() && self.afar.under_way.is_none()
    }

    /// Whether steps were started and have not been collected. Commands wait until then, except a new run.
    pub fn is_under_way(&self) -> bool {
        self.afar.under_way.is_some()
    }

    /// Whether the networks here are behind the steps that are counted: there is no frame and no checkpoint then.
    pub fn is_behind(&self) -> bool {
        let stand = self.afar.stand.as_ref();
        stand.is_some_and(|stand| stand.step < self.step)
    }

    /// Whether a command has to wait: for what is under way, or for the state after it.
    pub(super) fn keeps_waiting(&self) -> bool {
        self.afar.stand.is_some()
    }

    /// Starts so many steps at most: no more than were asked for, and none beyond a recorded change of the settings.
    /// The state comes back where it is wanted, and where these steps end by themselves.
    ///
    /// # Panics
    /// If steps are under way, or no engine has come.
    pub fn start(&mut self, most: usize, wants_state: bool) {
        assert!(self.can_start(), "engines that are free");
        if !self.can_step() {
            return;
        }
        self.reach_changes();
        let rows = self.now.batch_size();
        if self.sides.iter().any(|side| side.most_rows() < rows) {
            for side in &mut self.sides {
                side.make_room(rows, &self.now);
            }
            self.want_engines();
            return;
        }
        let mut is_refused = false;
        for side in self.sides.iter_mut().filter(|s| s.diverged_at().is_none()) {
            is_refused |= side.refuse_rows(rows);
        }
        if is_refused {
            self.halt();
            self.frame_wanted = true;
            return;
        }
        let in_a_row = self.steps_in_a_row();
        let steps = in_a_row.min(most).max(1);
        self.afar.stand.get_or_insert_with(|| Stand {
            step: self.step,
            steps_asked: self.steps_asked,
            is_playing: self.is_playing,
            epoch: self.batches.epoch(),
            position: self.batches.position(),
            last_batch: self.last_batch.clone(),
        });
        let mut order = self.batches.clone();
        let mut last = Vec::new();
        let mut batches = Vec::with_capacity(steps);
        for _ in 0..steps {
            last.clear();
            last.extend_from_slice(order.next_batch(rows));
            batches.push(self.sides[0].batch(&self.dataset.train, &last, &self.now));
        }
        self.start_batches(&batches, wants_state || steps == in_a_row, (order, last));
    }

    /// Starts these on every engine. Sides that have diverged make no step; their state is asked for with the others'.
    fn start_batches(
        &mut self,
        batches: &[Batch],
        wants_state: bool,
        (order, last_batch): (Batches, Vec<u32>),
    ) {
        let mut answers = Vec::with_capacity(self.sides.len());
        let mut started = Ok(());
        let axes = together(self.axis_limits);
        for (index, side) in self.sides.iter_mut().enumerate() {
            let own = match side.diverged_at() {
                None => batches,
                Some(_) => &[],
            };
            if started.is_ok() && (wants_state || !own.is_empty()) {
                let engine = self.afar.engines[index].as_mut();
                let (train, now) = (&self.dataset.train, &self.now);
                // What has diverged is no sight.
                let is_shown = wants_state && side.diverged_at().is_none();
                let look = is_shown.then(|| side.look(train, &last_batch, now, axes));
                started = side.start(engine, own, now, look.flatten(), wants_state);
                answers.push((index, None));
            }
        }
        self.afar.under_way = Some(UnderWay {
            steps: batches.len(),
            answers,
            wants_state,
            batches: order,
            last_batch,
        });
        if let Err(error) = started {
            self.rewind(&error);
        }
    }

    /// Takes in what was started if all of it is there: how many steps it was. `now_millis` as for `Engine::poll`.
    pub fn collect(&mut self, now_millis: Option<f64>) -> Option<usize> {
        let Afar {
            engines, under_way, ..
        } = &mut self.afar;
        let slice = under_way.as_mut()?;
        for (index, answer) in &mut slice.answers {
            if answer.is_none() {
                match engines[*index].poll(now_millis) {
                    Ok(progress) => *answer = progress,
                    Err(error) => {
                        self.rewind(&error);
                        return Some(0);
                    }
                }
            }
        }
        if slice.answers.iter().any(|(_, answer)| answer.is_none()) {
            return None;
        }
        let slice = under_way.take()?;
        for (index, progress) in slice.answers {
            let progress = progress.expect("all have answered");
            self.sides[index]
                .take(&progress, self.step)
                .expect("an engine's state is that of its network");
        }
        self.batches = slice.batches;
        self.last_batch = slice.last_batch;
        if slice.steps > 0 {
            // Where all have diverged, nothing was after the last of them.
            let ends = self
                .sides
                .iter()
                .map(SideRun::diverged_at)
                .collect::<Option<Vec<_>>>();
            let end = ends.and_then(|ends| ends.into_iter().max());
            let made = end.map_or(u64::MAX, |end| end.saturating_sub(self.step));
            self.count_steps(made.min(slice.steps as u64) as u32);
        }
        if slice.wants_state {
            self.afar.stand = None;
        }
        if !self.keeps_waiting() {
            self.obey_waiting();
        } else if !self.waiting.is_empty() || !self.can_step() {
            self.ask_for_state();
        }
        Some(slice.steps)
    }

    /// Asks for engines, if any are sought, in place of those there are.
    pub(super) fn want_engines(&mut self) {
        self.afar.forget();
        self.afar.is_untold = self.afar.sought.is_some();
    }

    /// Keeps a command until the networks here stand where the run does, and sees to it that they will.
    pub(super) fn wait_for_state(&mut self, command: Command) {
        self.waiting.push(command);
        if !self.is_under_way() {
            self.ask_for_state();
        }
    }

    fn ask_for_state(&mut self) {
        let place = (self.batches.clone(), self.last_batch.clone());
        self.start_batches(&[], true, place);
    }

    /// Steps until something changes by itself: a recorded setting, the end of a replay or of what was asked for.
    fn steps_in_a_row(&self) -> usize {
        let changes = self.base.changes.iter().map(|change| change.step);
        let ends = changes.chain([self.base.at]).filter(|at| *at > self.step);
        let until_end = ends.map(|at| at - self.step).min().unwrap_or(u64::MAX);
        let asked = match self.steps_asked {
            0 => u64::MAX,
            steps => u64::from(steps),
        };
        until_end.min(asked).min(MOST_STEPS as u64) as usize
    }

    /// What was started since the last state has not been.
    fn rewind(&mut self, error: &Error) {
        self.afar.under_way = None;
        if let Some(stand) = self.afar.stand.take() {
            let seed = u64::from(self.base.seed);
            let points = self.dataset.train.len();
            self.batches = Batches::resume(seed, points, stand.epoch, stand.position);
            self.last_batch = stand.last_batch;
            self.step = stand.step;
            self.steps_asked = stand.steps_asked;
            self.is_playing = stand.is_playing;
            for side in &mut self.sides {
                side.rewind(stand.step);
            }
        }
        self.do_without_engines(error);
    }
}

impl Afar {
    /// What was made for a run that is over.
    pub(super) fn forget(&mut self) {
        self.request += 1;
        self.is_untold = false;
        self.engines.clear();
        self.under_way = None;
        self.stand = None;
    }
}
