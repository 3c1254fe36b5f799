//! One of the two runs: a network, its training steps and what is shown of it. Knows no command and no clock.

mod afar;

use crate::architecture::{Architecture, NetworkFactory};
use crate::data::{Points, Split};
use crate::error::Error;
use crate::lanes::Best;
use crate::network::{Hyper, Mode, Network, Rule, Scratch, Table, Targets};
use crate::numeric::rng::Rng;
use crate::protocol::{Failure, SideState};
use crate::settings::Settings;
use crate::settings::choice::{Loss, Norm, Optimizer};

/// A run of one network.
pub struct SideRun {
    index: u8,
    norm: Norm,
    pub(crate) network: Network<Best>,
    pub(crate) factory: NetworkFactory,
    pub(crate) plan: Architecture,
    pub(crate) scratch: Scratch<Best>,
    max_rows: usize,
    pub(crate) x: Vec<f32>,
    pub(crate) labels: Vec<u8>,
    pub(crate) lengths: Vec<usize>,
    /// What the squared error is measured from.
    targets: Vec<f32>,
    pub(crate) loss_batch: f32,
    diverged_at: Option<u64>,
    refused: Option<Error>,
    afar: afar::Seen,
}

/// Rows that a run has room for even if its batches are smaller: what the noise measurement draws.
pub(crate) const LEAST_ROWS: usize = 256;

impl SideRun {
    /// A fresh network. Weights come from the seed alone: two runs that differ in their normalisation start equal.
    ///
    /// # Errors
    /// The settings describe no possible network.
    pub fn new(
        index: u8,
        norm: Norm,
        settings: &Settings,
        factory: NetworkFactory,
    ) -> Result<Self, Error> {
        let plan = (factory.network)(norm, settings)?;
        let max_rows = settings.batch_size().max(LEAST_ROWS);
        let loss = settings.loss_used();
        let mut network = Network::with_input(plan.input, &plan.layers, loss, max_rows)?;
        let mut rng = Rng::new(u64::from(settings.seed), "weights");
        network.initialize(settings.initialization, settings.gain, &mut rng);
        Ok(Self {
            index,
            norm,
            network,
            factory,
            plan,
            scratch: Scratch::default(),
            max_rows,
            x: Vec::new(),
            labels: Vec::new(),
            lengths: Vec::new(),
            targets: Vec::new(),
            loss_batch: f32::NAN,
            diverged_at: None,
            refused: None,
            afar: afar::Seen::default(),
        })
    }

    /// 0 is run A, 1 is run B.
    pub fn index(&self) -> u8 {
        self.index
    }

    /// Its normalisation.
    pub fn norm(&self) -> Norm {
        self.norm
    }

    /// The step after which loss or parameters were no longer finite.
    pub fn diverged_at(&self) -> Option<u64> {
        self.diverged_at
    }

    /// Why it cannot take the step that was asked.
    pub fn refused(&self) -> Option<Failure> {
        self.refused.as_ref().map(Failure::from)
    }

    /// Lets a refused run try again, after a setting has changed.
    pub fn forgive(&mut self) {
        self.refused = None;
    }

    /// One optimiser update on these rows of the training set. A diverged run stays as it is.
    ///
    /// `done` are the updates made before. A refusal is kept, to be shown.
    pub fn step(&mut self, train: &Split, rows: &[u32], now: &Settings, done: u64) {
        if self.diverged_at.is_some() {
            return;
        }
        self.forget_seen();
        self.make_room(rows.len(), now);
        self.gather(train, rows);
        self.set_rules(now);
        let hyper = hyper(now);
        let targets = match now.loss_used() {
            Loss::SquaredError => {
                self.targets.clear();
                self.targets.extend(signs(&self.labels));
                Targets::Values(&self.targets)
            }
            _ => Targets::Labels(&self.labels),
        };
        match self
            .network
            .train_step_towards(&self.x, targets, rows.len(), &hyper)
        {
            Ok(loss) => {
                self.loss_batch = loss;
                if !loss.is_finite() {
                    self.diverged_at = Some(done + 1);
                }
            }
            Err(error) => self.refused = Some(error),
        }
    }

    /// What the settings say of every normalisation, from the next step on.
    fn set_rules(&mut self, now: &Settings) {
        self.network.set_batch_norm_momentum(now.momentum);
        let frozen = now.frozen;
        self.network
            .set_frozen(frozen.affine(), frozen.statistics());
    }

    /// The same network from its first weights, of which nothing is learned yet.
    ///
    /// # Errors
    /// The settings describe no possible network.
    pub fn anew(&self, settings: &Settings) -> Result<Self, Error> {
        Self::new(self.index, self.norm, settings, self.factory)
    }

    /// Everything needed to go on.
    pub fn state(&self) -> SideState {
        SideState {
            index: self.index,
            parameters: self.network.parameters().to_vec(),
            optimizer: self.network.optimizer_memory().to_vec(),
            updates: self.network.updates(),
            buffers: self.network.buffers().to_vec(),
            batches_tracked: self.network.batches_tracked(),
            diverged_at: self.diverged_at,
        }
    }

    /// Takes over what `state` gave.
    ///
    /// # Errors
    /// It is the state of another network.
    pub fn restore(&mut self, state: &SideState) -> Result<(), Error> {
        let fits = state.parameters.len() == self.network.parameters().len()
            && state.optimizer.len() == self.network.optimizer_memory().len()
            && state.buffers.len() == self.network.buffers().len();
        if !fits {
            return Err(Error::Message { what: "checkpoint" });
        }
        let network = &mut self.network;
        network.parameters_mut().copy_from_slice(&state.parameters);
        network
            .optimizer_memory_mut()
            .copy_from_slice(&state.optimizer);
        network.buffers_mut().copy_from_slice(&state.buffers);
        network.set_updates(state.updates);
        network.set_batches_tracked(state.batches_tracked);
        self.diverged_at = state.diverged_at;
        Ok(())
    }

    /// Puts these training points into the input buffer, and tells the network how long they are.
    pub(crate) fn gather(&mut self, train: &Split, rows: &[u32]) {
        self.x.clear();
        self.labels.clear();
        self.lengths.clear();
        for row in rows {
            let (row, features) = (*row as usize, self.plan.input.units());
            self.x
                .extend_from_slice(&train.x[row * features..][..features]);
            self.labels.push(train.labels[row]);
            self.lengths.extend(train.lengths.get(row));
        }
        (self.factory.lengths)(&mut self.network, &self.lengths);
    }

    /// What the network gives for these points; nothing moves.
    ///
    /// # Errors
    /// As `Network::infer`.
    pub(crate) fn infer(&mut self, points: Points<'_>, mode: Mode<'_>) -> Result<Table<'_>, Error> {
        let Points { x, labels, lengths } = points;
        let scratch = &mut self.scratch;
        (self.factory.infer)(&self.network, x, labels.len(), lengths, mode, scratch)
    }

    /// A larger batch than ever before needs a larger network; its state moves over.
    pub(crate) fn make_room(&mut self, rows: usize, now: &Settings) {
        if rows <= self.max_rows {
            return;
        }
        let state = self.state();
        self.max_rows = rows;
        let Architecture { input, layers, .. } = &self.plan;
        self.network = Network::with_input(*input, layers, now.loss_used(), rows)
            .expect("the same layers fitted before");
        self.restore(&state)
            .expect("the same layers have the same state");
    }
}

/// What the squared error is measured from: -1 and 1.
fn signs(labels: &[u8]) -> impl Iterator<Item = f32> {
    labels.iter().map(|label| 2.0 * f32::from(*label) - 1.0)
}

fn hyper(now: &Settings) -> Hyper {
    let rate = now.learning_rate;
    let mut hyper = match now.optimizer {
        Optimizer::Sgd => Hyper::sgd(rate, now.sgd_momentum),
        Optimizer::Adam | Optimizer::AdamW => Hyper::adam(rate),
    };
    match &mut hyper.rule {
        Rule::Sgd { nesterov, .. } => *nesterov = now.nesterov,
        Rule::Adam {
            decouples_decay, ..
        } => *decouples_decay = now.optimizer == Optimizer::AdamW,
    }
    Hyper {
        weight_decay: now.weight_decay,
        ..hyper
    }
}
