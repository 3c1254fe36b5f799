//! Measurements on the run.

use batchnorm_lab::protocol::Command;

use crate::state::Lab;

impl Lab {
    /// Asks for fresh figures about small batches.
    pub fn measure_noise(self) {
        self.run.is_measuring.set(true);
        self.send(&Command::MeasureBatchNoise);
    }

    /// Trains one network per batch size.
    pub fn sweep_batch_sizes(self) {
        self.run.is_sweeping.set(true);
        self.send(&Command::SweepBatchSizes);
    }

    /// Stops that.
    pub fn cancel_sweep(self) {
        self.run.is_sweeping.set(false);
        self.send(&Command::CancelSweep);
    }
}
