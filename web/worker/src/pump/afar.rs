//! The pump where steps are made elsewhere: slices as long as a pause may wait, started and collected. Waits for none.

use batchnorm_lab::engine::Engine;
use batchnorm_lab::error::Error;
use batchnorm_lab::training::Wanted;
use batchnorm_lab_gpu::PATIENCE_MILLIS;

use super::{FRAME_MILLIS, Pump};

/// Time that a slice is meant to take, there and back.
const SLICE_MILLIS: f64 = 12.0;
/// Time until an answer is looked for again; browsers make it 4 ms when it is asked for often.
const LOOK_MILLIS: f64 = 1.0;

/// How long slices take, and so how many steps the next one has.
pub(super) struct Slices {
    steps: f64,
    started_at: f64,
    /// What the last one took.
    millis: f64,
    /// Since when engines are awaited.
    awaited_since: Option<f64>,
    /// Whether the thread was busy while it was under way, so that nobody looked when it was there.
    is_disturbed: bool,
}

impl Default for Slices {
    fn default() -> Self {
        Self {
            steps: 1.0,
            started_at: 0.0,
            millis: SLICE_MILLIS,
            awaited_since: None,
            is_disturbed: false,
        }
    }
}

impl Slices {
    /// A frame is made.
    pub(super) fn disturb(&mut self) {
        self.is_disturbed = true;
    }

    /// A slice of so many steps took so long. The size follows within a factor of two, so that one slow slice (the
    /// first, for which shaders are made) does not decide.
    fn learn(&mut self, steps: usize, millis: f64) {
        if std::mem::take(&mut self.is_disturbed) {
            return;
        }
        self.millis = millis;
        let fitting = steps as f64 * SLICE_MILLIS / millis.max(0.1);
        self.steps = fitting.clamp(self.steps / 2.0, self.steps * 2.0).max(1.0);
    }
}

impl Pump {
    /// Has every run ask for engines of this name.
    pub fn seek_engines(&mut self, name: &'static str) {
        self.trainer.seek_engines(name);
    }

    /// No engines after all, and why.
    pub fn do_without_engines(&mut self, error: &Error) {
        self.trainer.do_without_engines(error);
    }

    /// The engines that are to be made now, told once.
    pub fn wanted_engines(&mut self) -> Option<Wanted> {
        self.trainer.wanted_engines()
    }

    /// Takes the engines of a request.
    pub fn give_engines(&mut self, request: u64, made: Result<Vec<Box<dyn Engine>>, Error>) {
        if self.trainer.give_engines(request, made) {
            self.slices = Slices::default();
        }
    }

    /// Collects a slice that is there and starts the next, which is under way while a frame is made of the one before.
    pub(super) fn train_afar(&mut self, time: f64) {
        if self.awaits_engines() {
            let since = *self.slices.awaited_since.get_or_insert(time);
            if time - since > PATIENCE_MILLIS {
                self.do_without_engines(&Error::Engine {
                    code: "engine-timeout",
                    detail: format!("no engine within {PATIENCE_MILLIS} ms"),
                });
            }
            return;
        }
        let mut next_frame_at = self.next_frame_at;
        if self.trainer.is_under_way() {
            match self.trainer.collect(Some(time)) {
                None => return,
                Some(0) => {}
                Some(steps) => self.slices.learn(steps, time - self.slices.started_at),
            }
            if !self.trainer.is_behind() {
                // This state's frame comes first.
                next_frame_at = next_frame_at.max(time + FRAME_MILLIS);
            }
        }
        let is_due = self.trainer.is_training() && self.wait_millis(time) <= 0.0;
        // Whatever was collected may have ended with an engine that failed.
        if !is_due || !self.trainer.is_afar() || !self.trainer.can_start() {
            return;
        }
        let mut steps = self.slices.steps as usize;
        if let Some(period) = self.step_millis() {
            let late = ((time - self.next_step_at) / period) as usize + 1;
            steps = steps.min(late);
            self.keep_pace(steps, time);
        }
        self.slices.started_at = time;
        // A frame that the page has not drawn yet holds back the next.
        let there = time + self.slices.millis;
        let frame_is_due = there >= next_frame_at && !self.is_frame_in_flight;
        let wants_state = frame_is_due || there >= self.next_checkpoint_at;
        self.trainer.start(steps, wants_state);
    }

    fn awaits_engines(&self) -> bool {
        let is_there = self.trainer.is_under_way() || self.trainer.can_start();
        self.trainer.is_afar() && !is_there
    }

    /// Milliseconds until steps made elsewhere are looked for, or engines given up; `step` where neither is awaited.
    pub(super) fn wait_afar(&self, time: f64, step: Option<f64>) -> Option<f64> {
        if self.trainer.is_under_way() {
            return Some(LOOK_MILLIS);
        }
        if self.awaits_engines() {
            let since = self.slices.awaited_since.unwrap_or(time);
            // A moment later than they are still waited for.
            return Some((since + PATIENCE_MILLIS - time).max(0.0) + LOOK_MILLIS);
        }
        step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_grow_and_shrink_to_their_time() {
        for (millis_a_step, least, most) in [(0.1, 100, 140), (3.0, 3, 5), (50.0, 1, 1)] {
            let mut slices = Slices::default();
            for _ in 0..12 {
                let steps = slices.steps as usize;
                slices.learn(steps, steps as f64 * millis_a_step);
            }
            let steps = slices.steps as usize;
            assert!(
                (least..=most).contains(&steps),
                "{steps} steps of {millis_a_step} ms"
            );
        }
    }
}
