//! One network of the twin and the engine that trains it. Knows no command and no clock.

use crate::architecture::NetworkFactory;
use crate::data::{Batch, Dataset};
use crate::engine::{
    CpuEngine, Engine, Model, ObservationRequest, Slice, UpdateRules, network_state,
    restore_network, take_fingerprint,
};
use crate::error::Error;
use crate::lanes::Best;
use crate::network::{Hyper, Mode, Network, Rule};
use crate::numeric::fingerprint::Fingerprint;
use crate::observe::{Measured, Observation, ObservedNetwork, View};
use crate::protocol::{Accuracies, Failure, Losses, Side, SideState};
use crate::settings::Settings;
use crate::settings::choice::{Norm, Optimizer, Statistics};

/// See the module.
pub struct SideRun {
    index: u8,
    /// It stands at the last state that the engine gave.
    pub(crate) observed: ObservedNetwork,
    engine: Box<dyn Engine>,
    /// Of that state, if the engine has made it and nothing has changed since, on these axes.
    observation: Option<Observation>,
    observed_limits: [f32; 3],
    /// Of that state, if nothing has changed since.
    measured: Option<Measured>,
    loss_batch: f32,
    diverged_at: Option<u64>,
    refused: Option<Error>,
}

impl SideRun {
    /// A fresh network on the engine of this build.
    ///
    /// # Errors
    /// The settings describe no possible network.
    pub fn new(
        index: u8,
        norm: Norm,
        settings: &Settings,
        factory: NetworkFactory,
    ) -> Result<Self, Error> {
        Ok(Self {
            index,
            observed: ObservedNetwork::new(norm, settings, factory)?,
            engine: Box::new(CpuEngine::new(factory.lengths)),
            observation: None,
            observed_limits: [0.0; 3],
            measured: None,
            loss_batch: f32::NAN,
            diverged_at: None,
            refused: None,
        })
    }

    /// 0 is run A, 1 is run B.
    pub fn index(&self) -> u8 {
        self.index
    }

    /// Its normalisation.
    pub fn norm(&self) -> Norm {
        self.observed.norm
    }

    /// The step after which loss or parameters were no longer finite.
    pub fn diverged_at(&self) -> Option<u64> {
        self.diverged_at
    }

    /// Units of all hidden layers.
    pub(crate) fn units(&self) -> usize {
        let hidden = self.observed.architecture.hidden.iter();
        hidden.map(|layer| layer.width).sum()
    }

    /// Whether it cannot take the step that was asked.
    pub fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// Lets a refused run try again, after a setting has changed.
    pub fn clear_refusal(&mut self) {
        self.refused = None;
    }

    /// Keeps why it cannot take a step of a batch under these settings, if it cannot; a diverged run takes none.
    pub fn check_batch(&mut self, now: &Settings) {
        if self.diverged_at.is_none() {
            let network = &self.observed.network;
            let check = || network.check_rows(now.batch_size(), Mode::Train);
            self.refused = now.check_batch().and_then(|()| check()).err();
        }
    }

    /// The network as another engine is to train it.
    pub fn model(&self, now: &Settings) -> Model {
        let architecture = &self.observed.architecture;
        Model {
            input: architecture.input,
            layers: architecture.layers.clone(),
            objective: now.loss_used().into(),
            max_rows: self.observed.network.max_rows(),
        }
    }

    /// Has this engine make the steps from now on.
    ///
    /// # Errors
    /// The engine's.
    pub fn use_engine(&mut self, mut engine: Box<dyn Engine>) -> Result<(), Error> {
        engine.restore(&self.observed.network)?;
        self.engine = engine;
        Ok(())
    }

    /// Has the engine of this build make the steps again.
    pub fn use_cpu_engine(&mut self) {
        self.engine = Box::new(CpuEngine::new(self.observed.factory.lengths));
    }

    /// Starts one update on each of these batches, which are none for a diverged run: then only the state comes.
    ///
    /// # Errors
    /// The engine's.
    pub fn start(
        &mut self,
        batches: &[Batch],
        last_batch: &Batch,
        now: &Settings,
        limits: [f32; 3],
        wants_state: bool,
    ) -> Result<(), Error> {
        self.forget_observation(false);
        self.observed_limits = limits;
        let is_diverged = self.diverged_at.is_some();
        let is_of_batch = now.statistics == Statistics::Batch;
        let observed = &mut self.observed;
        // What has diverged is not observed, nor what the lanes alone have: the moments of a whole set, a batch of one.
        let is_observed = wants_state
            && !is_diverged
            && (is_of_batch || now.tracks)
            && (observed.network.check_rows(last_batch.rows, Mode::Batch)).is_ok();
        let selected = observed.selected(now);
        let slice = Slice {
            batches: if is_diverged { &[] } else { batches },
            rules: update_rules(now),
            wants_state,
            observation: is_observed.then_some(ObservationRequest {
                batch: last_batch,
                running: !is_of_batch,
                layers: &observed.architecture.hidden,
                limits,
                selected,
            }),
        };
        self.engine.advance(&mut observed.network, &slice)
    }

    /// Whether what was started is done.
    ///
    /// # Errors
    /// The engine's.
    pub fn poll(&mut self, now_millis: Option<f64>) -> Result<bool, Error> {
        self.engine.poll(now_millis)
    }

    /// Takes over what came of batches started after `done` updates; whether the network stands after them.
    pub fn take(&mut self, done: u64) -> bool {
        let progress = self.engine.take(&mut self.observed.network);
        let lost_at = lost_at(&progress.losses, done);
        if let Some(loss) = progress.losses.last() {
            self.loss_batch = *loss;
        }
        self.diverged_at = lost_at.or(self.diverged_at);
        // Of a run that has diverged, steps beyond the end were observed.
        self.observation = progress.observation.take().filter(|_| lost_at.is_none());
        // It may have been measured while the slice was under way.
        self.measured = None;
        progress.has_state
    }

    /// The losses of updates made elsewhere after `done` others; the state that they led to comes by `restore`.
    pub(crate) fn hear(&mut self, losses: &[f32], done: u64) {
        if let Some(loss) = losses.last() {
            self.loss_batch = *loss;
        }
        self.diverged_at = lost_at(losses, done).or(self.diverged_at);
    }

    /// One update on an engine that is done at once; of a batch that is refused, nothing.
    pub fn step(&mut self, batch: &Batch, now: &Settings, done: u64) {
        let batches = std::slice::from_ref(batch);
        if self.start(batches, batch, now, [0.0; 3], false).is_ok() {
            self.take(done);
        }
    }

    /// What was observed is no longer what would be; nor is what was measured, if the batch size may have changed.
    pub fn forget_observation(&mut self, has_same_batch: bool) {
        self.observation = None;
        self.measured = self.measured.take().filter(|_| has_same_batch);
    }

    /// The loss of the last batch, before its update; NaN before the first.
    pub fn loss_batch(&self) -> f32 {
        self.loss_batch
    }

    /// Nothing after this step has been.
    pub fn rewind(&mut self, step: u64) {
        self.diverged_at = self.diverged_at.filter(|at| *at <= step);
    }

    /// Its side of a frame, on the rows of the current mini-batch.
    pub(crate) fn side_frame(
        &mut self,
        data: &Dataset,
        rows: &[u32],
        now: &Settings,
        view: View,
    ) -> Side {
        self.make_room(rows.len(), now);
        let observed = &mut self.observed;
        let kept = self.measured.take().filter(|kept| kept.suits(view));
        let measured = kept.unwrap_or_else(|| observed.measure(data, now, view.is_whole));
        let measured = self.measured.insert(measured);
        // Kept: what is recorded of a state is seen of it too.
        let is_on_axes = self.observed_limits == view.limits;
        let observation = self.observation.clone().filter(|_| is_on_axes);
        let side = observed.side_frame(data, rows, now, view, measured, observation);
        Side {
            loss: Losses {
                batch: self.loss_batch,
                ..side.loss
            },
            ..self.about(side)
        }
    }

    /// Losses and accuracies of the state it stands at, as its side of a frame has them.
    pub(crate) fn figures(&mut self, data: &Dataset, now: &Settings) -> (Losses, Accuracies) {
        self.make_room(now.batch_size(), now);
        let (loss, accuracy) = self.observed.figures(data, now);
        let batch = self.loss_batch;
        (Losses { batch, ..loss }, accuracy)
    }

    /// A copy of its network as an update on this batch under these settings finds it.
    pub(crate) fn copy_for(&self, batch: &Batch, now: &Settings) -> Network<Best> {
        let mut network = self.observed.network.clone();
        network.set_batch_norm_momentum(now.momentum);
        network.set_frozen(now.frozen);
        (self.observed.factory.lengths)(&mut network, &batch.lengths);
        network
    }

    /// Of the bits of all that it has learned (`engine::take_fingerprint`).
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut of = Fingerprint::default();
        take_fingerprint(&mut of, &network_state(&self.observed.network));
        of.value()
    }

    /// What is known of a side that has diverged, where nobody looks at it.
    pub(crate) fn ended(&self) -> Side {
        let norm = self.observed.norm.name().into();
        self.about(Side {
            norm,
            ..Side::default()
        })
    }

    fn about(&self, side: Side) -> Side {
        Side {
            index: self.index,
            diverged_at: self.diverged_at,
            refused: self.refused.as_ref().map(Failure::from),
            ..side
        }
    }

    /// Everything needed to go on.
    pub fn state(&self) -> SideState {
        SideState {
            index: self.index,
            network: network_state(&self.observed.network),
            loss_batch: self.loss_batch,
            diverged_at: self.diverged_at,
        }
    }

    /// Takes over what `state` gave.
    ///
    /// # Errors
    /// It is the state of another network.
    pub fn restore(&mut self, state: &SideState) -> Result<(), Error> {
        restore_network(&mut self.observed.network, &state.network)?;
        self.loss_batch = state.loss_batch;
        self.diverged_at = state.diverged_at;
        Ok(())
    }

    /// A larger batch than ever before needs a larger network; its state moves over. Whether it did.
    pub fn make_room(&mut self, rows: usize, now: &Settings) -> bool {
        let observed = &mut self.observed;
        if rows <= observed.network.max_rows() {
            return false;
        }
        let state = network_state(&observed.network);
        let (input, layers) = (observed.architecture.input, &observed.architecture.layers);
        observed.network = Network::with_input(input, layers, now.loss_used(), rows)
            .expect("the same layers fitted before");
        restore_network(&mut observed.network, &state)
            .expect("the same layers have the same state");
        true
    }
}

/// The step of the first loss that is not finite, of updates after `done` others.
fn lost_at(losses: &[f32], done: u64) -> Option<u64> {
    let place = losses.iter().position(|loss| !loss.is_finite());
    place.map(|place| done + 1 + place as u64)
}

/// The optimiser and what stands still, as settings say.
pub(crate) fn update_rules(now: &Settings) -> UpdateRules {
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
    hyper.weight_decay = now.weight_decay;
    UpdateRules {
        hyper,
        momentum: now.momentum,
        frozen: now.frozen,
    }
}
