//! Where a network is trained: here, or elsewhere by an engine that answers later. Knows no settings and no clock.
//!
//! A GPU in a browser cannot answer within a call: `advance` starts work, `poll` says whether it is done, and
//! `take` brings what came of it into the network that is observed. The engine here is done at once.

mod cpu;
mod state;

pub use cpu::CpuEngine;
pub use state::{network_state, restore_network, take_fingerprint};

use crate::architecture::HiddenLayer;
use crate::data::Batch;
use crate::error::Error;
use crate::lanes::Best;
use crate::network::{Hyper, Layer, Network, Objective, Shape};
use crate::observe::Observation;
use crate::settings::choice::Frozen;

/// The most steps of one `advance`.
pub const MOST_STEPS: usize = 4096;

/// Milliseconds without an answer, or without any engine, after which an engine is given up: far beyond what a slice of
/// training takes.
pub const PATIENCE_MILLIS: f64 = 10_000.0;

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

/// What holds for all updates of one `advance`.
#[derive(Clone, Copy, Debug)]
pub struct UpdateRules {
    /// The optimiser.
    pub hyper: Hyper,
    /// Share of the new batch in the running averages; `None` for a cumulative average.
    pub momentum: Option<f64>,
    /// What of the normalisations stands still.
    pub frozen: Frozen,
}

/// What is to be observed of a network, together with its state.
#[derive(Clone, Copy, Debug)]
pub struct ObservationRequest<'a> {
    /// The rows that are observed; their targets are not.
    pub batch: &'a Batch,
    /// Whether running averages normalise what is seen; else the batch's own moments.
    pub running: bool,
    /// Where the hidden layers stand.
    pub layers: &'a [HiddenLayer],
    /// Half the axis of what comes before normalisation and of the output, of x̂, and of γ·x̂ + β.
    pub limits: [f32; 3],
    /// Hidden layer and unit of which all values are wanted.
    pub selected: (usize, usize),
}

/// The work of one `advance`.
#[derive(Clone, Copy, Debug)]
pub struct Slice<'a> {
    /// One update each, in order; of none, only what is wanted comes back.
    pub batches: &'a [Batch],
    /// What holds for them.
    pub rules: UpdateRules,
    /// Whether more than the losses is to come back: where a frame is due.
    pub wants_state: bool,
    /// What to observe of that state; an engine that observes nothing leaves it to whoever has the state.
    pub observation: Option<ObservationRequest<'a>>,
}

/// What came of an `advance`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Of each batch, before its update.
    pub losses: Vec<f32>,
    /// Whether the network given to `take` stands after the last of them.
    pub has_state: bool,
    /// What was asked for of that state, if the engine makes it.
    pub observation: Option<Observation>,
}

/// A place where a network is trained. The network given is the one that is observed: it stands at the last state that
/// came back, and tells the rules and the rows that it can take.
pub trait Engine {
    /// Shown to readers, e.g. `webgpu`.
    fn name(&self) -> &'static str;

    /// Goes on from this network's state; what was started before is given up.
    ///
    /// # Errors
    /// `Error::Engine`, and the engine is of no more use.
    fn restore(&mut self, network: &Network<Best>) -> Result<(), Error>;

    /// Starts one update on each of the batches.
    ///
    /// # Errors
    /// `Error::TooFewValues`, and nothing has changed; `Error::Engine`, and the engine is of no more use.
    ///
    /// # Panics
    /// If what was started before has not been taken.
    fn advance(&mut self, network: &mut Network<Best>, slice: &Slice<'_>) -> Result<(), Error>;

    /// Whether what was started is done. `now_millis` is any clock that goes forward; without one an engine never gives
    /// up waiting.
    ///
    /// # Errors
    /// `Error::Engine`, and the engine is of no more use.
    fn poll(&mut self, now_millis: Option<f64>) -> Result<bool, Error>;

    /// What came of the last `advance`, which is done; its state, where it was wanted, is in the network then.
    fn take(&mut self, network: &mut Network<Best>) -> &mut Progress;
}
