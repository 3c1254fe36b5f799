//! The state of a run as plain numbers. Computes nothing.

use nanoserde::{DeBin, SerBin};

/// Everything needed to go on exactly.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct Checkpoint {
    /// Number of the run.
    pub run: u32,
    /// Optimiser updates done.
    pub step: u64,
    /// Passes over the training set begun.
    pub epoch: u64,
    /// Rows of this pass already used.
    pub position: u32,
    /// Rows of the last batch.
    pub last_batch: Vec<u32>,
    /// What each axis needs by itself, as in `Frame::axis_limits`.
    pub axis_limits: [f32; 3],
    /// The runs, A before B.
    pub sides: Vec<SideState>,
}

/// The learned state of one side.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct SideState {
    /// 0 is run A, 1 is run B.
    pub index: u8,
    /// What it has learned.
    pub network: NetworkState,
    /// Loss of the last batch; NaN before the first step.
    pub loss_batch: f32,
    /// The step at which it diverged.
    pub diverged_at: Option<u64>,
}

/// The learned state of one network.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct NetworkState {
    /// The flat parameter buffer, as `Network::parameters`.
    pub parameters: Vec<f32>,
    /// The optimiser's memory, two numbers a parameter, as `Network::optimizer_memory`.
    pub optimizer: Vec<f32>,
    /// Of the last step, as `Network::gradients`.
    pub gradients: Vec<f32>,
    /// Updates the optimiser has made (Adam corrects its bias by it).
    pub updates: u64,
    /// Running means and variances, as `Network::buffers`.
    pub buffers: Vec<f32>,
    /// Batches in the running averages.
    pub batches_tracked: u64,
}
