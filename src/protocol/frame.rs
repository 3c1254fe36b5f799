//! What the networks look like after a step. Computes nothing.

use nanoserde::{DeBin, SerBin};

use super::{Failure, ObservedSet};

/// Everything that charts show after a step. Both runs are at the same step and saw the same batch.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct Frame {
    /// Number of the run.
    pub run: u32,
    /// Optimiser updates done.
    pub step: u64,
    /// Passes over the training set begun.
    pub epoch: u64,
    /// Whether training goes on by itself.
    pub is_playing: bool,
    /// How many of `Command::Play`, `Pause` and `Step` since the run was configured are answered by this frame or by an
    /// earlier one.
    pub answered: u32,
    /// What was observed; the rest of what a frame can hold is empty.
    pub observed: ObservedSet,
    /// Steps still to replay before a link's `at` is reached; 0 when there.
    pub replay_left: u64,
    /// Points of the training and of the test set that losses, accuracies and full-set statistics are of: the first
    /// ones, all of them unless the network is too large to evaluate all in each frame.
    pub evaluated: [u32; 2],
    /// Half-widths of the axes of every `before` and `output`, of every `normalized` and of every `after` distribution.
    pub axis_limits: [f32; 3],
    /// The runs shown, A before B.
    pub sides: Vec<Side>,
}

/// One of the two runs.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct Side {
    /// 0 is run A, 1 is run B.
    pub index: u8,
    /// `Norm::name`.
    pub norm: String,
    /// Loss, mean per point.
    pub loss: Losses,
    /// Share of points classified rightly, 0..1.
    pub accuracy: Accuracies,
    /// The hidden layers, first to last; their distributions are empty where `Observed::Layers` was not asked.
    pub layers: Vec<LayerStats>,
    /// Logit of class 1 against class 0 on a `BOUNDARY_SIDE`² grid over [-1, 1]², rows from the top (x₂ = 1) down,
    /// under the statistics that the settings choose; empty for sets of other than two features, and where
    /// `Observed::Answers` was not asked.
    pub boundary: Vec<f32>,
    /// Test points of each class (row) taken for each (column), row by row; empty for sets of two features.
    pub confusion: Vec<u32>,
    /// What each of the first `GUESSES` test points is taken for, of sequences each of all looked at; likewise.
    pub guesses: Vec<u8>,
    /// The selected unit, row by row; without rows where `Observed::SelectedUnit` was not asked.
    pub selected_unit: SelectedUnit,
    /// The step at which loss or parameters stopped being finite.
    pub diverged_at: Option<u64>,
    /// Why this run cannot take a step at all, e.g. a batch of one.
    pub refused: Option<Failure>,
}

/// Points of the boundary picture along one side.
pub const BOUNDARY_SIDE: usize = 48;
/// Test points whose guesses are told one by one.
pub const GUESSES: usize = 40;
/// Bins of every histogram.
pub const BINS: usize = 48;

/// Losses of one run.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct Losses {
    /// Of the last mini-batch, before its update; NaN before the first step.
    pub batch: f32,
    /// Training set, inference mode.
    pub train: f32,
    /// Test set, inference mode.
    pub eval: f32,
}

/// Accuracies of one run.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct Accuracies {
    /// Training set, inference mode.
    pub train: f32,
    /// Test set, cut into batches of the current size that each use their own statistics (training mode).
    pub eval_batch: f32,
    /// Test set under the running averages (inference mode).
    pub eval_running: f32,
    /// Test set under statistics re-estimated on the whole training set.
    pub eval_full: f32,
}

/// One hidden layer of one run, on the current mini-batch.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct LayerStats {
    /// `layer 1`, counted from 1.
    pub name: String,
    /// `affine`, `conv`, `recurrence` or `attention`, and a normalisation, as in `affine+batch`.
    pub kind: String,
    /// What the layer with the weights gives, all units (of an image: all channels and positions) together.
    pub before: Distribution,
    /// x̂, under the statistics that the settings choose; `None` without normalisation.
    pub normalized: Option<Distribution>,
    /// γ·x̂ + β; `None` without normalisation.
    pub after: Option<Distribution>,
    /// What the activation gives on.
    pub output: Distribution,
    /// Share of units·rows whose activation slope is under 5 % of its largest.
    pub saturated: f32,
    /// Per unit; empty without normalisation or affine parameters.
    pub gamma: Vec<f32>,
    /// Per unit.
    pub beta: Vec<f32>,
    /// Gradient of the last step, per unit.
    pub d_gamma: Vec<f32>,
    /// Gradient of the last step, per unit.
    pub d_beta: Vec<f32>,
    /// Mean of the mini-batch per unit (also without normalisation).
    pub batch_mean: Vec<f32>,
    /// Biased variance of the mini-batch per unit (also without normalisation).
    pub batch_var: Vec<f32>,
    /// Running average per unit; empty without normalisation.
    pub running_mean: Vec<f32>,
    /// Running average of the unbiased variance per unit; empty without normalisation.
    pub running_var: Vec<f32>,
    /// Mean over the whole training set per unit, all layers below using full-set statistics too.
    pub full_mean: Vec<f32>,
    /// Unbiased variance over the whole training set per unit.
    pub full_var: Vec<f32>,
    /// Euclidean norm of the weight gradient of the last step.
    pub gradient_norm: f32,
}

/// Where values lie.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct Distribution {
    /// Mean.
    pub mean: f32,
    /// Standard deviation, biased.
    pub std: f32,
    /// Smallest value.
    pub min: f32,
    /// Largest value.
    pub max: f32,
    /// Left end of the first bin.
    pub low: f32,
    /// Right end of the last bin.
    pub high: f32,
    /// `BINS` counts between `low` and `high`; what lies outside is counted in the first or last bin.
    pub histogram: Vec<u32>,
}

/// The values of one unit for each row of the mini-batch.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct SelectedUnit {
    /// Hidden layer, from 0.
    pub layer: u32,
    /// Unit, from 0.
    pub unit: u32,
    /// Class of each row.
    pub labels: Vec<u8>,
    /// Pre-activation.
    pub before: Vec<f32>,
    /// x̂; empty without normalisation.
    pub normalized: Vec<f32>,
    /// γ·x̂ + β; empty without normalisation.
    pub after: Vec<f32>,
    /// Half-width of an axis around 0 that holds every point on all of its way.
    pub limit: f32,
    /// The mean that is subtracted: the batch's or the running one, as the settings choose.
    pub mean: f32,
    /// The deviation that is divided by, ε included.
    pub std: f32,
    /// γ; 1 without.
    pub gamma: f32,
    /// The batch before normalisation, as x̂ and as γ·x̂ + β; only the first without normalisation.
    pub moments: Vec<UnitMoments>,
}

/// Mean and standard deviation (biased) of the mini-batch in one unit, on its way through normalisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct UnitMoments {
    /// Mean.
    pub mean: f32,
    /// Standard deviation.
    pub std: f32,
}
