//! How much there is to compute and to keep, from the settings alone: what decides where it pays to train, and whether it
//! can be. Builds no network.

use crate::data::{FEATURES, digits, sequences};
use crate::error::Error;
use crate::settings::choice::DatasetKind;
use crate::settings::{Block, BlockKind, Settings};

/// Values that a network may keep of a batch: 1.6 GB, so that both sides find room in the four that a worker can have.
const MOST_VALUES: u64 = 400_000_000;

/// What flows between two blocks.
#[derive(Clone, Copy)]
struct Flow {
    /// Values at each position.
    channels: u64,
    /// Positions along each side of an image.
    side: u64,
    /// Of a sequence.
    steps: u64,
}

impl Flow {
    fn of(data: DatasetKind) -> Self {
        let (channels, side, steps) = match data {
            DatasetKind::Digits => (1, digits::SIDE, 1),
            DatasetKind::Sequences => (sequences::STEP_FEATURES, 1, sequences::STEPS),
            _ => (FEATURES, 1, 1),
        };
        Self {
            channels: channels as u64,
            side: side as u64,
            steps: steps as u64,
        }
    }

    fn after(mut self, block: &Block) -> Self {
        let size = u64::from(block.size);
        match block.kind {
            BlockKind::Affine => (self.channels, self.side) = (size, 1),
            BlockKind::Conv => {
                self.side = self.side.div_ceil(u64::from(block.stride));
                self.channels = size;
            }
            BlockKind::MaxPool => self.side /= 2,
            BlockKind::AveragePool => (self.side, self.steps) = (1, 1),
            BlockKind::Recurrent => (self.channels, self.steps) = (size, 1),
            BlockKind::Dropout | BlockKind::Attention => {}
        }
        self
    }

    fn positions(self) -> u64 {
        self.side * self.side
    }
}

impl Settings {
    /// Multiplications of one step's forward pass in products (affine, convolution, recurrence, attention), all rows
    /// of the batch. A whole training step has about three times as many; an impossible list counts what it can.
    pub fn multiplications(&self) -> u64 {
        let mut flow = Flow::of(self.data);
        let mut work = 0;
        for block in &self.layers {
            let (
                size,
                Flow {
                    channels, steps, ..
                },
            ) = (u64::from(block.size), flow);
            let next = flow.after(block);
            work += match block.kind {
                BlockKind::Affine => channels * flow.positions() * size * steps,
                BlockKind::Conv => 9 * channels * size * next.positions(),
                BlockKind::Recurrent => (channels + size) * size * steps,
                BlockKind::Attention => {
                    4 * channels * channels * steps + 2 * channels * steps * steps
                }
                BlockKind::MaxPool | BlockKind::AveragePool | BlockKind::Dropout => 0,
            };
            flow = next;
        }
        // Steps that are left are averaged before the output.
        work += flow.channels * flow.positions() * self.outputs() as u64;
        work * self.batch_size() as u64
    }

    /// Whether a worker has room for a batch of the size that is used.
    ///
    /// # Errors
    /// It has not; the error says how large one may be.
    pub fn check_batch(&self) -> Result<(), Error> {
        let (batch, most) = (self.batch_size() as u64, self.largest_batch());
        if batch > most {
            return Err(Error::InvalidSetting {
                name: "batch",
                value: batch.to_string(),
                allowed: format!("1..{most}"),
            });
        }
        Ok(())
    }

    /// The largest batch of which a worker has room for both sides' networks.
    pub fn largest_batch(&self) -> u64 {
        let mut flow = Flow::of(self.data);
        let mut values = 0;
        for block in &self.layers {
            flow = flow.after(block);
            // What it gives, x̂, what is normalised, what is activated.
            values += 4 * flow.channels * flow.positions() * flow.steps;
        }
        MOST_VALUES / values.max(1)
    }
}
