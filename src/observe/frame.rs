//! What a network looks like after a step: its side of a frame. Trains nothing and moves no running statistics.

use super::evaluation::shown_mode;
use super::{LayerObservation, Observation, ObservedNetwork, selected_unit};
use crate::data::Dataset;
use crate::network::{Mode, Moments};
use crate::protocol::{Accuracies, LayerStats, Losses, Observed, ObservedSet, SelectedUnit, Side};
use crate::settings::Settings;

/// Of a network on the sets of points.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    full: Vec<Moments>,
    pub loss: Losses,
    pub accuracy: Accuracies,
    /// Whether the accuracies that no curve shows, those under statistics of batches and of the full set, are there.
    is_whole: bool,
}

impl Measured {
    /// Whether it will do for such a view.
    pub fn suits(&self, view: View) -> bool {
        self.is_whole || !view.is_whole
    }
}

/// How a network is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// Half-widths of the axes, as in `Frame::axis_limits`.
    pub limits: [f32; 3],
    /// What is to be seen.
    pub wanted: ObservedSet,
    /// Whether accuracies are seen that no curve shows.
    pub is_whole: bool,
}

impl ObservedNetwork {
    /// Losses and accuracies on the sets of points; of the batch nothing is known here.
    pub(crate) fn figures(&mut self, data: &Dataset, now: &Settings) -> (Losses, Accuracies) {
        let Measured { loss, accuracy, .. } = self.measure(data, now, true);
        (loss, accuracy)
    }

    /// Losses, accuracies and moments on the sets of points: what takes longest of a frame, and changes with the state
    /// and the batch size alone. Unless it is whole, two accuracies are not a number: they take half of the time.
    pub(crate) fn measure(&mut self, data: &Dataset, now: &Settings, is_whole: bool) -> Measured {
        let (full, train) = self.moments_and_score(&data.train, now);
        let running = self.score(&data.test, Mode::Running, now);
        let (eval_batch, eval_full) = if !is_whole {
            (f32::NAN, f32::NAN)
        } else if self.norm.mixes_rows() {
            (
                self.accuracy_in_batches(&data.test, now),
                self.accuracy(&data.test, Mode::Given(&full)),
            )
        } else {
            // No statistics of a batch take part: the three are one.
            (running.accuracy, running.accuracy)
        };
        Measured {
            full,
            loss: Losses {
                train: train.loss,
                eval: running.loss,
                ..Losses::default()
            },
            accuracy: Accuracies {
                train: train.accuracy,
                eval_batch,
                eval_running: running.accuracy,
                eval_full,
            },
            is_whole,
        }
    }

    /// Its side of a frame, on these rows as the current mini-batch, with what is `wanted`; `observation` if an engine
    /// has made it of just this state. What only training knows is left at its default.
    ///
    /// # Panics
    /// If there are more rows than room.
    pub(crate) fn side_frame(
        &mut self,
        data: &Dataset,
        rows: &[u32],
        now: &Settings,
        View { limits, wanted, .. }: View,
        measured: &Measured,
        observation: Option<Observation>,
    ) -> Side {
        self.gather(&data.train, rows);
        let full = &measured.full;
        let points = self.sample(&data.train);
        let Observation {
            moments: batch,
            layers,
            unit,
        } = observation.unwrap_or_else(|| self.observe(full, now, limits, wanted));
        let layers = if wanted.has(Observed::Layers) {
            layers
        } else {
            Vec::new()
        };
        let layers = self.layer_stats(layers, full, batch.as_deref(), points);
        let selected_unit = if wanted.has(Observed::SelectedUnit) {
            self.selected_unit(unit, &layers, now)
        } else {
            SelectedUnit::default()
        };
        let (mut boundary, mut confusion, mut guesses) = (Vec::new(), Vec::new(), Vec::new());
        if wanted.has(Observed::Answers) {
            let shown = shown_mode(now, batch.as_deref(), full);
            if self.architecture.input.units() == 2 {
                boundary = self.boundary(shown);
            } else {
                (confusion, guesses) = self.answers(&data.test, shown);
            }
        }
        Side {
            norm: self.norm.name().into(),
            loss: measured.loss.clone(),
            accuracy: measured.accuracy.clone(),
            layers,
            boundary,
            confusion,
            guesses,
            selected_unit,
            ..Side::default()
        }
    }

    fn selected_unit(
        &self,
        [before, normalized, after]: [Vec<f32>; 3],
        layers: &[LayerStats],
        now: &Settings,
    ) -> SelectedUnit {
        let (layer, unit) = self.selected(now);
        let values = SelectedUnit {
            layer: layer as u32,
            unit: unit as u32,
            labels: self.batch.labels.clone(),
            before,
            normalized,
            after,
            ..SelectedUnit::default()
        };
        selected_unit::complete(values, &layers[layer], now)
    }

    fn layer_stats(
        &self,
        layers: Vec<LayerObservation>,
        full: &[Moments],
        batch: Option<&[Moments]>,
        points: usize,
    ) -> Vec<LayerStats> {
        // Of layers whose distributions are not wanted there are none.
        let mut layers = layers.into_iter();
        (0..self.architecture.hidden.len())
            .map(|place| {
                let batch = batch.map(|moments| &moments[place]);
                let observed = layers.next().unwrap_or_default();
                self.stats_of_layer(place, observed, &full[place], batch, points)
            })
            .collect()
    }

    fn stats_of_layer(
        &self,
        place: usize,
        observed: LayerObservation,
        full: &Moments,
        batch: Option<&Moments>,
        points: usize,
    ) -> LayerStats {
        let network = &self.network;
        let (layer, number) = (&self.architecture.hidden[place], place + 1);
        let (batch_mean, batch_var) = match batch {
            Some(moments) => (moments.mean.clone(), moments.variance.clone()),
            // A batch of one: each unit's value is its mean.
            None if network.activation(layer.product).rows() == 1 => (
                network.activation(layer.product).values().to_vec(),
                vec![0.0; layer.width],
            ),
            None => (full.mean.clone(), full.variance.clone()),
        };
        let points = (points * network.positions(layer.product)) as f32;
        let mut stats = LayerStats {
            name: format!("layer {number}"),
            kind: layer.kind.into(),
            before: observed.before,
            normalized: observed.normalized,
            after: observed.after,
            output: observed.output,
            saturated: observed.saturated,
            batch_mean,
            batch_var,
            full_mean: full.mean.clone(),
            full_var: full
                .variance
                .iter()
                .map(|v| v * points / (points - 1.0))
                .collect(),
            gradient_norm: norm_of(network.gradient(&layer.weight)),
            ..LayerStats::default()
        };
        if let Some(norm) = layer.norm {
            stats.kind = format!("{}+{}", layer.kind, self.norm.name());
            if self.norm.mixes_rows() {
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
                if let Some((_, place)) = view.filter(|(_, place)| place.len() == layer.width) {
                    *values = network.parameters()[place.clone()].to_vec();
                    *gradients = network.gradients()[place.clone()].to_vec();
                }
            }
        }
        stats
    }
}

fn norm_of(values: &[f32]) -> f32 {
    let squares = values.iter().map(|v| f64::from(*v) * f64::from(*v));
    squares.sum::<f64>().sqrt() as f32
}
