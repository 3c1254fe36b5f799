//! Measurements on the run.

use batchnorm_lab::protocol::Command;

use crate::state::Lab;

impl Lab {
    /// Asks for fresh figures about small batches.
    pub fn measure_noise(self) {
        self.run.is_measuring.set(true);
        self.send(&Command::MeasureBatchNoise);
    }
}
