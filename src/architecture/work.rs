//! How much there is to compute, from the settings alone: what decides where it pays to train. Builds no network.

use crate::data::{FEATURES, digits, sequences};
use crate::settings::choice::DatasetKind;
use crate::settings::{BlockKind, Settings};

impl Settings {
    /// Multiplications of one step's forward pass in products (affine, convolution, recurrence, attention), all rows
    /// of the batch. A whole training step has about three times as many; an impossible list counts what it can.
    pub fn multiplications(&self) -> u64 {
        // Values at each position; positions along each side of an image, and steps of a sequence.
        let (mut channels, mut side, mut steps) = match self.data {
            DatasetKind::Digits => (1, digits::SIDE as u64, 1),
            DatasetKind::Sequences => (sequences::STEP_FEATURES as u64, 1, sequences::STEPS as u64),
            _ => (FEATURES as u64, 1, 1),
        };
        let mut work = 0;
        for block in &self.layers {
            let size = u64::from(block.size);
            match block.kind {
                BlockKind::Affine => {
                    work += channels * side * side * size * steps;
                    (channels, side) = (size, 1);
                }
                BlockKind::Conv => {
                    side = side.div_ceil(u64::from(block.stride));
                    work += 9 * channels * size * side * side;
                    channels = size;
                }
                BlockKind::MaxPool => side /= 2,
                BlockKind::AveragePool => (side, steps) = (1, 1),
                BlockKind::Dropout => {}
                BlockKind::Recurrent => {
                    work += (channels + size) * size * steps;
                    (channels, steps) = (size, 1);
                }
                BlockKind::Attention => {
                    work += 4 * channels * channels * steps + 2 * channels * steps * steps;
                }
            }
        }
        // Steps that are left are averaged before the output.
        work += channels * side * side * self.outputs() as u64;
        work * self.batch_size() as u64
    }
}
