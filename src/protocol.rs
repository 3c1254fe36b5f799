//! What page and worker say to each other, and its bytes. These and the values of settings are the only types that are
//! serialised; they compute nothing.

mod reports;

pub use reports::{BatchNoiseReport, BatchNoiseRow, SweepReport, SweepRow};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::settings::{Setting, Value};

/// From the page to the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Start a new run; frames of older runs are to be dropped by the page.
    Configure {
        /// Number of the run, given by the page, growing.
        run: u32,
        /// `Settings::to_text`.
        settings: String,
        /// Where to go on, or `None` for a fresh start.
        checkpoint: Option<Box<Checkpoint>>,
    },
    /// Change a live or view setting without a new run. The worker answers a live one with `Event::Changed`.
    Change {
        /// `Setting::index`.
        setting: u8,
        /// The value wanted from now on.
        value: Value,
    },
    /// What `Event::DataWanted` asked for: the bytes of `assets/digits/digits.bin`.
    Data(Vec<u8>),
    /// Train at the set speed.
    Play,
    /// Stop training; measurements go on.
    Pause,
    /// Train exactly so many steps, then pause and send a frame.
    Step {
        /// Optimiser updates.
        steps: u32,
    },
    /// The page has drawn the last frame; the next may come.
    FrameShown,
    /// Measure how batch statistics scatter (`Event::BatchNoise` answers).
    MeasureBatchNoise,
    /// Train once per batch size and report accuracies as they come (`Event::BatchSizeSweep`).
    SweepBatchSizes,
    /// Stop the sweep.
    CancelSweep,
}

impl Command {
    /// Change that setting.
    pub fn change(setting: &Setting, value: Value) -> Self {
        Command::Change {
            setting: setting.index(),
            value,
        }
    }
}

/// From the worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The worker can take commands.
    Ready {
        /// Which lanes compute: `scalar`, `simd128` or `relaxed`.
        engine: String,
    },
    /// A live setting was changed, by the oldest `Command::Change` not yet answered. With this step, at which it took
    /// hold, the page records it as the worker did (`Settings::record`).
    Changed {
        /// Number of the run.
        run: u32,
        /// Optimiser updates done by then.
        step: u64,
    },
    /// What the networks look like now.
    Frame(Box<Frame>),
    /// The state to go on from if this worker is lost or another is chosen.
    Checkpoint(Box<Checkpoint>),
    /// How batch statistics scatter.
    BatchNoise(Box<BatchNoiseReport>),
    /// Accuracy against batch size, as far as measured.
    BatchSizeSweep(SweepReport),
    /// The run waits for the digits.
    DataWanted,
    /// The engine has failed and why; the one named, as in `Ready`, goes on, and nothing of the run is lost.
    EngineFailed(String, Failure),
    /// A command could not be obeyed.
    Failed {
        /// Number of the run.
        run: u32,
        /// Why.
        failure: Failure,
    },
}

/// An `Error` on its way to the page, which words it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// `Error::code`.
    pub code: String,
    /// Developer's wording.
    pub message: String,
    /// The layer or setting concerned, if any.
    pub field: String,
    /// Rows of the batch that has too few values; 0 where nothing is wrong with a batch.
    pub batch: u32,
    /// Rows of a full chunk of it, where its last chunk has too few; else 0.
    pub chunk: u32,
    /// The nearest batch sizes that would do, as far as there are any.
    pub nearest: Vec<u32>,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let mut failure = Self {
            code: error.code().into(),
            message: error.to_string(),
            field: error.field().into(),
            ..Self::default()
        };
        if let Error::TooFewValues {
            batch,
            chunk,
            nearest,
            ..
        } = error
        {
            failure.batch = *batch as u32;
            failure.chunk = chunk.unwrap_or(0) as u32;
            failure.nearest = nearest.iter().flatten().map(|size| *size as u32).collect();
        }
        failure
    }
}

/// Everything that charts show after a step. Both runs are at the same step and saw the same batch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Number of the run.
    pub run: u32,
    /// Optimiser updates done.
    pub step: u64,
    /// Passes over the training set begun.
    pub epoch: u64,
    /// Whether training goes on by itself.
    pub is_playing: bool,
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// 0 is run A, 1 is run B.
    pub index: u8,
    /// `Norm::name`.
    pub norm: String,
    /// Loss, mean per point.
    pub loss: Losses,
    /// Share of points classified rightly, 0..1.
    pub accuracy: Accuracies,
    /// The hidden layers, first to last.
    pub layers: Vec<LayerStats>,
    /// Logit of class 1 against class 0 on a `BOUNDARY_SIDE`² grid over [-1, 1]², rows from the top (x₂ = 1) down,
    /// under the statistics that the settings choose; empty for sets of other than two features.
    pub boundary: Vec<f32>,
    /// Test points of each class (row) taken for each (column), row by row; empty for sets of two features.
    pub confusion: Vec<u32>,
    /// What each of the first `GUESSES` test points is taken for, of sequences each of all looked at; likewise.
    pub guesses: Vec<u8>,
    /// The selected unit, row by row.
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// Of the last mini-batch, before its update; NaN before the first step.
    pub batch: f32,
    /// Training set, inference mode.
    pub train: f32,
    /// Test set, inference mode.
    pub eval: f32,
}

/// Accuracies of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnitMoments {
    /// Mean.
    pub mean: f32,
    /// Standard deviation.
    pub std: f32,
}

/// Everything needed to go on exactly.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Number of the run.
    pub run: u32,
    /// Optimiser updates done.
    pub step: u64,
    /// Passes over the training set begun.
    pub epoch: u64,
    /// Rows of this pass already used.
    pub position: u32,
    /// What each axis needs by itself, as in `Frame::axis_limits`.
    pub axis_limits: [f32; 3],
    /// The runs, A before B.
    pub sides: Vec<SideState>,
}

/// The learned state of one side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SideState {
    /// 0 is run A, 1 is run B.
    pub index: u8,
    /// What it has learned.
    pub network: NetworkState,
    /// The step at which it diverged.
    pub diverged_at: Option<u64>,
}

/// The learned state of one network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NetworkState {
    /// The flat parameter buffer, as `Network::parameters`.
    pub parameters: Vec<f32>,
    /// The optimiser's memory, two numbers a parameter, as `Network::optimizer_memory`.
    pub optimizer: Vec<f32>,
    /// Updates the optimiser has made (Adam corrects its bias by it).
    pub updates: u64,
    /// Running means and variances, as `Network::buffers`.
    pub buffers: Vec<f32>,
    /// Batches in the running averages.
    pub batches_tracked: u64,
}

macro_rules! bytes {
    ($($name:ident: $what:literal),+) => {$(
        impl $name {
            /// Its bytes.
            pub fn to_bytes(&self) -> Vec<u8> {
                postcard::to_allocvec(self).expect("plain data always has bytes")
            }

            /// Reads it back.
            ///
            /// # Errors
            /// The bytes are not its own.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
                postcard::from_bytes(bytes).map_err(|_| Error::Message { what: $what })
            }
        }
    )+};
}

bytes!(Command: "command", Event: "event", Checkpoint: "checkpoint");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Range, SETTINGS, Scope, Settings};

    #[test]
    fn every_setting_that_can_change_during_a_run_crosses_as_bytes() {
        let (settings, _) = Settings::from_text("momentum=cumulative");
        let rows = SETTINGS.iter().filter(|row| row.scope != Scope::Restart);
        for row in rows.filter(|row| row.range != Range::Changes) {
            let command = Command::change(row, (row.get)(&settings));
            assert_eq!(Command::from_bytes(&command.to_bytes()), Ok(command));
        }
    }
}
