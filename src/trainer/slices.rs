//! Training: steps are started in slices on each side's engine, and collected when they are done. Waits for nothing and
//! has no clock.
//!
//! An engine that answers later brings the state of its network only when it is asked: for a frame, or before a command
//! is obeyed. The networks here stand at the restore point meanwhile. If an engine fails, whatever was started since is
//! as if it had never been: batches and step are rewound, and training goes on here. Nobody has seen a later state.

use super::Trainer;
use super::asked::Asked;
use crate::engine::MOST_STEPS;
use crate::error::Error;
use crate::observe::recorded::next_recorded;
use crate::observe::statistics::together;
use crate::settings::choice::Loss;
use crate::training::{Batches, SideRun};

/// A slice of steps that was started.
#[derive(Clone, Copy)]
pub(super) struct InFlight {
    steps: usize,
    /// Whether side A and side B have any part in it.
    has_side: [bool; 2],
}

/// A place in a run.
#[derive(Default)]
pub(super) struct RestorePoint {
    /// Updates made.
    pub(super) step: u64,
    /// Of the order of batches.
    pub(super) epoch: u64,
    pub(super) position: usize,
    /// Rows of the last batch there.
    pub(super) last_batch: Vec<u32>,
    asked: Asked,
    is_playing: bool,
}

impl Trainer {
    /// Whether a slice can be started: engines have come, and nothing is in flight on them.
    pub fn can_start(&self) -> bool {
        !self.sides.is_empty() && !self.awaits_engines() && self.in_flight.is_none()
    }

    /// Whether steps were started and have not been collected. Commands wait until then, except a new run.
    pub fn is_in_flight(&self) -> bool {
        self.in_flight.is_some()
    }

    /// Whether the networks here are behind the steps that are counted: there is no frame and no checkpoint then.
    pub fn state_is_stale(&self) -> bool {
        self.restore_point.step < self.step
    }

    /// Whether a command has to wait: for what is in flight, or for the state after it.
    pub(super) fn is_ahead(&self) -> bool {
        self.is_in_flight() || self.state_is_stale()
    }

    /// Starts so many steps at most: no more than were asked for, and none beyond a recorded change of the settings.
    /// The state comes back where it is wanted, and where these steps end by themselves.
    ///
    /// # Panics
    /// If steps are in flight, or engines are awaited.
    pub fn start(&mut self, most: usize, wants_state: bool) {
        if !self.can_step() {
            return;
        }
        assert!(self.can_start(), "engines that are free");
        self.reach_changes();
        let rows = self.now.batch_size();
        for side in &mut self.sides {
            side.check_batch(&self.now);
        }
        if self.sides.iter().any(SideRun::is_refused) {
            // A refused step is no step: the order of batches stays where it is. What has no room is not looked at either.
            if self.now.check_batch().is_ok() {
                self.peek_batch(rows);
            }
            self.set_restore_point();
            self.halt();
            self.frame_wanted = true;
            return;
        }
        let mut has_grown = false;
        for side in &mut self.sides {
            has_grown |= side.make_room(rows, &self.now);
        }
        if has_grown && self.requested.name().is_some() {
            self.request_engines();
            return;
        }
        self.record_start();
        if !self.is_ahead() {
            self.restore_point.asked.copy_from(&self.asked);
            self.restore_point.is_playing = self.is_playing;
        }
        let in_a_row = self.steps_in_a_row();
        let steps = in_a_row.min(most).max(1);
        for place in 0..steps {
            self.last_batch.clear();
            let classes = self.dataset.train.classes(&self.now);
            self.last_batch
                .extend_from_slice(self.batches.next_batch(rows, classes));
            self.gather(place);
        }
        self.start_slice(steps, wants_state || steps == in_a_row);
    }

    /// Takes in what was started if all of it is done: how many steps it was. `now_millis` as for `Engine::poll`.
    pub fn collect(&mut self, now_millis: Option<f64>) -> Option<usize> {
        let InFlight { steps, has_side } = self.in_flight?;
        let mut started = self.sides.iter_mut().zip(has_side);
        let is_done = started.try_fold(true, |is_done, (side, has_part)| {
            Ok(is_done & (!has_part || side.poll(now_millis)?))
        });
        match is_done {
            Ok(true) => self.in_flight = None,
            Ok(false) => return None,
            Err(error) => {
                self.rewind(&error);
                return Some(0);
            }
        }
        let mut has_state = true;
        for (side, has_part) in self.sides.iter_mut().zip(has_side) {
            has_state &= !has_part || side.take(self.step);
        }
        if steps > 0 {
            // Where all have diverged, nothing was after the last of them.
            let ends = self.sides.iter().map(SideRun::diverged_at);
            let end = ends.reduce(|a, b| Some(a?.max(b?))).flatten();
            let made = end.map_or(u64::MAX, |end| end.saturating_sub(self.step));
            self.count_steps(made.min(steps as u64) as u32);
        }
        if has_state {
            self.set_restore_point();
            if steps > 0 {
                self.record();
            }
            self.obey_waiting();
        } else if !self.waiting.is_empty() || !self.can_step() {
            self.ask_for_state();
        }
        Some(steps)
    }

    /// The networks here stand where the run does.
    pub(super) fn set_restore_point(&mut self) {
        let point = &mut self.restore_point;
        point.step = self.step;
        point.epoch = self.batches.epoch();
        point.position = self.batches.position();
        point.last_batch.clone_from(&self.last_batch);
    }

    /// Takes the next batch for the last one without using it up, where there is none or none that can be.
    pub(super) fn peek_batch(&mut self, rows: usize) {
        let classes = self.dataset.train.classes(&self.now);
        self.last_batch = self.batches.clone().next_batch(rows, classes).to_vec();
    }

    /// Keeps a command until the networks here stand where the run does, and sees to it that they will.
    pub(super) fn wait_for_state(&mut self, command: crate::protocol::Command) {
        self.waiting.push(command);
        if !self.is_in_flight() {
            self.ask_for_state();
        }
    }

    fn ask_for_state(&mut self) {
        self.gather(0);
        self.start_slice(0, true);
    }

    /// Puts the last batch into the buffers of that place in a slice.
    fn gather(&mut self, place: usize) {
        if self.started.len() <= place {
            self.started.resize_with(place + 1, Default::default);
        }
        let features = self.sides[0].observed.architecture.input.units();
        let has_values = self.now.loss_used() == Loss::SquaredError;
        let (train, rows) = (&self.dataset.train, &self.last_batch);
        self.started[place].gather(train, rows, features, has_values);
    }

    /// Starts the gathered batches on every engine. Sides that have diverged make no step; their state is asked for
    /// with the others'.
    fn start_slice(&mut self, steps: usize, wants_state: bool) {
        let axes = together(self.axis_limits);
        let (batches, last) = (&self.started[..steps], &self.started[steps.max(1) - 1]);
        let mut has_side = [false; 2];
        let mut started = Ok(());
        for (side, has_part) in self.sides.iter_mut().zip(&mut has_side) {
            let makes_steps = steps > 0 && side.diverged_at().is_none();
            if started.is_ok() && (wants_state || makes_steps) {
                *has_part = true;
                started = side.start(batches, last, &self.now, axes, wants_state);
            }
        }
        self.in_flight = Some(InFlight { steps, has_side });
        if let Err(error) = started {
            self.rewind(&error);
        }
    }

    /// Steps until something happens by itself: a recorded setting changes, a replay ends or what was asked for, a step
    /// is recorded.
    fn steps_in_a_row(&self) -> usize {
        let changes = self.base.changes.iter().map(|change| change.step);
        let recorded = next_recorded(self.step);
        let ends = changes
            .chain([self.base.at, recorded])
            .filter(|at| *at > self.step);
        let until_end = ends.map(|at| at - self.step).min().unwrap_or(u64::MAX);
        let asked = match self.asked.steps() {
            0 => u64::MAX,
            _ if self.step < self.base.at => u64::MAX,
            steps => u64::from(steps),
        };
        until_end.min(asked).min(MOST_STEPS as u64) as usize
    }

    /// What was started since the restore point has not been.
    fn rewind(&mut self, error: &Error) {
        let point = &self.restore_point;
        let (seed, points) = (u64::from(self.base.seed), self.dataset.train.len());
        self.batches = Batches::resume(seed, points, point.epoch, point.position);
        self.last_batch.clone_from(&point.last_batch);
        self.step = point.step;
        self.asked.copy_from(&point.asked);
        self.is_playing = point.is_playing;
        for side in &mut self.sides {
            side.rewind(point.step);
        }
        self.do_without_engines(error);
    }
}
