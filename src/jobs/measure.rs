//! What a job measures while it trains besides its report, and what came of it. Measures nothing itself.

use super::landscape::Landscape;
use super::within;
use crate::error::Error;
use crate::measure::{
    ByClass, Company, Correction, DepthProfile, Folded, LayerDrift, LayerValues, Scaled,
    UnitBackward,
};
use crate::numeric::decimal;
use crate::protocol::{Accuracies, Losses};

/// The most step sizes of a landscape.
pub const MOST_FACTORS: u64 = 32;
/// The most states whose landscape is measured.
pub const MOST_LANDSCAPES: u64 = 512;
/// The most states whose depth profile is taken.
pub const MOST_PROFILES: u64 = 64;
/// The most looks at scores, or at corrections.
pub const MOST_LOOKS: u64 = 512;
/// The most rows that distributions are of.
pub const MOST_DRIFT_ROWS: u64 = 256;
/// The most states at which weights are weighed.
pub const MOST_WEIGHED: u64 = 4096;
/// Bounds of what weights are multiplied by on a copy.
const SCALES: (f64, f64) = (1e-6, 1e6);
/// Coming batches that a unit's values by class, or what sequences share, are of.
pub const COMING: usize = 64;
/// The most rows of a mini-batch whose values are taken.
pub const MOST_VALUES_ROWS: u64 = 256;
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
    /// Updates from one look at losses and accuracies to the next; the first is at the fresh network, each before the
    /// changes of its step.
    pub scores: Option<u64>,
    /// Updates from one look at r and d of the selected unit to the next, where it has any.
    pub corrections: Option<u64>,
    /// Updates from one state to the next at which the weights that a normalisation follows are weighed.
    pub weigh: Option<u64>,
    /// What becomes of the network once these weights are all times the same.
    pub scale: Option<ScalePlan>,
    /// A unit's values, class by class.
    pub by_class: Option<UnitPlan>,
    /// What sequences of a batch share at each step, after so many updates.
    pub company: Option<u64>,
    /// The values of the first hidden layer before they are normalised.
    pub values: Option<ValuesPlan>,
    /// What Batch Normalization makes of the gradient of a unit.
    pub backward: Option<BackwardPlan>,
    /// The network with its Batch Normalization folded into the layers before, beside it; of the test set, at inference.
    pub fold: Option<UnitPlan>,
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

/// When the values of a layer are taken, and of how many rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValuesPlan {
    /// Updates made; 0 is the fresh network.
    pub step: u64,
    /// The first of the mini-batch.
    pub rows: usize,
}

/// At which state a unit is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPlan {
    /// Updates before it.
    pub at: u64,
    /// Its hidden layer, from 0; beyond the last it is the last.
    pub layer: u32,
    /// Its place there, from 0; beyond the last it is the last.
    pub unit: u32,
}

/// Losses and accuracies of a state.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Updates made.
    pub step: u64,
    /// As in a frame.
    pub loss: Losses,
    /// As in a frame.
    pub accuracy: Accuracies,
}

/// At which states the distributions inside are taken, and against which earlier state each is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriftPlan {
    /// Updates from one state to the next; the first is the fresh network.
    pub every: u64,
    /// Updates back to the earlier state, at most as many.
    pub back: u64,
    /// Rows that they are of: the first of the training set, always the same.
    pub rows: usize,
}

/// All weights before a normalisation times the same, on a copy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScalePlan {
    /// Updates after which it is looked at.
    pub at: u64,
    /// By what they are multiplied.
    pub factor: f64,
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
    /// Updates made, and how far each hidden layer has moved since the earlier state; the first has not.
    pub drift: Vec<(u64, Vec<LayerDrift>)>,
    /// As `Measure::scores` asks.
    pub scores: Vec<Score>,
    /// Updates made, and r and d there.
    pub corrections: Vec<(u64, Correction)>,
    /// Of each state that was asked for.
    pub weights: Vec<Weighed>,
    /// As `Measure::scale` asks.
    pub scaled: Option<Scaled>,
    /// As `Measure::by_class` asks.
    pub by_class: Option<ByClass>,
    /// As `Measure::company` asks.
    pub company: Option<Company>,
    /// As `Measure::values` asks.
    pub values: Option<LayerValues>,
    /// Updates made, and what is passed back there.
    pub backward: Option<(u64, UnitBackward)>,
    /// Updates made, and both networks there.
    pub folded: Option<(u64, Folded)>,
}

/// The weights that a normalisation follows, at one state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighed {
    /// Updates made.
    pub step: u64,
    /// ‖W‖ of all of them together, Euclidean.
    pub norm: f32,
    /// lr/‖W‖², the rate at which their direction turns.
    pub rate: f32,
}

impl Measure {
    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Looks at losses and accuracies.
    pub fn looks(&self, steps: u64) -> u64 {
        self.scores.map_or(0, |every| steps / every.max(1) + 1)
    }

    /// Passes forward and back beyond those of so many steps.
    pub fn passes(&self, steps: u64) -> u64 {
        let landscape = self.landscape.as_ref().map_or(0, |plan| {
            let states = steps.saturating_sub(plan.from) / plan.every.max(1) + 1;
            states.saturating_mul(1 + plan.factors.len() as u64)
        });
        let drift = self.drift.map_or(0, |plan| {
            let states = steps / plan.every.max(1);
            1 + states * if plan.back < plan.every { 2 } else { 1 }
        });
        // Weighing is no pass; that it is asked for is work all the same.
        let scaled = self.scale.map_or(0, |_| 4) + u64::from(self.weigh.is_some());
        landscape
            .saturating_add(self.profile.len() as u64)
            .saturating_add(drift)
            .saturating_add(self.corrections.map_or(0, |every| steps / every.max(1) + 1))
            .saturating_add(scaled)
            .saturating_add(self.coming())
            .saturating_add(u64::from(self.values.is_some()))
            .saturating_add(u64::from(self.backward.is_some()))
            .saturating_add(u64::from(self.fold.is_some()))
    }

    /// Passes over coming batches.
    fn coming(&self) -> u64 {
        let coming = [self.by_class.is_some(), self.company.is_some()];
        let coming = coming.into_iter().filter(|is_asked| *is_asked).count() as u64;
        coming * (COMING as u64 + 1)
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
        let units = [self.by_class, self.fold].into_iter().flatten();
        for at in units.map(|plan| plan.at).chain(self.company) {
            within("at", at, 0, steps)?;
        }
        if let Some(plan) = self.drift {
            within("every", plan.every, 1, u64::MAX)?;
            within("back", plan.back, 1, plan.every)?;
            within("rows", plan.rows as u64, 2, MOST_DRIFT_ROWS)?;
            within("drift", steps / plan.every, 0, MOST_LANDSCAPES)?;
        }
        for every in [self.scores, self.corrections].into_iter().flatten() {
            let least = steps.div_ceil(MOST_LOOKS - 1).max(1);
            within("every", every, least, steps.max(1))?;
        }
        if let Some(every) = self.weigh {
            within(
                "weigh",
                every,
                steps.div_ceil(MOST_WEIGHED).max(1),
                u64::MAX,
            )?;
        }
        if let Some(plan) = self.scale {
            within("at", plan.at, 0, steps)?;
            number_within("factor", plan.factor, SCALES)?;
        }
        if let Some(plan) = self.values {
            within("values", plan.step, 0, steps)?;
            within("rows", plan.rows as u64, 1, MOST_VALUES_ROWS)?;
        }
        if let Some(plan) = self.backward {
            within("at", plan.at, 0, steps)?;
        }
        let Some(plan) = &self.landscape else {
            return Ok(());
        };
        within("factors", plan.factors.len() as u64, 1, MOST_FACTORS)?;
        for factor in &plan.factors {
            number_within("factors", *factor, FACTORS)?;
        }
        within("from", plan.from, 0, steps)?;
        let span = steps - plan.from;
        let least = span.div_ceil(MOST_LANDSCAPES - 1).max(1);
        within("every", plan.every, least, span.max(1))?;
        within("last", u64::from(plan.last), 1, MOST_LANDSCAPES)
    }
}

fn number_within(name: &'static str, value: f64, (low, high): (f64, f64)) -> Result<(), Error> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(Error::InvalidSetting {
        name,
        value: if value.is_finite() {
            decimal::format(value)
        } else {
            "no number".into()
        },
        allowed: format!("{}..{}", decimal::format(low), decimal::format(high)),
    })
}
