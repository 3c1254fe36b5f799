//! How much there is to compute, from the settings alone: what decides where it pays to train. Builds no network.

use super::{BlockKind, Settings};
use crate::choice::DatasetKind;
use crate::dataset::{FEATURES, digits};

impl Settings {
    /// Multiplications of one step's forward pass in products (affine, convolution, recurrence, attention), all rows
    /// of the batch. A whole training step has about three times as many; an impossible list counts what it can.
    pub fn multiplications(&self) -> u64 {
        let is_image = self.data == DatasetKind::Digits;
        // Values at each position, and positions along one side.
        let (mut channels, mut side) = match is_image {
            true => (1, digits::SIDE as u64),
            false => (FEATURES as u64, 1),
        };
        let mut work = 0;
        for block in &self.layers {
            let size = u64::from(block.size);
            match block.kind {
                BlockKind::Affine => {
                    work += channels * side * side * size;
                    (channels, side) = (size, 1);
                }
                BlockKind::Conv => {
                    side = side.div_ceil(u64::from(block.stride));
                    work += 9 * channels * size * side * side;
                    channels = size;
                }
                BlockKind::MaxPool => side /= 2,
                BlockKind::AveragePool => side = 1,
                BlockKind::Dropout => {}
                BlockKind::Recurrent => {
                    work += (channels + size) * size * side;
                    (channels, side) = (size, 1);
                }
                BlockKind::Attention => {
                    work += 4 * channels * channels * side + 2 * channels * side * side;
                }
            }
        }
        work += channels * side * side * self.outputs() as u64;
        work * self.batch_size() as u64
    }
}
