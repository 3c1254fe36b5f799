//! What a run looks like after a step: its side of a frame. Trains nothing and moves no running statistics.

use super::selected_unit;
use crate::data::{Dataset, Split};
use crate::network::{Mode, Moments, Table};
use crate::observe::{LayerObservation, Observation};
use crate::protocol::{Accuracies, BOUNDARY_SIDE, GUESSES, LayerStats, Losses, SelectedUnit, Side};
use crate::settings::Settings;
use crate::settings::choice::{Loss, Statistics};
use crate::training::SideRun;

/// Loss and accuracy on some points.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score {
    pub loss: f32,
    pub accuracy: f32,
}

/// Multiplications that one look at a set of points may take, so that a pause is heard while frames are made: the
/// plainest build does two thousand million a second.
const LOOK: usize = 4_000_000;
/// Points that are always looked at.
const LEAST_LOOK: usize = 128;

impl SideRun {
    /// How many points of a set losses, accuracies and full-set statistics are of: always the same, the first.
    pub fn sample(&self, split: &Split) -> usize {
        let most = (LOOK / self.plan.work.max(1)).max(LEAST_LOOK);
        split.len().min(most)
    }

    /// This run's side of a frame, on the rows of the current mini-batch.
    pub fn show(&mut self, data: &Dataset, rows: &[u32], now: &Settings, limits: [f32; 3]) -> Side {
        self.make_room(rows.len(), now);
        self.gather(&data.train, rows);
        let full = self.full_moments(&data.train);
        let points = self.sample(&data.train);
        let Observation {
            moments: batch,
            columns,
            unit,
        } = self.sight(&full, now, limits);
        let layers = self.show_layers(columns, &full, batch.as_deref(), points);
        let selected_unit = self.selected_unit(unit, &layers, now);
        let train = self.score(&data.train, Mode::Running, now);
        let running = self.score(&data.test, Mode::Running, now);
        let (eval_batch, eval_full) = if self.norm().mixes_rows() {
            (
                self.accuracy_in_batches(&data.test, now),
                self.score(&data.test, Mode::Given(&full), now).accuracy,
            )
        } else {
            // No statistics of a batch take part: the three are one.
            (running.accuracy, running.accuracy)
        };
        let shown = shown_mode(now, batch.as_deref(), &full);
        let (mut boundary, mut confusion, mut guesses) = (Vec::new(), Vec::new(), Vec::new());
        if self.plan.input.units() == 2 {
            boundary = self.boundary(shown);
        } else {
            (confusion, guesses) = self.answers(&data.test, shown);
        }
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
            boundary,
            confusion,
            guesses,
            selected_unit,
            diverged_at: self.diverged_at(),
            refused: self.refused(),
        }
    }

    /// Moments of every hidden pre-activation over the training set (its sample), where each layer below is
    /// normalised by its own moments of the whole.
    pub(crate) fn full_moments(&mut self, train: &Split) -> Vec<Moments> {
        let rows = self.sample(train);
        if self.infer(train.points(0..rows), Mode::Batch).is_err() {
            // Ghost batches may leave a chunk of one: it stays out.
            self.infer(train.points(0..rows - 1), Mode::Batch)
                .expect("a training set has more than two points");
        }
        self.scratch.moments().to_vec()
    }

    pub(crate) fn score(&mut self, split: &Split, mode: Mode<'_>, now: &Settings) -> Score {
        let rows = self.sample(split);
        let Ok(logits) = self.infer(split.points(0..rows), mode) else {
            // Ghost batches without running averages, of which the last has one row.
            return Score {
                loss: f32::NAN,
                accuracy: f32::NAN,
            };
        };
        score(logits, &split.labels[..rows], now.loss_used())
    }

    /// What the sample of the test set is taken for: counted by class and class, and the first ones one by one; of
    /// sequences all, which are then counted by length.
    fn answers(&mut self, test: &Split, mode: Mode<'_>) -> (Vec<u32>, Vec<u8>) {
        let rows = self.sample(test);
        let logits = self
            .infer(test.points(0..rows), mode)
            .expect("fixed statistics take any number of rows");
        let classes = classes(logits);
        let mut confusion = vec![0; classes * classes];
        let mut guesses: Vec<u8> = (0..rows).map(|row| guess(logits, row)).collect();
        for (label, guess) in test.labels.iter().zip(&guesses) {
            confusion[usize::from(*label) * classes + usize::from(*guess)] += 1;
        }
        if test.lengths.is_empty() {
            guesses.truncate(GUESSES);
        }
        (confusion, guesses)
    }

    /// Test accuracy in training mode: each batch of the current size is normalised by itself. NaN where no batch of
    /// that size can be.
    fn accuracy_in_batches(&mut self, test: &Split, now: &Settings) -> f32 {
        let rows = self.sample(test);
        let size = now.batch_size().clamp(2, rows);
        let mut right = 0.0;
        let mut seen = 0;
        // A rest too short for a batch is left out, as in training.
        for batch in 0..rows / size {
            let points = test.points(batch * size..(batch + 1) * size);
            let Ok(logits) = self.infer(points, Mode::Batch) else {
                return f32::NAN;
            };
            right += score(logits, points.labels, now.loss_used()).accuracy * size as f32;
            seen += size;
        }
        right / seen as f32
    }

    fn boundary(&mut self, mode: Mode<'_>) -> Vec<f32> {
        let side = BOUNDARY_SIDE;
        let centre = |i: usize| (2 * i + 1) as f32 / side as f32 - 1.0;
        let cells = (0..side).flat_map(|row| (0..side).map(move |col| (row, col)));
        let x: Vec<f32> = cells
            .flat_map(|(row, col)| [centre(col), -centre(row)])
            .collect();
        let scratch = &mut self.scratch;
        let logits = (self.factory.infer)(&self.network, &x, side * side, &[], mode, scratch)
            .expect("fixed statistics take any number of rows");
        let margin = |row| logit(logits, row, 1) - logit(logits, row, 0);
        (0..side * side).map(margin).collect()
    }

    /// This run's sight of the batch that was gathered: an engine's, if it sent one of just this, else made here.
    fn sight(&mut self, full: &[Moments], now: &Settings, limits: [f32; 3]) -> Observation {
        if let Some(sight) = self.seen_afar(now, limits) {
            return sight;
        }
        self.see(full, now, limits)
    }

    fn selected_unit(
        &self,
        [before, normalized, after]: [Vec<f32>; 3],
        layers: &[LayerStats],
        now: &Settings,
    ) -> SelectedUnit {
        let (layer, unit) = self.in_lens(now);
        let values = SelectedUnit {
            layer: layer as u32,
            unit: unit as u32,
            labels: self.labels.clone(),
            before,
            normalized,
            after,
            ..SelectedUnit::default()
        };
        selected_unit::complete(values, &layers[layer], now)
    }

    fn show_layers(
        &self,
        columns: Vec<LayerObservation>,
        full: &[Moments],
        batch: Option<&[Moments]>,
        points: usize,
    ) -> Vec<LayerStats> {
        let columns = columns.into_iter().enumerate();
        columns
            .map(|(place, seen)| {
                let batch = batch.map(|moments| &moments[place]);
                self.show_layer(place, seen, &full[place], batch, points)
            })
            .collect()
    }

    fn show_layer(
        &self,
        place: usize,
        seen: LayerObservation,
        full: &Moments,
        batch: Option<&Moments>,
        points: usize,
    ) -> LayerStats {
        let network = &self.network;
        let (part, number) = (&self.plan.hidden[place], place + 1);
        let (batch_mean, batch_var) = match batch {
            Some(moments) => (moments.mean.clone(), moments.variance.clone()),
            // A batch of one: each unit's value is its mean.
            None if network.activation(part.product).rows() == 1 => (
                network.activation(part.product).values().to_vec(),
                vec![0.0; part.width],
            ),
            None => (full.mean.clone(), full.variance.clone()),
        };
        let points = (points * network.positions(part.product)) as f32;
        let mut stats = LayerStats {
            name: format!("layer {number}"),
            kind: part.kind.into(),
            before: seen.before,
            normalized: seen.normalized,
            after: seen.after,
            output: seen.output,
            saturated: seen.saturated,
            batch_mean,
            batch_var,
            full_mean: full.mean.clone(),
            full_var: full
                .variance
                .iter()
                .map(|v| v * points / (points - 1.0))
                .collect(),
            gradient_norm: norm_of(network.gradient(&part.weight)),
            ..LayerStats::default()
        };
        if let Some(norm) = part.norm {
            stats.kind = format!("{}+{}", part.kind, self.norm().name());
            if self.norm().mixes_rows() {
                let (mean, variance) = network.running(norm);
                stats.running_mean = mean.to_vec();
                stats.running_var = variance.to_vec();
            }
            let parameters = [
                ("gamma", &mut stats.gamma, &mut stats.d_gamma),
                ("beta", &mut stats.beta, &mut stats.d_beta),
            ];
            for (name, values, gradients) in parameters {
                let name = format!("norm{number}.{name}");
                // One a unit is shown; Layer Normalization of images has one a pixel.
                let view = network.views().iter().find(|(known, _)| *known == name);
                if let Some((_, place)) = view.filter(|(_, place)| place.len() == part.width) {
                    *values = network.parameters()[place.clone()].to_vec();
                    *gradients = network.gradients()[place.clone()].to_vec();
                }
            }
        }
        stats
    }
}

/// Whose moments normalise what is shown: the batch's where they are chosen and there are some, else the running ones;
/// where there are none of those, the training set's, which unlike a batch's always exist.
pub(crate) fn shown_mode<'a>(
    now: &Settings,
    batch: Option<&'a [Moments]>,
    full: &'a [Moments],
) -> Mode<'a> {
    match (now.statistics, batch) {
        (Statistics::Batch, Some(moments)) => Mode::Given(moments),
        _ if now.tracks => Mode::Running,
        _ => Mode::Given(full),
    }
}

/// The value of a class at a row: a single output stands for class 1 against a class 0 of value 0.
fn logit(logits: Table<'_>, row: usize, class: usize) -> f32 {
    match (logits.features(), class) {
        (1, 0) => 0.0,
        (1, _) => logits.at(row, 0),
        _ => logits.at(row, class),
    }
}

fn classes(logits: Table<'_>) -> usize {
    logits.features().max(2)
}

/// The class of the largest value, the first of equal ones.
fn guess(logits: Table<'_>, row: usize) -> u8 {
    let better = |best: usize, class: usize| {
        if logit(logits, row, class) > logit(logits, row, best) {
            class
        } else {
            best
        }
    };
    (0..classes(logits)).fold(0, better) as u8
}

/// Mean loss and share of right answers, summed in f64 in the order of the rows.
///
/// Binary cross-entropy is that of two classes, so one formula serves both.
fn score(logits: Table<'_>, labels: &[u8], kind: Loss) -> Score {
    let mut loss_sum = 0.0_f64;
    let mut right = 0_usize;
    for (row, label) in labels.iter().enumerate() {
        let value = |class: usize| f64::from(logit(logits, row, class));
        let own = usize::from(*label);
        let best = guess(logits, row);
        loss_sum += match kind {
            Loss::SquaredError => {
                let distance = value(1) - (2.0 * f64::from(*label) - 1.0);
                0.5 * distance * distance
            }
            _ => {
                let most = value(usize::from(best));
                let rest = (0..classes(logits)).map(|class| libm::exp(value(class) - most));
                libm::log(rest.sum()) + most - value(own)
            }
        };
        right += usize::from(best == *label);
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
