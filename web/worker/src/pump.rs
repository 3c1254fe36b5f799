//! Decides what the trainer does when: steps at the set speed, measurements in between, frames as the page can take
//! them. Reads the time through its caller and posts nothing itself.

mod engines;
mod slices;

use batchnorm_lab::architecture::NetworkFactory;
use batchnorm_lab::protocol::{Command, Event};
use batchnorm_lab::trainer::Trainer;

/// Work between two looks at the messages. Half of the 20 ms within which a pause must be heard.
const SLICE_MILLIS: f64 = 8.0;
/// Part of a slice kept for a measurement while training goes at full speed.
const MEASURE_MILLIS: f64 = 3.0;
/// Least time between frames while training: thirty a second.
const FRAME_MILLIS: f64 = 1000.0 / 30.0;
/// Time between two states that the page keeps for a worker that is lost.
const CHECKPOINT_MILLIS: f64 = 1000.0;
/// Time until an engine at work is polled again; browsers make it 4 ms when it is asked for often.
const POLL_MILLIS: f64 = 1.0;
/// Steps that could not be done in time are dropped beyond this; the run is slower then, never hurried.
const LARGEST_LAG_MILLIS: f64 = 100.0;

/// When to work again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Next {
    /// As soon as messages have been looked at.
    Soon,
    /// After so many milliseconds, or with the next message.
    After(f64),
    /// With the next message.
    WithMessage,
}

/// The trainer and what has to be remembered between slices. All times are milliseconds of one clock.
pub struct Pump {
    trainer: Trainer,
    is_frame_in_flight: bool,
    was_training: bool,
    next_step_at: f64,
    next_frame_at: f64,
    next_checkpoint_at: f64,
    slices: slices::Slices,
    /// Since when engines are awaited.
    awaited_since: Option<f64>,
}

impl Pump {
    /// A pump that waits for its first command, for the networks that `factory` can make.
    pub fn new(factory: NetworkFactory) -> Self {
        Self {
            trainer: Trainer::with(factory),
            is_frame_in_flight: false,
            was_training: false,
            next_step_at: 0.0,
            next_frame_at: 0.0,
            next_checkpoint_at: 0.0,
            slices: slices::Slices::default(),
            awaited_since: None,
        }
    }

    /// What to say before anything is asked.
    pub fn greeting(&self) -> Event {
        Event::Ready {
            engine: self.trainer.engine_name().into(),
        }
    }

    /// Obeys the bytes of a command; bytes that are none are answered by `Event::Failed`.
    pub fn receive(&mut self, bytes: &[u8], send: &mut dyn FnMut(&Event)) {
        match Command::from_bytes(bytes) {
            Ok(Command::FrameShown) => self.is_frame_in_flight = false,
            Ok(command) => {
                if matches!(command, Command::Configure { .. }) {
                    // The old run needs no last state. Its last frame is still answered by the page, though not drawn.
                    self.was_training = false;
                }
                self.trainer.handle(command);
            }
            Err(error) => send(&self.trainer.failed(&error)),
        }
        self.send_answers(send);
        if self.has_stopped() {
            self.send_last_checkpoint(send);
        }
    }

    /// Works for one slice at most (a single step or measurement may take longer) and says when to go on.
    pub fn work(&mut self, now: &dyn Fn() -> f64, send: &mut dyn FnMut(&Event)) -> Next {
        let start = now();
        if self.trainer.is_training() && !self.was_training {
            self.was_training = true;
            self.next_step_at = start;
            self.next_checkpoint_at = start + CHECKPOINT_MILLIS;
        }
        if let Some(period) = self.step_millis() {
            // A change to a higher speed must not wait for the slow one's next step.
            self.next_step_at = self.next_step_at.min(start + period);
        }
        self.train(start, now);
        self.measure(start + SLICE_MILLIS, now);
        self.send_answers(send);
        self.send_checkpoint(now(), send);
        self.send_frame(now, send);
        self.next(now())
    }

    /// Collects a slice that is done and starts the next, until time is up. An engine that is done at once makes a step
    /// at a time; of one that answers later the next slice is in flight while a frame is made of the one before.
    fn train(&mut self, start: f64, now: &dyn Fn() -> f64) {
        if self.trainer.awaits_engines() {
            return self.give_up_engines(start);
        }
        let kept = if self.trainer.has_background() {
            MEASURE_MILLIS
        } else {
            0.0
        };
        let end = start + SLICE_MILLIS - kept;
        let mut time = start;
        let mut next_frame_at = self.next_frame_at;
        if self.trainer.is_in_flight() {
            match self.trainer.collect(Some(time)) {
                None => return,
                Some(steps) => self.slices.learn(steps, time),
            }
            if !self.trainer.state_is_stale() {
                // This state's frame comes first.
                next_frame_at = next_frame_at.max(time + FRAME_MILLIS);
            }
        }
        while self.trainer.is_training()
            && self.wait_millis(time) <= 0.0
            && !self.trainer.owes_frame()
            && self.trainer.can_start()
        {
            let steps = self.steps_due(time);
            self.keep_pace(steps, time);
            // A frame that the page has not drawn yet holds back the next.
            let there = self.slices.start(time);
            let frame_is_due = there >= next_frame_at && !self.is_frame_in_flight;
            let wants_state = frame_is_due || there >= self.next_checkpoint_at;
            self.trainer.start(steps, wants_state);
            let is_done_at_once = self.trainer.collect(Some(time)).is_some();
            time = now();
            if !is_done_at_once || time >= end {
                break;
            }
        }
    }

    /// Steps of the next slice: as many as fit into it, and at a set speed no more than are late.
    fn steps_due(&self, time: f64) -> usize {
        let steps = self.slices.steps();
        match self.step_millis() {
            Some(period) => steps.min(((time - self.next_step_at) / period) as usize + 1),
            None => steps,
        }
    }

    /// So many steps are made now.
    fn keep_pace(&mut self, steps: usize, time: f64) {
        if let Some(period) = self.step_millis() {
            let next = self.next_step_at + steps as f64 * period;
            self.next_step_at = next.max(time - LARGEST_LAG_MILLIS);
        }
    }

    /// Measures until the slice ends or a step is due; at full speed one is always due, and the kept part is used up.
    fn measure(&mut self, end: f64, now: &dyn Fn() -> f64) {
        while self.trainer.has_background() {
            self.trainer.background();
            let time = now();
            let has_pace = self.trainer.is_training() && self.step_millis().is_some();
            if time >= end || (has_pace && self.wait_millis(time) <= 0.0) {
                break;
            }
        }
    }

    /// What was recorded up to the state that the page is about to have.
    fn send_recorded(&mut self, send: &mut dyn FnMut(&Event)) {
        while let Some(event) = self.trainer.recorded() {
            send(&event);
        }
    }

    fn send_answers(&mut self, send: &mut dyn FnMut(&Event)) {
        for event in self.trainer.take_events() {
            send(&event);
        }
    }

    /// While training goes on, and once when it has come to a stop.
    fn send_checkpoint(&mut self, time: f64, send: &mut dyn FnMut(&Event)) {
        if !self.was_training || self.trainer.state_is_stale() {
            return;
        }
        if self.has_stopped() {
            self.send_last_checkpoint(send);
        } else if time >= self.next_checkpoint_at {
            self.send_recorded(send);
            send(&self.trainer.checkpoint());
            self.next_checkpoint_at = time + CHECKPOINT_MILLIS;
        }
    }

    /// Whether what was training has come to a stop, and stands here as it does there.
    fn has_stopped(&self) -> bool {
        self.was_training && !self.trainer.is_training() && !self.trainer.state_is_stale()
    }

    fn send_last_checkpoint(&mut self, send: &mut dyn FnMut(&Event)) {
        self.send_recorded(send);
        send(&self.trainer.checkpoint());
        self.was_training = false;
    }

    fn send_frame(&mut self, now: &dyn Fn() -> f64, send: &mut dyn FnMut(&Event)) {
        let time = now();
        // An answer waits for nothing: a page out of sight may not draw for long, nor say so.
        let is_answer = self.trainer.owes_answer();
        let is_wanted = self.trainer.frame_wanted() && !self.is_frame_in_flight;
        let is_due = time >= self.next_frame_at || !self.trainer.is_training();
        if is_answer || (is_wanted && is_due) {
            let frame = self.trainer.frame();
            self.send_recorded(send);
            send(&frame);
            self.slices.disturb();
            self.is_frame_in_flight = true;
            // Frames of a large network take half of the time at most.
            let took = now() - time;
            self.next_frame_at = time + FRAME_MILLIS.max(2.0 * took);
        }
    }

    fn next(&self, time: f64) -> Next {
        if self.trainer.has_background() {
            return Next::Soon;
        }
        let step = if self.trainer.is_in_flight() {
            Some(POLL_MILLIS)
        } else if self.trainer.awaits_engines() {
            Some(self.wait_for_engines(time))
        } else {
            let can_step = self.trainer.is_training() && !self.trainer.owes_frame();
            can_step.then(|| self.wait_millis(time))
        };
        let frame = (self.trainer.frame_wanted() && !self.is_frame_in_flight)
            .then_some(self.next_frame_at - time);
        match [step, frame].into_iter().flatten().reduce(f64::min) {
            None => Next::WithMessage,
            Some(wait) if wait > 0.0 => Next::After(wait),
            Some(_) => Next::Soon,
        }
    }

    /// Milliseconds until the next step is due.
    fn wait_millis(&self, time: f64) -> f64 {
        match self.step_millis() {
            Some(_) => self.next_step_at - time,
            None => 0.0,
        }
    }

    /// Milliseconds from step to step; `None` is without limit.
    fn step_millis(&self) -> Option<f64> {
        if self.trainer.is_urgent() {
            return None;
        }
        self.trainer.steps_per_second().map(|steps| 1000.0 / steps)
    }
}
