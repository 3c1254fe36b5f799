//! Which steps of which rows of a batch of sequences there are: 1 and 0, `[T, N]`. Allocates only when it grows.

use crate::lanes::Real;

/// Made from the length of each row.
#[derive(Clone, Debug, Default)]
pub struct Mask<R> {
    values: Vec<R>,
    rows: usize,
}

impl<R: Real> Mask<R> {
    /// Room for so many rows.
    pub fn with_room(steps: usize, rows: usize) -> Self {
        Self {
            values: Vec::with_capacity(steps * rows),
            rows: 0,
        }
    }

    /// The first `lengths[n]` of `steps` steps of row n are there.
    ///
    /// # Panics
    /// If a length is 0 or more than `steps`.
    pub fn set(&mut self, lengths: &[usize], steps: usize) {
        for length in lengths {
            let fits = (1..=steps).contains(length);
            assert!(fits, "a row of {length} steps, of at most {steps}");
        }
        self.rows = lengths.len();
        self.values.clear();
        for step in 0..steps {
            let there = |length: &usize| if step < *length { R::ONE } else { R::ZERO };
            self.values.extend(lengths.iter().map(there));
        }
    }

    /// Every step of every row is there.
    pub fn clear(&mut self) {
        self.rows = 0;
        self.values.clear();
    }

    /// The mask of a batch, `None` if nothing is masked.
    ///
    /// # Panics
    /// If it was made for another number of rows.
    pub fn get(&self, rows: usize) -> Option<&[R]> {
        if self.values.is_empty() {
            return None;
        }
        let made_for = self.rows;
        assert_eq!(rows, made_for, "rows, with lengths of {made_for}");
        Some(&self.values)
    }
}
