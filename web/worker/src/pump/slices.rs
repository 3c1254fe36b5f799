//! How many steps an engine that answers later is given at once: as long as a pause may wait. Starts none.

/// Time that a slice is meant to take, there and back.
const SLICE_MILLIS: f64 = 12.0;

/// How long slices take, and so how many steps the next one has.
pub(super) struct Slices {
    steps: f64,
    started_at: f64,
    /// What the last one took.
    millis: f64,
    /// Whether the thread was busy while it was in flight, so that nobody looked when it was done.
    is_disturbed: bool,
}

impl Default for Slices {
    fn default() -> Self {
        Self {
            steps: 1.0,
            started_at: 0.0,
            millis: SLICE_MILLIS,
            is_disturbed: false,
        }
    }
}

impl Slices {
    /// Steps of the next one.
    pub(super) fn steps(&self) -> usize {
        self.steps as usize
    }

    /// One is started; when it will be done.
    pub(super) fn start(&mut self, time: f64) -> f64 {
        self.started_at = time;
        time + self.millis
    }

    /// A frame is made.
    pub(super) fn disturb(&mut self) {
        self.is_disturbed = true;
    }

    /// One of so many steps was collected, later than it was started. The size follows within a factor of two, so that
    /// one slow slice (the first, for which shaders are made) does not decide.
    pub(super) fn learn(&mut self, steps: usize, time: f64) {
        if steps == 0 || std::mem::take(&mut self.is_disturbed) {
            return;
        }
        self.millis = time - self.started_at;
        let fitting = steps as f64 * SLICE_MILLIS / self.millis.max(0.1);
        // Not `clamp`, whose message would bring the formatting of numbers into the module.
        let fitting = fitting.max(self.steps / 2.0).min(self.steps * 2.0);
        self.steps = fitting.max(1.0);
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
                slices.start(7.0);
                let steps = slices.steps();
                slices.learn(steps, 7.0 + steps as f64 * millis_a_step);
            }
            let steps = slices.steps();
            assert!(
                (least..=most).contains(&steps),
                "{steps} steps of {millis_a_step} ms"
            );
        }
    }
}
