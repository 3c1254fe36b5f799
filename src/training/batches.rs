//! Which training points come next: a new random order each epoch, cut into batches. Holds no points.

use crate::numeric::rng::Rng;

/// The order of one run's mini-batches; both runs of a twin follow the same.
#[derive(Clone, Debug)]
pub struct Batches {
    seed: u64,
    epoch: u64,
    position: usize,
    order: Vec<u32>,
}

impl Batches {
    /// The order of the first epoch over so many points.
    pub fn new(seed: u64, points: usize) -> Self {
        Self::resume(seed, points, 1, 0)
    }

    /// The order of `epoch` (from 1), of which `position` points are used already.
    pub fn resume(seed: u64, points: usize, epoch: u64, position: usize) -> Self {
        let mut batches = Self {
            seed,
            epoch: epoch.max(1),
            position: position.min(points),
            order: (0..points as u32).collect(),
        };
        batches.shuffle();
        batches
    }

    /// The next batch. What is left of an epoch and too short for a batch is dropped, so that no batch is smaller
    /// than asked: a last batch of one is what most often stops a real training with Batch Normalization.
    ///
    /// # Panics
    /// If `size` is 0 or more than the points there are.
    pub fn next_batch(&mut self, size: usize) -> &[u32] {
        let points = self.order.len();
        assert!(
            size > 0 && size <= points,
            "a batch of {size} from {points} points"
        );
        if self.position + size > points {
            self.epoch += 1;
            self.position = 0;
            self.shuffle();
        }
        let start = self.position;
        self.position += size;
        &self.order[start..start + size]
    }

    /// Passes begun, from 1.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Points of this pass already used.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The order depends on seed and epoch alone, so that a run can be taken up anywhere.
    fn shuffle(&mut self) {
        for (place, row) in self.order.iter_mut().enumerate() {
            *row = place as u32;
        }
        let purpose_seed = self.seed ^ self.epoch.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Rng::new(purpose_seed, "batches").shuffle(&mut self.order);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_comes_once_an_epoch() {
        let mut batches = Batches::new(3, 12);
        let mut seen: Vec<u32> = (0..3)
            .flat_map(|_| batches.next_batch(4).to_vec())
            .collect();
        assert_eq!(batches.epoch(), 1);
        seen.sort_unstable();
        assert_eq!(seen, (0..12).collect::<Vec<_>>());
        let second: Vec<u32> = batches.next_batch(12).to_vec();
        assert_eq!(batches.epoch(), 2);
        assert_ne!(second, Batches::new(3, 12).next_batch(12).to_vec());
    }

    #[test]
    fn a_short_rest_is_dropped_and_a_run_is_taken_up_anywhere() {
        let mut batches = Batches::new(5, 10);
        for _ in 0..5 {
            batches.next_batch(4);
        }
        assert_eq!((batches.epoch(), batches.position()), (3, 4));
        let mut resumed = Batches::resume(5, 10, batches.epoch(), batches.position());
        for _ in 0..7 {
            assert_eq!(batches.next_batch(4), resumed.next_batch(4));
        }
    }
}
