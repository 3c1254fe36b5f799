//! A network trained on a GPU. Waits for nothing: what was started is collected when it is there.

use batchnorm_lab::error::Error;
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::{Mode, Network};

use batchnorm_lab::engine::{Engine, Model, PATIENCE_MILLIS, Progress, Slice};

#[cfg(test)]
mod check;
mod compile;
mod description;
mod device;
mod examine;
mod faults;
mod functions;
mod grid;
mod histogram;
mod kernel;
mod layers;
mod live;
mod network;
mod observe;
mod patience;
mod program;
mod readback;
mod record;
mod step;

use patience::Patience;

pub use description::{Described, Description, described};
pub use device::{Gpu, Want};
pub use examine::{Back, Examination, Examined, Pass};
pub use faults::Fault;
pub use grid::{GridRun, MOST_GRID_STEPS};
pub use network::GpuNetwork;
pub use readback::Read;
pub use step::StepMode;
/// The crate by which adapters are asked: its types name limits and families of adapters in `Want`.
pub use wgpu;

/// The engine of WebGPU.
pub struct GpuEngine {
    network: GpuNetwork,
    /// Of the state there, which the network that is observed may be behind.
    updates: u64,
    batches_tracked: u64,
    in_flight: Option<InFlight>,
    progress: Progress,
    patience_millis: f64,
}

struct InFlight {
    steps: usize,
    wants_state: bool,
    patience: Patience,
    read: Option<Read>,
}

impl GpuEngine {
    /// Makes everything that this network needs.
    ///
    /// # Errors
    /// `Error::Shape` as `Network::new`; `Error::Engine` where the GPU refuses.
    pub async fn new(gpu: &Gpu, model: &Model) -> Result<Self, Error> {
        let Model {
            input,
            layers,
            objective,
            max_rows,
        } = model;
        let fresh = Network::with_input(*input, layers, *objective, *max_rows)?;
        let layers = described(&fresh, layers)?;
        let network = GpuNetwork::new(gpu, &fresh, &layers, *objective).await?;
        network.write_state(&fresh);
        Ok(Self {
            network,
            updates: 0,
            batches_tracked: 0,
            in_flight: None,
            progress: Progress::default(),
            patience_millis: PATIENCE_MILLIS,
        })
    }

    /// Gives up sooner or later than `PATIENCE_MILLIS`.
    pub fn set_patience(&mut self, millis: f64) {
        self.patience_millis = millis;
    }

    /// What lies on the GPU, for measurements.
    pub fn network_mut(&mut self) -> &mut GpuNetwork {
        &mut self.network
    }
}

impl Engine for GpuEngine {
    fn name(&self) -> &'static str {
        "webgpu"
    }

    fn restore(&mut self, network: &Network<Best>) -> Result<(), Error> {
        self.updates = network.updates();
        self.batches_tracked = network.batches_tracked();
        self.in_flight = None;
        self.network.give_up();
        self.network.write_state(network);
        self.network.check()
    }

    fn advance(&mut self, network: &mut Network<Best>, slice: &Slice<'_>) -> Result<(), Error> {
        assert!(self.in_flight.is_none(), "work was not taken");
        for batch in slice.batches {
            network.check_rows(batch.rows, Mode::Train)?;
        }
        let rules = &slice.rules;
        // The network here goes on from the same rules if this engine fails, and knows who still counts batches.
        network.set_batch_norm_momentum(rules.momentum);
        network.set_frozen(rules.frozen);
        let tracks = network.tracks_any();
        let tracked = (tracks, self.batches_tracked);
        self.network.train(slice, self.updates, tracked)?;
        let steps = slice.batches.len();
        self.updates += steps as u64;
        if tracks {
            self.batches_tracked += steps as u64;
        }
        self.in_flight = Some(InFlight {
            steps,
            wants_state: slice.wants_state,
            patience: Patience::default(),
            read: None,
        });
        Ok(())
    }

    fn poll(&mut self, now_millis: Option<f64>) -> Result<bool, Error> {
        let Some(in_flight) = &mut self.in_flight else {
            return Ok(false);
        };
        if in_flight.read.is_none() {
            in_flight.read = self.network.collect()?;
        }
        if in_flight.read.is_some() {
            return Ok(true);
        }
        in_flight.patience.look(now_millis, self.patience_millis)?;
        Ok(false)
    }

    fn take(&mut self, network: &mut Network<Best>) -> &mut Progress {
        let in_flight = self.in_flight.take().expect("work that was started");
        let read = in_flight.read.expect("work that is done");
        if in_flight.wants_state {
            read.put_state(network);
            network.set_updates(self.updates);
            network.set_batches_tracked(self.batches_tracked);
        }
        self.progress.losses.clear();
        self.progress
            .losses
            .extend_from_slice(&read.losses[..in_flight.steps]);
        self.progress.has_state = in_flight.wants_state;
        self.progress.observation = read.observation;
        &mut self.progress
    }
}
