//! What measurements on a run report. Computes nothing.

use nanoserde::{DeBin, SerBin};

/// How statistics of random batches scatter around those of the whole training set, for one unit.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct BatchNoiseReport {
    /// Number of the run.
    pub run: u32,
    /// Step at which it was measured.
    pub step: u64,
    /// 0 is run A, 1 is run B: the first shown run that normalises, else the first shown.
    pub side: u8,
    /// Hidden layer, from 0.
    pub layer: u32,
    /// Unit, from 0.
    pub unit: u32,
    /// The pinned training point.
    pub pin: u32,
    /// x̂ of the pinned point under full-set statistics.
    pub z: f32,
    /// One row per batch size, growing.
    pub rows: Vec<BatchNoiseRow>,
}

/// One batch size of the noise panel.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct BatchNoiseRow {
    /// Batch size.
    pub batch: u32,
    /// Batch means, one per draw, in full-set standard deviations from the full-set mean.
    pub means: Vec<f32>,
    /// Batch variances (biased), one per draw, over the full-set variance.
    pub variances: Vec<f32>,
    /// x̂ of the pinned point, one per draw.
    pub x_hats: Vec<f32>,
    /// Standard deviation of `means`.
    pub mean_sd: f32,
    /// Mean of `variances`: about (B − 1)/B of the truth where a batch of B holds B independent values.
    pub variance_mean: f32,
    /// Standard deviation of `variances`.
    pub variance_sd: f32,
    /// Standard deviation of `x_hats`.
    pub x_hat_sd: f32,
    /// √((1 + z²/2) / B): what Gaussian values would give.
    pub x_hat_sd_theory: f32,
}
