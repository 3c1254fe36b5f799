//! A network trained here, behind the interface of engines that answer later. Its answers are there at once.

use super::{Batch, Engine, Progress, State, Targets};
use crate::error::Error;
use crate::lanes::{Best, Lanes};
use crate::network::{Hyper, Mode, Network, Targets as Wanted};

/// The engine of this build's lanes.
#[derive(Clone, Debug)]
pub struct CpuEngine {
    network: Network<Best>,
    done: Option<Progress>,
}

impl CpuEngine {
    /// Trains this network on.
    pub fn new(network: Network<Best>) -> Self {
        Self {
            network,
            done: None,
        }
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network<Best> {
        &self.network
    }

    /// The network as it is now.
    pub fn network_mut(&mut self) -> &mut Network<Best> {
        &mut self.network
    }

    /// Everything needed to go on.
    pub fn state(&self) -> State {
        state_of(&self.network)
    }
}

/// Everything needed to go on.
pub fn state_of(network: &Network<Best>) -> State {
    State {
        parameters: network.parameters().to_vec(),
        memory: network.optimizer_memory().to_vec(),
        buffers: network.buffers().to_vec(),
        gradients: network.gradients().to_vec(),
        updates: network.updates(),
        batches_tracked: network.batches_tracked(),
    }
}

/// Puts a state into a network.
pub fn put(network: &mut Network<Best>, state: &State) -> Result<(), Error> {
    let fits = state.parameters.len() == network.parameters().len()
        && state.memory.len() == network.optimizer_memory().len()
        && state.buffers.len() == network.buffers().len();
    if !fits {
        return Err(Error::Message { what: "state" });
    }
    network.parameters_mut().copy_from_slice(&state.parameters);
    if state.gradients.len() == network.gradients().len() {
        network.gradients_mut().copy_from_slice(&state.gradients);
    }
    network
        .optimizer_memory_mut()
        .copy_from_slice(&state.memory);
    network.buffers_mut().copy_from_slice(&state.buffers);
    network.set_updates(state.updates);
    network.set_batches_tracked(state.batches_tracked);
    Ok(())
}

impl Engine for CpuEngine {
    fn name(&self) -> &'static str {
        Best::NAME
    }

    fn advance(
        &mut self,
        batches: &[Batch],
        hyper: &Hyper,
        wants_state: bool,
    ) -> Result<(), Error> {
        assert!(self.done.is_none(), "work was not collected");
        for batch in batches {
            self.network.check_rows(batch.rows, Mode::Train)?;
        }
        let mut losses = Vec::with_capacity(batches.len());
        for batch in batches {
            if let Some(lengths) = &batch.lengths {
                self.network.set_lengths(Some(lengths));
            }
            let targets = match &batch.targets {
                Targets::Labels(labels) => Wanted::Labels(labels),
                Targets::Values(values) => Wanted::Values(values),
            };
            let loss = self
                .network
                .train_step_towards(&batch.x, targets, batch.rows, hyper)?;
            losses.push(loss);
            if batch.lengths.is_some() {
                self.network.set_lengths(None);
            }
        }
        let state = wants_state.then(|| self.state());
        self.done = Some(Progress {
            losses,
            state,
            sight: None,
        });
        Ok(())
    }

    fn poll(&mut self, _: Option<f64>) -> Result<Option<Progress>, Error> {
        Ok(self.done.take())
    }

    fn restore(&mut self, state: &State) -> Result<(), Error> {
        self.done = None;
        put(&mut self.network, state)
    }

    fn set_batch_norm_momentum(&mut self, momentum: Option<f64>) {
        self.network.set_batch_norm_momentum(momentum);
    }

    fn set_frozen(&mut self, affine: bool, statistics: bool) {
        self.network.set_frozen(affine, statistics);
    }
}
