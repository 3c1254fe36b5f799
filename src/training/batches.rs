//! Which training points come next: a new random order each epoch, cut into batches. Holds no points.

use crate::numeric::rng::Rng;

/// The order of one run's mini-batches; both runs of a twin follow the same.
#[derive(Clone, Debug)]
pub struct Batches {
    seed: u64,
    epoch: u64,
    position: usize,
    order: Vec<u32>,
    /// The last batch of one class.
    of_class: Vec<u32>,
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
            of_class: Vec::new(),
        };
        batches.shuffle();
        batches
    }

    /// The next batch. What is left of an epoch and too short for a batch is dropped, so that no batch is smaller
    /// than asked: a last batch of one is what most often stops a real training with Batch Normalization.
    ///
    /// Given the points' classes, all of a batch have one: that of the point whose turn it is, and the next ones of its class in
    /// the order of the pass, from its beginning again where it ends. In a pass a point may then come twice or not at all.
    ///
    /// # Panics
    /// If `size` is 0 or more than the points there are.
    pub fn next_batch(&mut self, size: usize, classes: Option<&[u8]>) -> &[u32] {
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
        let Some(classes) = classes else {
            return &self.order[start..start + size];
        };
        let class_of = |row: &u32| classes[*row as usize];
        let class = class_of(&self.order[start]);
        let from_here = self.order.iter().cycle().skip(start);
        self.of_class.clear();
        self.of_class
            .extend(from_here.filter(|row| class_of(row) == class).take(size));
        &self.of_class
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
            .flat_map(|_| batches.next_batch(4, None).to_vec())
            .collect();
        assert_eq!(batches.epoch(), 1);
        seen.sort_unstable();
        assert_eq!(seen, (0..12).collect::<Vec<_>>());
        let second: Vec<u32> = batches.next_batch(12, None).to_vec();
        assert_eq!(batches.epoch(), 2);
        assert_ne!(second, Batches::new(3, 12).next_batch(12, None).to_vec());
    }

    #[test]
    fn a_short_rest_is_dropped_and_a_run_is_taken_up_anywhere() {
        let mut batches = Batches::new(5, 10);
        for _ in 0..5 {
            batches.next_batch(4, None);
        }
        assert_eq!((batches.epoch(), batches.position()), (3, 4));
        let mut resumed = Batches::resume(5, 10, batches.epoch(), batches.position());
        for _ in 0..7 {
            assert_eq!(batches.next_batch(4, None), resumed.next_batch(4, None));
        }
    }

    #[test]
    fn a_batch_of_one_class_has_no_other_and_the_same_again_from_where_it_is_taken_up() {
        let classes: Vec<u8> = (0..40).map(|point| u8::from(point % 4 == 0)).collect();
        let mut batches = Batches::new(5, classes.len());
        let mut seen = [0; 2];
        for _ in 0..60 {
            let mut resumed =
                Batches::resume(5, classes.len(), batches.epoch(), batches.position());
            // More than there are of class 1: they come again.
            let batch = batches.next_batch(12, Some(&classes)).to_vec();
            assert_eq!(batch, resumed.next_batch(12, Some(&classes)));
            let class = classes[batch[0] as usize];
            assert!(batch.iter().all(|row| classes[*row as usize] == class));
            assert_eq!(batch.len(), 12);
            seen[usize::from(class)] += 1;
        }
        assert!(seen[0] > seen[1] && seen[1] > 3, "{seen:?}");
    }
}
