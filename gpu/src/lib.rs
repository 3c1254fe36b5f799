//! A network trained on a graphics processor. Waits for nothing: what was started is collected when it is there.

use batchnorm_lab::error::Error;
use batchnorm_lab::kernels::optimizer::Hyper;
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::{Mode, Network};

use batchnorm_lab::engine::{
    Batch, Engine, Model, ObservationRequest, Progress, State, put, state_of,
};

mod compile;
mod description;
mod device;
mod examine;
mod faults;
mod functions;
mod histogram;
mod kernel;
mod layers;
mod live;
mod network;
mod observe;
mod program;
mod readback;
mod record;
mod step;

pub use description::{Described, Description, described};
pub use device::{Gpu, Want};
pub use examine::{Back, Examination, Examined, Pass};
pub use faults::Fault;
pub use network::{GpuNetwork, Read};
pub use step::{Frozen, StepMode};
/// The crate by which adapters are asked: its types name limits and families of adapters in `Want`.
pub use wgpu;

/// Milliseconds without an answer after which an engine is given up: far beyond what a slice of training takes.
pub const PATIENCE_MILLIS: f64 = 10_000.0;

/// What counts at most between two looks.
const LONGEST_LOOK_MILLIS: f64 = 1000.0;

/// The engine of WebGPU.
pub struct GpuEngine {
    network: GpuNetwork,
    /// The same network here: its plan and, after each state that came back, its numbers.
    plan: Network<Best>,
    under_way: Option<UnderWay>,
    patience_millis: f64,
}

struct UnderWay {
    steps: usize,
    wants_state: bool,
    /// When it was looked for last, and how long it was waited for.
    looked_at: Option<f64>,
    waited_millis: f64,
}

impl GpuEngine {
    /// Makes everything that this network needs.
    ///
    /// # Errors
    /// `Error::Shape` as `Network::new`; `Error::Engine` where the processor refuses.
    pub async fn new(gpu: &Gpu, model: &Model) -> Result<Self, Error> {
        let Model {
            input,
            layers,
            objective,
            max_rows,
        } = model;
        let plan = Network::with_input(*input, layers, *objective, *max_rows)?;
        let layers = described(&plan, layers)?;
        let network = GpuNetwork::new(gpu, &plan, &layers, *objective).await?;
        network.write_state(&state_of(&plan));
        Ok(Self {
            network,
            plan,
            under_way: None,
            patience_millis: PATIENCE_MILLIS,
        })
    }

    /// Gives up sooner or later than `PATIENCE_MILLIS`.
    pub fn set_patience(&mut self, millis: f64) {
        self.patience_millis = millis;
    }

    /// What lies on the processor, for measurements.
    pub fn network_mut(&mut self) -> &mut GpuNetwork {
        &mut self.network
    }
}

impl Engine for GpuEngine {
    fn name(&self) -> &'static str {
        "webgpu"
    }

    fn advance(
        &mut self,
        batches: &[Batch],
        hyper: &Hyper,
        wants_state: bool,
    ) -> Result<(), Error> {
        assert!(self.under_way.is_none(), "work was not collected");
        for batch in batches {
            self.plan.check_rows(batch.rows, Mode::Train)?;
        }
        let tracks = self.plan.tracks_any();
        self.network.train(
            batches,
            hyper,
            self.plan.updates(),
            (tracks, self.plan.batches_tracked()),
            wants_state,
        )?;
        let steps = batches.len() as u64;
        self.plan.set_updates(self.plan.updates() + steps);
        if tracks {
            self.plan
                .set_batches_tracked(self.plan.batches_tracked() + steps);
        }
        self.under_way = Some(UnderWay {
            steps: batches.len(),
            wants_state,
            looked_at: None,
            waited_millis: 0.0,
        });
        Ok(())
    }

    fn look_at(&mut self, look: ObservationRequest) {
        self.network.look = Some(look);
    }

    fn poll(&mut self, now_millis: Option<f64>) -> Result<Option<Progress>, Error> {
        let Some(under_way) = &mut self.under_way else {
            return Ok(None);
        };
        if let Some(read) = self.network.collect()? {
            let steps = under_way.steps;
            let state = under_way.wants_state.then(|| State {
                updates: self.plan.updates(),
                batches_tracked: self.plan.batches_tracked(),
                ..read.state
            });
            self.under_way = None;
            return Ok(Some(Progress {
                losses: read.losses[..steps].to_vec(),
                state,
                sight: read.sight,
            }));
        }
        if let Some(now) = now_millis {
            let last = under_way.looked_at.replace(now).unwrap_or(now);
            // A machine that slept between two looks has not waited.
            under_way.waited_millis += (now - last).min(LONGEST_LOOK_MILLIS);
            if under_way.waited_millis > self.patience_millis {
                return Err(Error::Engine {
                    code: Fault::Timeout.code(),
                    detail: format!("no answer within {} ms", self.patience_millis),
                });
            }
        }
        Ok(None)
    }

    fn restore(&mut self, state: &State) -> Result<(), Error> {
        put(&mut self.plan, state)?;
        self.under_way = None;
        self.network.readback.give_up();
        (self.network.look, self.network.sought) = (None, None);
        self.network.write_state(state);
        self.network.check()
    }

    fn set_batch_norm_momentum(&mut self, momentum: Option<f64>) {
        self.network.set_batch_norm_momentum(momentum);
    }

    fn set_frozen(&mut self, affine: bool, statistics: bool) {
        // The plan knows who still counts batches.
        self.plan.set_frozen(affine, statistics);
        self.network.set_frozen(Frozen { affine, statistics });
    }
}
