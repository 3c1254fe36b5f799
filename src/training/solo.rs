//! One network trained by itself, for a job: it sees the batches that it would see as a side of the twin.

use super::{Batches, SideRun};
use crate::data::{Batch, Split};
use crate::settings::Settings;
use crate::settings::choice::Loss;

/// A side without a trainer.
pub(crate) struct Solo {
    /// The network.
    pub run: SideRun,
    /// Updates made.
    pub steps: u64,
    batches: Batches,
    /// The batch of the moment; its buffers are filled again and again.
    batch: Batch,
}

impl Solo {
    /// A network at step 0 that will see so many points in the order of this seed.
    pub fn new(run: SideRun, seed: u32, points: usize) -> Self {
        Self {
            batches: Batches::new(u64::from(seed), points),
            batch: Batch::default(),
            run,
            steps: 0,
        }
    }

    /// The batch that the next update will be made of, which it stays.
    pub fn next_batch(&self, train: &Split, size: usize, now: &Settings) -> Batch {
        let features = self.run.observed.architecture.input.units();
        let has_values = now.loss_used() == Loss::SquaredError;
        let mut batch = Batch::default();
        let mut batches = self.batches.clone();
        batch.gather(
            train,
            batches.next_batch(size, train.classes(now)),
            features,
            has_values,
        );
        batch
    }

    /// So many batches of the coming updates, which they stay.
    pub fn coming(&self, train: &Split, now: &Settings, count: usize) -> Vec<Batch> {
        let features = self.run.observed.architecture.input.units();
        let mut batches = self.batches.clone();
        let mut next = || {
            let rows = batches.next_batch(now.batch_size(), train.classes(now));
            let mut batch = Batch::default();
            batch.gather(train, rows, features, false);
            batch
        };
        (0..count).map(|_| next()).collect()
    }

    /// One update on the next of these points, for which there is room, under the settings of the moment.
    pub fn step(&mut self, train: &Split, size: usize, now: &Settings) {
        let features = self.run.observed.architecture.input.units();
        let has_values = now.loss_used() == Loss::SquaredError;
        let rows = self.batches.next_batch(size, train.classes(now));
        self.batch.gather(train, rows, features, has_values);
        self.run.step(&self.batch, now, self.steps);
        self.steps += 1;
    }

    /// The points of so many further updates, `[steps, size]`, made elsewhere: `hear` tells what came of them.
    pub fn order(&mut self, train: &Split, steps: u32, size: usize, now: &Settings) -> Vec<u32> {
        let mut order = Vec::with_capacity(steps as usize * size);
        for _ in 0..steps {
            order.extend_from_slice(self.batches.next_batch(size, train.classes(now)));
        }
        order
    }

    /// The losses of updates made elsewhere, which end where one is not finite.
    pub fn hear(&mut self, losses: &[f32]) {
        self.run.hear(losses, self.steps);
        self.steps += losses.len() as u64;
    }
}
