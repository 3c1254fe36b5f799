//! What a job measures while it trains besides its report, and what came of it. Measures nothing itself.

use super::within;
use crate::error::Error;
use crate::measure::{DepthProfile, LayerDrift, UnitBackward};
use crate::numeric::decimal;

/// The most step sizes of a landscape.
pub const MOST_FACTORS: u64 = 32;
/// The most states whose landscape is measured.
pub const MOST_LANDSCAPES: u64 = 512;
/// The most states whose depth profile is taken.
pub const MOST_PROFILES: u64 = 64;
/// The most rows that distributions are of.
pub const MOST_DRIFT_ROWS: u64 = 256;
/// Bounds of a step size, in learning rates.
const FACTORS: (f64, f64) = (1e-6, 1e6);

/// What is measured, each time on the mini-batch that the next step is made of and in training mode. It leaves the run as
/// it is, bit for bit. Nothing is measured of what has diverged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measure {
    /// The loss along the negative gradient.
    pub landscape: Option<LandscapePlan>,
    /// Updates after which the depth profile is taken, rising; 0 is the fresh network.
    pub profile: Vec<u64>,
    /// How far the distributions inside have moved.
    pub drift: Option<DriftPlan>,
    /// What Batch Normalization makes of the gradient of a unit.
    pub backward: Option<BackwardPlan>,
}

/// Of which unit the backward pass is looked at, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackwardPlan {
    /// Updates before; 0 is the fresh network.
    pub at: u64,
    /// Hidden layer, from 0.
    pub layer: usize,
    /// Its unit or channel, from 0.
    pub unit: usize,
}

/// At which states the distributions inside are taken: each is held against the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriftPlan {
    /// Updates from one state to the next; the first is the fresh network.
    pub every: u64,
    /// Rows that they are of: the first of the training set, always the same.
    pub rows: usize,
}

/// At which states the loss along the gradient is measured, and where on it.
#[derive(Clone, Debug, PartialEq)]
pub struct LandscapePlan {
    /// Updates before the first state; 0 is the fresh network.
    pub from: u64,
    /// Updates from one state to the next.
    pub every: u64,
    /// Step sizes, in learning rates of the moment; a plain gradient step, whatever the optimiser.
    pub factors: Vec<f64>,
    /// States that the band is of: the last so many.
    pub last: u32,
}

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// As `Measure::landscape` asks.
    pub landscape: Option<Landscape>,
    /// Updates made, and the profile there.
    pub profile: Vec<(u64, DepthProfile)>,
    /// Updates made, and how far each hidden layer has moved since the state before; the first has not.
    pub drift: Vec<(u64, Vec<LayerDrift>)>,
    /// Updates made, and what is passed back there.
    pub backward: Option<(u64, UnitBackward)>,
}

/// The loss along the negative gradient, at several states of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Landscape {
    /// Each state, oldest first.
    pub points: Vec<LandscapePoint>,
    /// Of the losses of the last states, by step size.
    pub loss: Band,
    /// Of what is added to the loss at the start, by step size.
    pub change: Band,
}

/// One state.
#[derive(Clone, Debug, PartialEq)]
pub struct LandscapePoint {
    /// Updates made.
    pub step: u64,
    /// The learning rate, of which the step sizes are multiples.
    pub rate: f64,
    /// Where the network stands: that of the next step's mini-batch.
    pub loss: f32,
    /// ‖g‖, Euclidean, of the parameters that updates move.
    pub gradient_norm: f32,
    /// By step size η = factor · rate: the loss at θ − η·g.
    pub losses: Vec<f32>,
    /// By step size: ‖g(θ − η·g) − g‖, how far the gradient turns; small where it predicts (Santurkar et al. 2018,
    /// Figure 4b).
    pub gradient_changes: Vec<f32>,
    /// The largest of ‖g(θ − η·g) − g‖ / (η·‖g‖) over the step sizes: effective β-smoothness (ibid., Figure 4c).
    pub smoothness: f32,
}

/// Least and most by step size. One that is not finite counts as ∞.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    /// Least.
    pub low: Vec<f32>,
    /// Most.
    pub high: Vec<f32>,
}

impl Measure {
    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.landscape.is_none()
            && self.profile.is_empty()
            && self.drift.is_none()
            && self.backward.is_none()
    }

    /// Passes forward and back beyond those of so many steps.
    pub fn passes(&self, steps: u64) -> u64 {
        let landscape = self.landscape.as_ref().map_or(0, |plan| {
            let states = steps.saturating_sub(plan.from) / plan.every.max(1) + 1;
            states.saturating_mul(1 + plan.factors.len() as u64)
        });
        let drift = self.drift.map_or(0, |plan| steps / plan.every.max(1) + 1);
        landscape
            .saturating_add(self.profile.len() as u64)
            .saturating_add(drift)
            .saturating_add(u64::from(self.backward.is_some()))
    }

    /// Whether it can be measured in so many steps.
    ///
    /// # Errors
    /// A number is out of its bounds.
    pub(super) fn check(&self, steps: u64) -> Result<(), Error> {
        within("profile", self.profile.len() as u64, 0, MOST_PROFILES)?;
        for (place, step) in self.profile.iter().enumerate() {
            let least = place
                .checked_sub(1)
                .map_or(0, |before| self.profile[before] + 1);
            within("profile", *step, least.min(steps), steps)?;
        }
        if let Some(plan) = self.drift {
            within("every", plan.every, 1, steps.max(1))?;
            within("rows", plan.rows as u64, 2, MOST_DRIFT_ROWS)?;
            within("drift", steps / plan.every, 0, MOST_LANDSCAPES)?;
        }
        if let Some(plan) = self.backward {
            within("at", plan.at, 0, steps)?;
        }
        let Some(plan) = &self.landscape else {
            return Ok(());
        };
        within("factors", plan.factors.len() as u64, 1, MOST_FACTORS)?;
        let allowed = FACTORS.0..=FACTORS.1;
        if let Some(factor) = plan.factors.iter().find(|factor| !allowed.contains(factor)) {
            return Err(Error::InvalidSetting {
                name: "factors",
                value: if factor.is_finite() {
                    decimal::format(*factor)
                } else {
                    "no number".into()
                },
                allowed: format!(
                    "{}..{}",
                    decimal::format(FACTORS.0),
                    decimal::format(FACTORS.1)
                ),
            });
        }
        within("from", plan.from, 0, steps)?;
        let span = steps - plan.from;
        let least = span.div_ceil(MOST_LANDSCAPES - 1).max(1);
        within("every", plan.every, least, span.max(1))?;
        within("last", u64::from(plan.last), 1, MOST_LANDSCAPES)
    }
}

impl Landscape {
    /// With its bands, over so many of these points.
    pub(super) fn new(points: Vec<LandscapePoint>, last: u32) -> Self {
        let start = points.len().saturating_sub(last as usize);
        let losses = points[start..].iter().map(|point| point.losses.clone());
        let changes = points[start..].iter().map(|point| {
            let added = point.losses.iter().map(|loss| loss - point.loss);
            added.collect::<Vec<f32>>()
        });
        Self {
            loss: Band::of(losses),
            change: Band::of(changes),
            points,
        }
    }
}

impl Band {
    fn of(rows: impl Iterator<Item = Vec<f32>>) -> Self {
        let mut band = Self::default();
        for mut row in rows {
            for value in row.iter_mut().filter(|value| !value.is_finite()) {
                *value = f32::INFINITY;
            }
            if band.low.is_empty() {
                band.low.clone_from(&row);
                band.high = row;
                continue;
            }
            for (place, value) in row.into_iter().enumerate() {
                band.low[place] = band.low[place].min(value);
                band.high[place] = band.high[place].max(value);
            }
        }
        band
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_is_of_the_last_points_and_what_is_not_finite_is_beyond_it() {
        let point = |step: u64, loss: f32, losses: [f32; 2]| LandscapePoint {
            step,
            rate: 1.0,
            loss,
            gradient_norm: 1.0,
            losses: losses.into(),
            gradient_changes: vec![0.0; 2],
            smoothness: 0.0,
        };
        let points = vec![
            point(0, 9.0, [9.0, -9.0]),
            point(1, 2.0, [1.0, 3.0]),
            point(2, 4.0, [3.0, f32::NAN]),
        ];
        for (last, loss, change) in [
            (
                2,
                [[1.0, 3.0], [3.0, f32::INFINITY]],
                [[-1.0, 1.0], [-1.0, f32::INFINITY]],
            ),
            (
                9,
                [[1.0, -9.0], [9.0, f32::INFINITY]],
                [[-1.0, -18.0], [0.0, f32::INFINITY]],
            ),
        ] {
            let landscape = Landscape::new(points.clone(), last);
            let band = |band: Band| [band.low, band.high];
            assert_eq!(band(landscape.loss), loss, "the last {last}");
            assert_eq!(band(landscape.change), change, "the last {last}");
        }
    }
}
