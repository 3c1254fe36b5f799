//! Measurements on a run, a small piece at a time. Trains nothing that is shown.

use super::Trainer;
use crate::measure::BatchNoise;
use crate::protocol::Event;
use crate::training::SideRun;

impl Trainer {
    /// Whether a measurement is under way.
    pub fn has_background(&self) -> bool {
        self.batch_noise.is_some()
    }

    /// A small piece of a measurement.
    pub fn background(&mut self) {
        if let Some(noise) = &mut self.batch_noise
            && let Some(report) = noise.measure(&self.dataset.train, self.now.epsilon)
        {
            self.events.push(Event::BatchNoise(Box::new(report)));
            self.batch_noise = None;
        }
    }

    pub(super) fn start_batch_noise(&self) -> Option<BatchNoise> {
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
}
