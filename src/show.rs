//! What a run looks like after a step: its side of a frame. Trains nothing and moves no running statistics.

use crate::choice::{Loss, Norm, Statistics};
use crate::dataset::{Dataset, Split};
use crate::network::{Mode, Moments, Table};
use crate::protocol::{Accuracies, BOUNDARY_SIDE, LayerStats, Lens, Losses, Side};
use crate::run::{Hidden, Run};
use crate::settings::Settings;
use crate::statistics::{distribution, saturated};

/// Loss and accuracy on some points.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score {
    pub loss: f32,
    pub accuracy: f32,
}

impl Run {
    /// This run's side of a frame, on the rows of the current mini-batch.
    pub fn show(&mut self, data: &Dataset, rows: &[u32], now: &Settings, axis_limit: f32) -> Side {
        self.make_room(rows.len(), now);
        self.gather(&data.train, rows);
        let full = self.full_moments(&data.train);
        let batch = self.batch_moments(rows.len());
        let (layers, lens) = self.show_layers(&full, &batch, rows.len(), now, axis_limit);
        let train = self.score(&data.train, Mode::Running, now);
        let running = self.score(&data.test, Mode::Running, now);
        let (eval_batch, eval_full) = if self.norm() == Norm::None {
            // Without normalisation no statistics take part: the three are one.
            (running.accuracy, running.accuracy)
        } else {
            (
                self.accuracy_in_batches(&data.test, now),
                self.score(&data.test, Mode::Given(&full), now).accuracy,
            )
        };
        Side {
            index: self.index(),
            norm: self.norm().name().into(),
            loss: Losses {
                batch: self.loss_batch,
                train: train.loss,
                eval: running.loss,
            },
            accuracy: Accuracies {
                train: train.accuracy,
                eval_batch,
                eval_running: running.accuracy,
                eval_full,
            },
            layers,
            boundary: self.boundary(batch.as_deref(), now),
            lens,
            diverged_at: self.diverged_at(),
            refused: self.refused(),
        }
    }

    /// Moments of every hidden pre-activation over the whole training set, where each layer below is normalised by
    /// its own moments of the whole set.
    pub(crate) fn full_moments(&mut self, train: &Split) -> Vec<Moments> {
        self.network
            .infer(&train.x, train.len(), Mode::Batch, &mut self.scratch)
            .expect("a training set has more than one point");
        self.scratch.moments().to_vec()
    }

    /// The mini-batch's own moments; `None` for a batch of one, which has none.
    fn batch_moments(&mut self, rows: usize) -> Option<Vec<Moments>> {
        self.network
            .infer(&self.x, rows, Mode::Batch, &mut self.scratch)
            .ok()?;
        Some(self.scratch.moments().to_vec())
    }

    pub(crate) fn score(&mut self, split: &Split, mode: Mode<'_>, now: &Settings) -> Score {
        let logits = self
            .network
            .infer(&split.x, split.len(), mode, &mut self.scratch)
            .expect("fixed statistics take any number of rows");
        score(logits, &split.labels, now.loss)
    }

    /// Test accuracy in training mode: each batch of the current size is normalised by itself.
    fn accuracy_in_batches(&mut self, test: &Split, now: &Settings) -> f32 {
        let size = now.batch_size().clamp(2, test.len());
        let features = test.x.len() / test.len();
        let mut right = 0.0;
        let mut seen = 0;
        // A rest too short for a batch is left out, as in training.
        for (x, labels) in test
            .x
            .chunks_exact(size * features)
            .zip(test.labels.chunks_exact(size))
        {
            let logits = self
                .network
                .infer(x, size, Mode::Batch, &mut self.scratch)
                .expect("a batch of two or more");
            right += score(logits, labels, now.loss).accuracy * size as f32;
            seen += size;
        }
        right / seen as f32
    }

    fn boundary(&mut self, batch: Option<&[Moments]>, now: &Settings) -> Vec<f32> {
        let side = BOUNDARY_SIDE;
        let centre = |i: usize| (2 * i + 1) as f32 / side as f32 - 1.0;
        let cells = (0..side).flat_map(|row| (0..side).map(move |col| (row, col)));
        let x: Vec<f32> = cells
            .flat_map(|(row, col)| [centre(col), -centre(row)])
            .collect();
        let mode = match (now.statistics, batch) {
            (Statistics::Batch, Some(moments)) => Mode::Given(moments),
            _ => Mode::Running,
        };
        let logits = self
            .network
            .infer(&x, side * side, mode, &mut self.scratch)
            .expect("fixed statistics take any number of rows");
        margins(logits, now.loss).collect()
    }

    fn show_layers(
        &mut self,
        full: &[Moments],
        batch: &Option<Vec<Moments>>,
        rows: usize,
        now: &Settings,
        limit: f32,
    ) -> (Vec<LayerStats>, Lens) {
        let mode = match (now.statistics, batch) {
            (Statistics::Batch, Some(_)) => Mode::Batch,
            _ => Mode::Running,
        };
        self.network
            .forward(&self.x, rows, mode)
            .expect("batch statistics exist, or running ones are used");
        let hidden = self.hidden.clone();
        let layers = hidden
            .iter()
            .enumerate()
            .map(|(place, part)| {
                let batch = batch.as_ref().map(|moments| &moments[place]);
                self.show_layer(place, part, &full[place], batch, now, limit)
            })
            .collect();
        (layers, self.show_lens(&hidden, now))
    }

    fn show_layer(
        &self,
        place: usize,
        part: &Hidden,
        full: &Moments,
        batch: Option<&Moments>,
        now: &Settings,
        limit: f32,
    ) -> LayerStats {
        let network = &self.network;
        let before = network.activation(part.affine);
        let number = place + 1;
        let into_activation = part.norm.map_or(before, |norm| network.activation(norm));
        let (batch_mean, batch_var) = match batch {
            Some(moments) => (moments.mean.clone(), moments.variance.clone()),
            // A batch of one: each unit's value is its mean.
            None => (before.values().to_vec(), vec![0.0; part.width]),
        };
        let points = now.train_points() as f32;
        let mut stats = LayerStats {
            name: format!("layer {number}"),
            kind: "affine".into(),
            before: distribution(before.values(), limit),
            output: distribution(network.activation(part.activation).values(), limit),
            saturated: saturated(into_activation.values(), now.activation),
            batch_mean,
            batch_var,
            full_mean: full.mean.clone(),
            full_var: full
                .variance
                .iter()
                .map(|v| v * points / (points - 1.0))
                .collect(),
            gradient_norm: norm_of(network.gradient(&format!("fc{number}.weight"))),
            ..LayerStats::default()
        };
        if let Some(norm) = part.norm {
            stats.kind = format!("affine+{}", self.norm().name());
            stats.normalized = Some(distribution(network.x_hat(norm).values(), limit));
            stats.after = Some(distribution(into_activation.values(), limit));
            let (mean, variance) = network.running(norm);
            stats.running_mean = mean.to_vec();
            stats.running_var = variance.to_vec();
            if now.affine {
                stats.gamma = network.parameter(&format!("norm{number}.gamma")).to_vec();
                stats.beta = network.parameter(&format!("norm{number}.beta")).to_vec();
                stats.d_gamma = network.gradient(&format!("norm{number}.gamma")).to_vec();
                stats.d_beta = network.gradient(&format!("norm{number}.beta")).to_vec();
            }
        }
        stats
    }

    fn show_lens(&self, hidden: &[Hidden], now: &Settings) -> Lens {
        let layer = (now.focus_layer as usize).min(hidden.len() - 1);
        let part = &hidden[layer];
        let unit = (now.focus_unit as usize).min(part.width - 1);
        let pick = |table: Table<'_>| table.unit(unit).to_vec();
        let norm = part.norm;
        Lens {
            layer: layer as u32,
            unit: unit as u32,
            labels: self.labels.clone(),
            before: pick(self.network.activation(part.affine)),
            normalized: norm.map_or_else(Vec::new, |norm| pick(self.network.x_hat(norm))),
            after: norm.map_or_else(Vec::new, |norm| pick(self.network.activation(norm))),
        }
    }
}

/// Logit of class 1 against class 0, row by row.
fn margins(logits: Table<'_>, kind: Loss) -> impl Iterator<Item = f32> {
    let (class_0, class_1) = match kind {
        Loss::BinaryCrossEntropy => (None, logits.unit(0)),
        Loss::CrossEntropy => (Some(logits.unit(0)), logits.unit(1)),
    };
    let against = move |row: usize| class_0.map_or(0.0, |class_0| class_0[row]);
    (0..logits.rows()).map(move |row| class_1[row] - against(row))
}

/// Mean loss and share of right answers, summed in f64 in the order of the rows.
///
/// Softmax cross-entropy of two classes is the binary one of their margin, so one formula serves both losses.
fn score(logits: Table<'_>, labels: &[u8], kind: Loss) -> Score {
    let mut loss_sum = 0.0_f64;
    let mut right = 0_usize;
    for (margin, label) in margins(logits, kind).zip(labels) {
        let z = f64::from(margin);
        loss_sum += z.max(0.0) - z * f64::from(*label) + libm::log1p(libm::exp(-z.abs()));
        right += usize::from(u8::from(z > 0.0) == *label);
    }
    Score {
        loss: (loss_sum / labels.len() as f64) as f32,
        accuracy: right as f32 / labels.len() as f32,
    }
}

fn norm_of(values: &[f32]) -> f32 {
    let squares = values.iter().map(|v| f64::from(*v) * f64::from(*v));
    squares.sum::<f64>().sqrt() as f32
}
