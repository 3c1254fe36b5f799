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
    place: usize,
    now: Settings,
    rules: UpdateRules,
    dataset: Dataset,
    observed: ObservedNetwork,
    /// Layers of the normalisations that wait.
    waits: Vec<usize>,
    batches: Batches,
    /// The whole batch of the step that is not done.
    rows: Vec<u32>,
    /// This device's part of it.
    batch: Batch,
    total_rows: usize,
    stage: Stage,
    message: Vec<f32>,
    loss: f32,
    steps: u64,
    /// Buffers and count of batches before the step.
    before: (Vec<f32>, u64),
}

impl Device {
    /// Device number `place`, from 0, at step 0. `digits` are the bytes of `assets/digits/digits.bin`, of which only
    /// digits take any. What the settings say of normalisations and of later changes is of no account.
    ///
    /// # Errors
    /// The settings describe no possible network, or the bytes are no digits.
    pub fn new(
        settings: &Settings,
        sharing: Sharing,
        place: usize,
        digits: &[u8],
    ) -> Result<Self, Error> {
        let now = settings.in_force(0);
        let (norm, factory) = sharing.network();
        let dataset = (factory.data)(&now, digits)?;
        let mut observed = ObservedNetwork::new(norm, &now, factory)?;
        let rules = update_rules(&now);
        observed.network.set_batch_norm_momentum(rules.momentum);
        observed.network.set_frozen(rules.frozen);
        Ok(Self {
            place,
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

    /// Begins the next step, or the one that was given up, on a batch of which device r has `shards[r]` rows.
    ///
    /// # Errors
    /// The shards are not as many rows as a batch has, none or too many, or leave a normalisation too few values: all
    /// devices say so alike, and nothing has changed.
    ///
    /// # Panics
    /// If a step is under way.
    pub fn begin(&mut self, shards: &[usize]) -> Result<(), Error> {
        assert_eq!(self.stage, Stage::Idle, "a step is under way");
        self.check(shards)?;
        let total = self.now.batch_size();
        if self.rows.is_empty() {
            self.rows.extend_from_slice(self.batches.next_batch(total));
        }
        let start: usize = shards[..self.place].iter().sum();
        let own = start..start + shards[self.place];
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

    fn check(&mut self, shards: &[usize]) -> Result<(), Error> {
        let total = self.now.batch_size();
        let sum = shards.iter().fold(0_usize, |sum, n| sum.saturating_add(*n));
        if shards.len() <= self.place || shards.len() > MOST_DEVICES || sum != total {
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

    /// From waiting normalisation `norm` on, itself among them, up to the next.
    fn forward_range(&self, norm: usize) -> Range<usize> {
        let end = self.observed.network.layer_count();
        self.waits[norm]..self.waits.get(norm + 1).copied().unwrap_or(end)
    }

    fn stop_forward(&mut self, norm: usize) {
        self.message.clear();
        let network = &mut self.observed.network;
        let Some(layer) = self.waits.get(norm) else {
            self.turn_back();
            return;
        };
        self.stage = Stage::Moments(norm);
        match self.batch.rows {
            0 => network
                .device_norm(*layer)
                .send_moments(&[], 0, &mut self.message),
            _ => network.send_moments(*layer, &mut self.message),
        }
    }

    /// The loss, and back to the last normalisation that waits.
    fn turn_back(&mut self) {
        let rows = self.batch.rows;
        self.loss = f32::NAN;
        if rows > 0 {
            let share = rows as f64 / self.total_rows as f64;
            let targets = self.batch.targets();
            self.loss = self.observed.network.loss_of_share(targets, share);
        }
        self.go_back(self.waits.len());
        self.stop_backward(self.waits.len());
    }

    /// Brings the gradient back through waiting normalisation `norm`, from the output where there is none of that number, and
    /// through the layers before it, down to what the one before it gave.
    fn go_back(&mut self, norm: usize) {
        if self.batch.rows == 0 {
            return;
        }
        let end = self.observed.network.layer_count();
        let start = norm
            .checked_sub(1)
            .map_or(0, |before| self.waits[before] + 1);
        let end = self.waits.get(norm).map_or(end, |layer| layer + 1);
        self.observed.network.backward_layers(start..end);
    }

    /// Stands still at the normalisation before number `norm`, or at the end with all gradients.
    fn stop_backward(&mut self, norm: usize) {
        self.message.clear();
        let network = &mut self.observed.network;
        let Some(before) = norm.checked_sub(1) else {
            self.stage = Stage::Gradients;
            match self.batch.rows {
                0 => self.message.resize(network.parameters().len(), 0.0),
                _ => self.message.extend_from_slice(network.gradients()),
            }
            return;
        };
        self.stage = Stage::Sums(before);
        let layer = self.waits[before];
        match self.batch.rows {
            0 => network
                .device_norm(layer)
                .send_sums(&[], 0, &mut self.message),
            _ => network.send_sums(layer, &mut self.message),
        }
    }
}
