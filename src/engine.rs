//! Where a network is trained: here, or on a graphics processor that answers later. Knows no settings and no clock.
//!
//! A processor in a browser cannot answer within a call: `advance` starts work and `poll` collects what it gave.

use crate::architecture::HiddenLayer;
use crate::error::Error;
use crate::lanes::Best;
use crate::network::{Hyper, Layer, Objective, Shape};
use crate::observe::Observation;

mod cpu;

pub use cpu::{CpuEngine, put, state_of};

/// The most steps of one `advance`.
pub const MOST_STEPS: usize = 4096;

/// A network that an engine is to train.
#[derive(Clone, Debug)]
pub struct Model {
    /// What one row of data is.
    pub input: Shape,
    /// First to last.
    pub layers: Vec<Layer<Best>>,
    /// The loss.
    pub objective: Objective,
    /// Rows of the largest batch.
    pub max_rows: usize,
}

/// One batch of training.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// `[rows, inputs]`, row-major as for `Network::forward`.
    pub x: Vec<f32>,
    /// What it should give.
    pub targets: Targets,
    /// N.
    pub rows: usize,
    /// Steps of each row of sequences; `None` where every row has all.
    pub lengths: Option<Vec<usize>>,
}

/// What a batch should have given.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// A class of each row.
    Labels(Vec<u8>),
    /// A value of each output, `[K, N]`.
    Values(Vec<f32>),
}

/// Everything needed to go on elsewhere, and the last gradients.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Flat, as `Network::parameters`.
    pub parameters: Vec<f32>,
    /// As `Network::optimizer_memory`.
    pub memory: Vec<f32>,
    /// As `Network::buffers`.
    pub buffers: Vec<f32>,
    /// Of the last step; not needed to go on.
    pub gradients: Vec<f32>,
    /// Updates made.
    pub updates: u64,
    /// Batches in the running averages.
    pub batches_tracked: u64,
}

/// What is to be seen of a network, together with its state.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservationRequest {
    /// The rows that are looked at; its targets are not.
    pub batch: Batch,
    /// Whether running averages normalise what is seen; else the batch's own moments.
    pub running: bool,
    /// Where the columns' parts stand.
    pub columns: Vec<HiddenLayer>,
    /// Half the axis of what comes before normalisation and of the output, of x̂, and of γ·x̂ + β.
    pub limits: [f32; 3],
    /// Column and unit of which all values are wanted.
    pub lens: (usize, usize),
}

/// What came of an `advance`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Of each batch, before its update.
    pub losses: Vec<f32>,
    /// After the last, if it was asked for.
    pub state: Option<State>,
    /// What that state looks like, if the engine shows it.
    pub sight: Option<Observation>,
}

/// A place where a network is trained.
pub trait Engine {
    /// Shown to readers, e.g. `webgpu`.
    fn name(&self) -> &'static str;

    /// Starts one update on each of these batches, in order; of none, only what is wanted comes back.
    ///
    /// `wants_state` where a frame is due: only then more than the losses comes back.
    ///
    /// # Errors
    /// `Error::TooFewValues`, and nothing has changed; `Error::Engine`, and the engine is of no more use.
    ///
    /// # Panics
    /// If what was started before has not been collected.
    fn advance(&mut self, batches: &[Batch], hyper: &Hyper, wants_state: bool)
    -> Result<(), Error>;

    /// With the state of the next `advance` that wants one, shows what this is; an engine that shows nothing leaves it to
    /// whoever has the state.
    ///
    /// # Panics
    /// If a column has no such layer, or there are more rows than room.
    fn look_at(&mut self, look: ObservationRequest) {
        drop(look);
    }

    /// What came of the last `advance`, if it is there already. `now_millis` is any clock that goes forward; without
    /// one an engine never gives up waiting.
    ///
    /// # Errors
    /// `Error::Engine`, and the engine is of no more use.
    fn poll(&mut self, now_millis: Option<f64>) -> Result<Option<Progress>, Error>;

    /// Goes on from here.
    ///
    /// # Errors
    /// `Error::Message` if it is the state of another network, `Error::Engine` as above.
    fn restore(&mut self, state: &State) -> Result<(), Error>;

    /// Share of the new batch in the running averages, from the next `advance` on.
    fn set_batch_norm_momentum(&mut self, momentum: Option<f64>);

    /// What stands still from the next `advance` on, as `Network::set_frozen`.
    fn set_frozen(&mut self, affine: bool, statistics: bool);
}
