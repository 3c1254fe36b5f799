//! What one mini-batch looks like inside a network: distributions, moments, the values of one unit. Made here by the
//! lanes; of a network that is trained elsewhere, an engine may send it. Keeps nothing and trains nothing.

use super::ObservedNetwork;
use super::evaluation::shown_mode;
use super::statistics::{distribution, saturated};
use crate::architecture::HiddenLayer;
use crate::network::{Mode, Moments, Table};
use crate::protocol::{Distribution, Observed, ObservedSet};
use crate::settings::Settings;
use crate::settings::choice::Statistics;

/// One hidden layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerObservation {
    /// Of what comes before normalisation, all units together.
    pub before: Distribution,
    /// Of x̂, if anything is normalised.
    pub normalized: Option<Distribution>,
    /// Of γ·x̂ + β, if anything is normalised.
    pub after: Option<Distribution>,
    /// Of what the next hidden layer is given.
    pub output: Distribution,
    /// Share of the activation's inputs at which it is flat, see `statistics::saturated`.
    pub saturated: f32,
}

/// The whole batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// The batch's own, of each hidden layer's units before normalisation; `None` for a batch of one, which has none.
    pub moments: Option<Vec<Moments>>,
    /// First to last.
    pub layers: Vec<LayerObservation>,
    /// What the selected unit has at each row: before, x̂, γ·x̂ + β; the last two empty without normalisation.
    pub unit: [Vec<f32>; 3],
}

impl ObservedNetwork {
    /// Observes what is wanted of the batch that was gathered, in a pass forward.
    pub(super) fn observe(
        &mut self,
        full: &[Moments],
        now: &Settings,
        limits: [f32; 3],
        wanted: ObservedSet,
    ) -> Observation {
        let moments = self.batch_moments();
        let (has_layers, has_unit) = (
            wanted.has(Observed::Layers),
            wanted.has(Observed::SelectedUnit),
        );
        if !has_layers && !has_unit && moments.is_some() {
            return Observation {
                moments,
                ..Observation::default()
            };
        }
        let mode = match (now.statistics, &moments) {
            (Statistics::Batch, Some(_)) => Mode::Batch,
            _ => shown_mode(now, None, full),
        };
        self.network
            .forward(&self.batch.x, self.batch.rows, mode)
            .expect("batch statistics exist, or running ones are used");
        let hidden = self.architecture.hidden.iter();
        Observation {
            moments,
            layers: hidden
                .filter(|_| has_layers)
                .map(|layer| self.observe_layer(layer, now, limits))
                .collect(),
            unit: if has_unit {
                self.selected_values(now)
            } else {
                Default::default()
            },
        }
    }

    fn batch_moments(&mut self) -> Option<Vec<Moments>> {
        let (batch, scratch) = (&self.batch, &mut self.scratch);
        let (x, rows, lengths) = (&batch.x, batch.rows, &batch.lengths);
        (self.factory.infer)(&self.network, x, rows, lengths, Mode::Batch, scratch).ok()?;
        Some(self.scratch.moments().to_vec())
    }

    fn observe_layer(
        &self,
        layer: &HiddenLayer,
        now: &Settings,
        [limit, of_normalized, of_after]: [f32; 3],
    ) -> LayerObservation {
        let network = &self.network;
        let before = network.activation(layer.product).values();
        let mut observation = LayerObservation {
            before: distribution(before, limit),
            output: distribution(network.activation(layer.last).values(), limit),
            ..LayerObservation::default()
        };
        let mut into_activation = before;
        if let Some(norm) = layer.norm {
            into_activation = network.activation(norm).values();
            observation.normalized =
                Some(distribution(network.x_hat(norm).values(), of_normalized));
            observation.after = Some(distribution(into_activation, of_after));
        }
        if layer.activates {
            observation.saturated = saturated(into_activation, now.activation);
        }
        observation
    }

    fn selected_values(&self, now: &Settings) -> [Vec<f32>; 3] {
        let (layer, unit) = self.selected(now);
        let part = &self.architecture.hidden[layer];
        let (network, rows) = (&self.network, self.network.rows());
        // Of an image or a sequence one position stands for all.
        let pick = |table: Table<'_>| table.unit(unit)[part.position * rows..][..rows].to_vec();
        let norm = part.norm;
        [
            pick(network.activation(part.product)),
            norm.map_or_else(Vec::new, |norm| pick(network.x_hat(norm))),
            norm.map_or_else(Vec::new, |norm| pick(network.activation(norm))),
        ]
    }
}
