//! Which quantity stands in which column of the tables.

use batchnorm_lab::observe::recorded::NUMBERS_A_UNIT;
use batchnorm_lab::protocol::{Distribution, LayerStats};

/// A distribution that a layer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// As the affine layer gives it.
    Before,
    /// x̂.
    Normalized,
    /// γ·x̂ + β.
    After,
    /// What the activation gives on.
    Output,
}

impl Stage {
    /// Every stage, in the order of the computation.
    pub const ALL: [Stage; 4] = [
        Stage::Before,
        Stage::Normalized,
        Stage::After,
        Stage::Output,
    ];

    /// That distribution of a layer; `None` where the layer has no such stage.
    pub fn of(self, layer: &LayerStats) -> Option<&Distribution> {
        match self {
            Stage::Before => Some(&layer.before),
            Stage::Normalized => layer.normalized.as_ref(),
            Stage::After => layer.after.as_ref(),
            Stage::Output => Some(&layer.output),
        }
    }

    /// Half-width of its axis among `Frame::axis_limits`.
    pub fn limit(self, [before, normalized, after]: [f32; 3]) -> f32 {
        match self {
            Stage::Before | Stage::Output => before,
            Stage::Normalized => normalized,
            Stage::After => after,
        }
    }
}

/// Columns of a ridgeline's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RidgeColumn {
    /// Mean.
    Mean = 0,
    /// Standard deviation.
    Std = 1,
    /// Left end of the first bin.
    Low = 2,
    /// Right end of the last bin.
    High = 3,
}

/// Columns before the first bin of a ridgeline's table.
pub const RIDGE_HEAD: usize = 4;

/// Columns of one run in the curves' table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// Loss of the mini-batch.
    LossBatch = 0,
    /// Loss of the training set.
    LossTrain = 1,
    /// Loss of the test set.
    LossTest = 2,
    /// Accuracy on the training set.
    AccuracyTrain = 3,
    /// Test accuracy under the running averages.
    AccuracyRunning = 4,
}

impl Curve {
    pub(super) const COUNT: usize = 5;

    /// The column of this curve of that run (0 is A, 1 is B).
    pub fn column(self, side: usize) -> usize {
        side * Self::COUNT + self as usize
    }
}

/// Per-unit quantities in a layer's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitColumn {
    /// γ.
    Gamma = 0,
    /// β.
    Beta = 1,
    /// Mean of the mini-batch.
    BatchMean = 2,
    /// Biased variance of the mini-batch.
    BatchVar = 3,
    /// Running mean.
    RunningMean = 4,
    /// Running variance.
    RunningVar = 5,
    /// Mean over the training set.
    FullMean = 6,
    /// Unbiased variance over the training set.
    FullVar = 7,
}

impl UnitColumn {
    pub(super) const COUNT: usize = NUMBERS_A_UNIT;

    /// The column of this quantity of that unit.
    pub fn column(self, unit: usize) -> usize {
        unit * Self::COUNT + self as usize
    }
}
