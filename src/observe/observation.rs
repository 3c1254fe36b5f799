//! What one mini-batch looks like inside a network: distributions, moments, the values of one unit. Made here by the
//! lanes; of a network that is trained elsewhere, an engine may send it. Keeps nothing and trains nothing.

use crate::architecture::HiddenLayer;
use crate::network::{Mode, Moments, Table};
use crate::observe::shown_mode;
use crate::observe::statistics::{distribution, saturated};
use crate::protocol::Distribution;
use crate::settings::Settings;
use crate::settings::choice::Statistics;
use crate::training::SideRun;

/// One column of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerObservation {
    /// Of what comes before normalisation, all units together.
    pub before: Distribution,
    /// Of x̂, if anything is normalised.
    pub normalized: Option<Distribution>,
    /// Of γ·x̂ + β, if anything is normalised.
    pub after: Option<Distribution>,
    /// Of what the next column is given.
    pub output: Distribution,
    /// Share of the activation's inputs at which it is flat, see `statistics::saturated`.
    pub saturated: f32,
}

/// The whole batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// The batch's own, of each column's units before normalisation; `None` for a batch of one, which has none.
    pub moments: Option<Vec<Moments>>,
    /// First to last.
    pub columns: Vec<LayerObservation>,
    /// What the unit in the lens has at each row: before, x̂, γ·x̂ + β; the last two empty without normalisation.
    pub unit: [Vec<f32>; 3],
}

impl SideRun {
    /// Column and unit in the lens.
    pub(crate) fn in_lens(&self, now: &Settings) -> (usize, usize) {
        let hidden = &self.plan.hidden;
        let layer = (now.selected_layer as usize).min(hidden.len() - 1);
        let unit = (now.selected_unit as usize).min(hidden[layer].width - 1);
        (layer, unit)
    }

    /// Looks at the batch that was gathered, in a pass forward.
    pub(crate) fn see(
        &mut self,
        full: &[Moments],
        now: &Settings,
        limits: [f32; 3],
    ) -> Observation {
        let moments = self.batch_moments();
        let mode = match (now.statistics, &moments) {
            (Statistics::Batch, Some(_)) => Mode::Batch,
            _ => shown_mode(now, None, full),
        };
        self.network
            .forward(&self.x, self.labels.len(), mode)
            .expect("batch statistics exist, or running ones are used");
        let hidden = self.plan.hidden.iter();
        Observation {
            moments,
            columns: hidden
                .map(|part| self.see_column(part, now, limits))
                .collect(),
            unit: self.see_unit(now),
        }
    }

    fn batch_moments(&mut self) -> Option<Vec<Moments>> {
        let Self { x, lengths, .. } = self;
        let (rows, scratch) = (self.labels.len(), &mut self.scratch);
        (self.factory.infer)(&self.network, x, rows, lengths, Mode::Batch, scratch).ok()?;
        Some(self.scratch.moments().to_vec())
    }

    fn see_column(
        &self,
        part: &HiddenLayer,
        now: &Settings,
        [limit, of_normalized, of_after]: [f32; 3],
    ) -> LayerObservation {
        let network = &self.network;
        let before = network.activation(part.product).values();
        let mut sight = LayerObservation {
            before: distribution(before, limit),
            output: distribution(network.activation(part.last).values(), limit),
            ..LayerObservation::default()
        };
        let mut into_activation = before;
        if let Some(norm) = part.norm {
            into_activation = network.activation(norm).values();
            sight.normalized = Some(distribution(network.x_hat(norm).values(), of_normalized));
            sight.after = Some(distribution(into_activation, of_after));
        }
        if part.activates {
            sight.saturated = saturated(into_activation, now.activation);
        }
        sight
    }

    fn see_unit(&self, now: &Settings) -> [Vec<f32>; 3] {
        let (layer, unit) = self.in_lens(now);
        let part = &self.plan.hidden[layer];
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
