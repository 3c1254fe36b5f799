//! A device: the network, its rows of the batch of the moment, and where its step stands still.

use std::ops::Range;

use super::{MOST_DEVICES, Sharing};
use crate::data::{Batch, Dataset};
use crate::engine::{UpdateRules, network_state, take_fingerprint};
use crate::error::Error;
use crate::network::Mode;
use crate::numeric::fingerprint::Fingerprint;
use crate::observe::ObservedNetwork;
use crate::protocol::{Accuracies, Losses};
use crate::settings::Settings;
use crate::settings::choice::Loss;
use crate::training::{Batches, update_rules};

/// Where a device stands still, and what its message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Between two steps.
    Idle,
    /// Forward: count, means and inverse deviations of this normalisation, from 0; it waits for those of all devices.
    Moments(usize),
    /// Backward: the two sums of this normalisation.
    Sums(usize),
    /// The gradients of all parameters.
    Gradients,
}

/// Mean and biased variance by which one normalisation normalised in the last step, each `[C]`.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerStatistics {
    /// μ.
    pub mean: Vec<f32>,
    /// σ².
    pub variance: Vec<f32>,
}

/// What a device has come to.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceReport {
    /// Updates made.
    pub step: u64,
    /// Mean per point of the training and of the test set; of the batch that of this device's rows.
    pub loss: Losses,
    /// On the sets, as in a frame.
    pub accuracy: Accuracies,
    /// As a job's: equal on all devices that have heard the same.
    pub fingerprint: u64,
}

/// See the module.
pub struct Device {
    now: Settings,
    rules: UpdateRules,
    dataset: Dataset,
    pub(super) observed: ObservedNetwork,
    /// Layers of the normalisations that wait.
    pub(super) waits: Vec<usize>,
    batches: Batches,
    /// The whole batch of the step that is not done.
    rows: Vec<u32>,
    /// This device's part of it.
    pub(super) batch: Batch,
    pub(super) total_rows: usize,
    pub(super) stage: Stage,
    pub(super) message: Vec<f32>,
    pub(super) loss: f32,
    steps: u64,
    /// Buffers and count of batches before the step.
    before: (Vec<f32>, u64),
}

impl Device {
    /// A device at step 0. `digits` are the bytes of `assets/digits/digits.bin`, of which only
    /// digits take any. Which normalisations the settings name is of no account. Dropout is drawn on each device for itself.
    ///
    /// # Errors
    /// The settings describe no possible network or change on the way, or the bytes are no digits.
    pub fn new(settings: &Settings, sharing: Sharing, digits: &[u8]) -> Result<Self, Error> {
        if !settings.changes.is_empty() {
            return Err(Error::InvalidSetting {
                name: "changes",
                value: format!("{} changes", settings.changes.len()),
                allowed: "no changes on several devices".into(),
            });
        }
        let now = settings.in_force(0);
        let (norm, factory) = sharing.network();
        let dataset = (factory.data)(&now, digits)?.in_domain(&now);
        let mut observed = ObservedNetwork::new(norm, &now, factory)?;
        let rules = update_rules(&now);
        observed.network.set_batch_norm_momentum(rules.momentum);
        observed.network.set_frozen(rules.frozen);
        Ok(Self {
            batches: Batches::new(u64::from(now.seed), dataset.train.len()),
            waits: observed.network.waiting_layers(),
            before: (observed.network.buffers().to_vec(), 0),
            now,
            rules,
            dataset,
            observed,
            rows: Vec::new(),
            batch: Batch::default(),
            total_rows: 0,
            stage: Stage::Idle,
            message: Vec::new(),
            loss: f32::NAN,
            steps: 0,
        })
    }

    /// Rows of a batch, all devices together.
    pub fn batch_size(&self) -> usize {
        self.now.batch_size()
    }

    /// Channels of each normalisation that waits, the first first.
    pub fn waiting_channels(&mut self) -> Vec<usize> {
        let network = &mut self.observed.network;
        let waits = self.waits.iter();
        waits
            .map(|layer| network.device_norm(*layer).channels())
            .collect()
    }

    /// Updates made.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Rows of the step that is under way, or was last.
    pub fn rows(&self) -> usize {
        self.batch.rows
    }

    /// Where it stands still.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// What it sends to all where it stands.
    pub fn message(&self) -> &[f32] {
        &self.message
    }

    /// The loss of its rows before the update, their mean; NaN where it has none.
    pub fn loss(&self) -> f32 {
        self.loss
    }

    /// Begins the next step, or the one that was given up, as device number `place` from 0, on a batch of which device r has
    /// `shards[r]` rows.
    ///
    /// # Errors
    /// The shards are not as many rows as a batch has, none or too many, or leave a normalisation too few values: all
    /// devices say so alike, and nothing has changed.
    ///
    /// # Panics
    /// If a step is under way.
    pub fn begin(&mut self, place: usize, shards: &[usize]) -> Result<(), Error> {
        assert_eq!(self.stage, Stage::Idle, "a step is under way");
        self.check(place, shards)?;
        let total = self.now.batch_size();
        if self.rows.is_empty() {
            let classes = self.dataset.train.classes(&self.now);
            self.rows
                .extend_from_slice(self.batches.next_batch(total, classes));
        }
        let start: usize = shards[..place].iter().sum();
        let own = start..start + shards[place];
        let features = self.observed.architecture.input.units();
        let has_values = self.now.loss_used() == Loss::SquaredError;
        self.batch
            .gather(&self.dataset.train, &self.rows[own], features, has_values);
        self.total_rows = total;
        let network = &mut self.observed.network;
        self.before.0.copy_from_slice(network.buffers());
        self.before.1 = network.batches_tracked();
        network.count_batch();
        (self.observed.factory.lengths)(network, &self.batch.lengths);
        if self.batch.rows > 0 {
            let end = network.layer_count();
            let until = self.waits.first().copied().unwrap_or(end);
            network.begin_rows(&self.batch.x, self.batch.rows, until);
        }
        self.stop_forward(0);
        Ok(())
    }

    /// Takes what all devices have sent, one message after the other, and goes on to where it stands still next: idle once
    /// the step is made.
    ///
    /// # Panics
    /// If no step is under way, or messages are of another length.
    pub fn hear(&mut self, all: &[f32]) {
        let network = &mut self.observed.network;
        match self.stage {
            Stage::Idle => panic!("no step is under way"),
            Stage::Moments(norm) => {
                let layer = self.waits[norm];
                network.device_norm(layer).take_moments(all);
                if self.batch.rows > 0 {
                    let layers = self.forward_range(norm);
                    self.observed.network.forward_layers(layers);
                } else {
                    network.move_averages(layer);
                }
                self.stop_forward(norm + 1);
            }
            Stage::Sums(norm) => {
                network.device_norm(self.waits[norm]).take_sums(all);
                self.go_back(norm);
                self.stop_backward(norm);
            }
            Stage::Gradients => {
                network.update_by(all, &self.rules.hyper);
                self.steps += 1;
                self.rows.clear();
                self.message.clear();
                self.stage = Stage::Idle;
            }
        }
    }

    /// Gives the step up: the next `begin` repeats it.
    pub fn give_up(&mut self) {
        let network = &mut self.observed.network;
        if self.stage != Stage::Idle {
            network.buffers_mut().copy_from_slice(&self.before.0);
            network.set_batches_tracked(self.before.1);
        }
        self.message.clear();
        self.stage = Stage::Idle;
    }

    /// What it has come to.
    pub fn report(&mut self) -> DeviceReport {
        let (loss, accuracy) = self.observed.figures(&self.dataset, &self.now);
        let mut of = Fingerprint::default();
        take_fingerprint(&mut of, &network_state(&self.observed.network));
        DeviceReport {
            step: self.steps,
            loss: Losses {
                batch: self.loss,
                ..loss
            },
            accuracy,
            fingerprint: of.value(),
        }
    }

    /// All parameters, flat.
    pub fn parameters(&self) -> &[f32] {
        self.observed.network.parameters()
    }

    /// Names of all parameters with their places, in order.
    pub fn views(&self) -> &[(String, Range<usize>)] {
        self.observed.network.views()
    }

    /// By what each normalisation over the batch normalised in the last step, the first first.
    pub fn statistics(&self) -> Vec<LayerStatistics> {
        if !self.observed.norm.mixes_rows() {
            return Vec::new();
        }
        let hidden = self.observed.architecture.hidden.iter();
        let norms = hidden.filter_map(|layer| layer.norm);
        let statistics = norms.map(|norm| {
            let (mean, variance) = self.observed.network.batch_moments(norm);
            LayerStatistics {
                mean: mean.to_vec(),
                variance: variance.to_vec(),
            }
        });
        statistics.collect()
    }

    fn check(&mut self, place: usize, shards: &[usize]) -> Result<(), Error> {
        let total = self.now.batch_size();
        let sum = shards.iter().fold(0_usize, |sum, n| sum.saturating_add(*n));
        if shards.len() <= place || shards.len() > MOST_DEVICES || sum != total {
            let each: Vec<String> = shards.iter().map(usize::to_string).collect();
            return Err(Error::InvalidSetting {
                name: "shards",
                value: each.join("-"),
                allowed: format!("1..{MOST_DEVICES} numbers of rows, {total} together"),
            });
        }
        for layer in &self.waits {
            self.observed
                .network
                .device_norm(*layer)
                .check_batch(total)?;
        }
        let mut filled = shards.iter().filter(|rows| **rows > 0);
        filled.try_for_each(|rows| self.observed.network.check_rows(*rows, Mode::Train))
    }
}
