//! An engine as those elsewhere are, for tests: it trains a copy of the network and brings its state only when asked.

use batchnorm_lab::engine::{Engine, Model, Progress, Slice};
use batchnorm_lab::error::Error;
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::Network;

/// See the module; done as soon as it has started.
pub struct Elsewhere {
    network: Network<Best>,
    progress: Progress,
    is_in_flight: bool,
}

impl Elsewhere {
    /// An engine for such a network.
    pub fn new(model: &Model) -> Self {
        let network =
            Network::with_input(model.input, &model.layers, model.objective, model.max_rows);
        Self {
            network: network.expect("a network that the trainer has too"),
            progress: Progress::default(),
            is_in_flight: false,
        }
    }
}

impl Engine for Elsewhere {
    fn name(&self) -> &'static str {
        "elsewhere"
    }

    fn restore(&mut self, network: &Network<Best>) -> Result<(), Error> {
        self.network = network.clone();
        self.is_in_flight = false;
        Ok(())
    }

    fn advance(&mut self, network: &mut Network<Best>, slice: &Slice<'_>) -> Result<(), Error> {
        assert!(!self.is_in_flight, "work was not taken");
        for own in [network, &mut self.network] {
            own.set_batch_norm_momentum(slice.rules.momentum);
            own.set_frozen(slice.rules.frozen);
        }
        self.progress.losses.clear();
        self.progress.has_state = slice.wants_state;
        for batch in slice.batches {
            if !batch.lengths.is_empty() {
                self.network.set_lengths(Some(&batch.lengths));
            }
            let hyper = &slice.rules.hyper;
            let loss =
                (self.network).train_step_towards(&batch.x, batch.targets(), batch.rows, hyper)?;
            self.progress.losses.push(loss);
        }
        self.is_in_flight = true;
        Ok(())
    }

    fn poll(&mut self, _: Option<f64>) -> Result<bool, Error> {
        Ok(self.is_in_flight)
    }

    fn take(&mut self, network: &mut Network<Best>) -> &mut Progress {
        self.is_in_flight = false;
        if self.progress.has_state {
            let own = &self.network;
            network.parameters_mut().copy_from_slice(own.parameters());
            network
                .optimizer_memory_mut()
                .copy_from_slice(own.optimizer_memory());
            network.gradients_mut().copy_from_slice(own.gradients());
            network.buffers_mut().copy_from_slice(own.buffers());
            network.set_updates(own.updates());
            network.set_batches_tracked(own.batches_tracked());
        }
        &mut self.progress
    }
}
