//! Training elsewhere: steps are started in slices on an engine for each run, and collected when they are there. Makes
//! no engine, waits for nothing and has no clock.
//!
//! What was collected last stands in the networks here. If an engine fails, a slice under way is as if it had never
//! been started: batches are rewound, and `Trainer::step` goes on from the same parameters and the same step.

use super::Trainer;
use crate::batches::Batches;
use crate::engine::gpu::MOST_STEPS;
use crate::engine::{Engine, Model, Progress};
use crate::error::Error;
use crate::lanes::{Best, Lanes};
use crate::protocol::{Event, Failure};

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
}

/// A slice of steps that was started.
struct UnderWay {
    steps: usize,
    /// Of the side and its answer; sides that have diverged take no part.
    answers: Vec<(usize, Option<Progress>)>,
    /// Where the order of batches stood, and the rows of the batch before.
    before: (u64, usize, Vec<u32>),
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
            let fallen = Event::Fallen(Best::NAME.into(), Failure::from(error));
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

    /// Takes the engines of a request, or why there are none. Those of an earlier request are of no use any more.
    pub fn give_engines(&mut self, request: u64, made: Result<Vec<Box<dyn Engine>>, Error>) {
        if request != self.afar.request || self.afar.sought.is_none() {
            return;
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

    /// Starts so many steps at most: no more than were asked for, and none beyond a recorded change of the settings.
    ///
    /// # Panics
    /// If steps are under way, or no engine has come.
    pub fn start(&mut self, most: usize) {
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
        let steps = self.steps_in_a_row().min(most).max(1);
        let place = (self.batches.epoch(), self.batches.position());
        let before = (place.0, place.1, self.last_batch.clone());
        let mut batches = Vec::with_capacity(steps);
        for _ in 0..steps {
            let drawn = self.batches.next_batch(rows);
            self.last_batch.clear();
            self.last_batch.extend_from_slice(drawn);
            batches.push(self.sides[0].batch(&self.dataset.train, &self.last_batch, &self.now));
        }
        let mut answers = Vec::with_capacity(self.sides.len());
        let mut failed = Ok(());
        for (index, side) in self.sides.iter_mut().enumerate() {
            if side.diverged_at().is_none() && failed.is_ok() {
                let engine = self.afar.engines[index].as_mut();
                failed = side.start(engine, &batches, &self.now);
                answers.push((index, None));
            }
        }
        self.afar.under_way = Some(UnderWay {
            steps,
            answers,
            before,
        });
        if let Err(error) = failed {
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
        self.count_steps(slice.steps as u32);
        self.obey_waiting();
        Some(slice.steps)
    }

    /// Asks for engines, if any are sought, in place of those there are.
    pub(super) fn want_engines(&mut self) {
        self.afar.forget();
        self.afar.is_untold = self.afar.sought.is_some();
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

    /// The slice under way has not been.
    fn rewind(&mut self, error: &Error) {
        if let Some(slice) = self.afar.under_way.take() {
            let (epoch, position, rows) = slice.before;
            let seed = u64::from(self.base.seed);
            let points = self.dataset.train.len();
            self.batches = Batches::resume(seed, points, epoch, position);
            self.last_batch = rows;
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
    }
}
