//! One mini-batch as a network takes it. Its buffers are filled again and again, so that a step asks for no memory.

use super::Split;
use crate::network::Targets;

/// One batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// `[rows, inputs]`, row-major as for `Network::forward`.
    pub x: Vec<f32>,
    /// A class of each row, `[rows]`.
    pub labels: Vec<u8>,
    /// A value of each output, `[K, N]`, for a loss that takes values; else empty.
    pub values: Vec<f32>,
    /// N, the rows of the batch.
    pub rows: usize,
    /// Steps of each row of sequences, `[rows]`; empty where every row has all.
    pub lengths: Vec<usize>,
}

impl Batch {
    /// What a loss is given.
    pub fn targets(&self) -> Targets<'_, f32> {
        if self.values.is_empty() {
            Targets::Labels(&self.labels)
        } else {
            Targets::Values(&self.values)
        }
    }

    /// Takes these rows of a set, in place of what it held; of a row there are `features` numbers. A squared error is
    /// measured from values, −1 and 1, which then stand beside the labels.
    pub(crate) fn gather(&mut self, set: &Split, rows: &[u32], features: usize, has_values: bool) {
        self.x.clear();
        self.labels.clear();
        self.lengths.clear();
        self.values.clear();
        for row in rows {
            let row = *row as usize;
            self.x
                .extend_from_slice(&set.x[row * features..][..features]);
            self.labels.push(set.labels[row]);
            self.lengths.extend(set.lengths.get(row));
        }
        if has_values {
            let signs = self.labels.iter();
            self.values
                .extend(signs.map(|label| 2.0 * f32::from(*label) - 1.0));
        }
        self.rows = rows.len();
    }
}
