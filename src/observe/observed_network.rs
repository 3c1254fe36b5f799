//! A network together with what observing it needs: how it was made, the batch it is given, memory for inference. Trains
//! nothing and moves no running statistics.

use crate::architecture::{Architecture, NetworkFactory};
use crate::data::{Batch, Points, Split};
use crate::error::Error;
use crate::lanes::Best;
use crate::network::{Mode, Network, Scratch, Table};
use crate::numeric::rng::Rng;
use crate::settings::Settings;
use crate::settings::choice::Norm;

/// Rows that there is room for even if batches are smaller: what the noise measurement draws.
const LEAST_ROWS: usize = 256;

/// See the module.
pub struct ObservedNetwork {
    pub(crate) norm: Norm,
    pub(crate) network: Network<Best>,
    pub(crate) factory: NetworkFactory,
    pub(crate) architecture: Architecture,
    pub(crate) batch: Batch,
    pub(super) scratch: Scratch<Best>,
}

impl ObservedNetwork {
    /// A fresh network. Weights come from the seed alone: two that differ in their normalisation start equal.
    ///
    /// # Errors
    /// The settings describe no possible network.
    pub fn new(norm: Norm, settings: &Settings, factory: NetworkFactory) -> Result<Self, Error> {
        let architecture = (factory.network)(norm, settings)?;
        let mut network = Network::with_input(
            architecture.input,
            &architecture.layers,
            settings.loss_used(),
            settings.batch_size().max(LEAST_ROWS),
        )?;
        let mut rng = Rng::new(u64::from(settings.seed), "weights");
        network.initialize(settings.initialization, settings.gain, &mut rng);
        Ok(Self {
            norm,
            network,
            factory,
            architecture,
            batch: Batch::default(),
            scratch: Scratch::default(),
        })
    }

    /// Takes these training points as the batch, and tells the network how long they are.
    pub(crate) fn gather(&mut self, train: &Split, rows: &[u32]) {
        let features = self.architecture.input.units();
        self.batch.gather(train, rows, features, false);
        (self.factory.lengths)(&mut self.network, &self.batch.lengths);
    }

    /// What the network gives for these points; nothing moves.
    ///
    /// # Errors
    /// As `Network::infer`.
    pub(super) fn infer(&mut self, points: Points<'_>, mode: Mode<'_>) -> Result<Table<'_>, Error> {
        let Points { x, labels, lengths } = points;
        let scratch = &mut self.scratch;
        (self.factory.infer)(&self.network, x, labels.len(), lengths, mode, scratch)
    }

    /// Hidden layer and unit that are selected, within what there is.
    pub(crate) fn selected(&self, now: &Settings) -> (usize, usize) {
        let hidden = &self.architecture.hidden;
        let layer = (now.selected_layer as usize).min(hidden.len() - 1);
        let unit = (now.selected_unit as usize).min(hidden[layer].width - 1);
        (layer, unit)
    }
}
