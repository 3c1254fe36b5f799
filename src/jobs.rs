//! One small network to train and what to report of it: a job. Grids and sweeps are lists of jobs. Knows no clock and no
//! worker: whoever has these makes a job advance in slices and asks for its report.
//!
//! A job trains by the lab's own path: after as many steps of the same settings a run of the lab has the same bits.

mod curve;
mod fold;
mod grid;
mod landscape;
mod link;
mod measure;
mod measured_jobs;
mod measuring;
mod run;

pub use curve::LossCurve;
pub use fold::{NotFolded, fold_job, fold_side};
pub use grid::{Cell, Grid, MOST_CELLS, MOST_SEEDS, MOST_WORK};
pub use landscape::{Band, Landscape, LandscapePoint};
pub use link::settings_of;
pub use measure::{
    BackwardPlan, COMING, DriftPlan, LandscapePlan, MOST_DRIFT_ROWS, MOST_FACTORS, MOST_LANDSCAPES,
    MOST_LOOKS, MOST_PROFILES, MOST_VALUES_ROWS, MOST_WEIGHED, Measure, Measured, ScalePlan, Score,
    UnitPlan, ValuesPlan, Weighed,
};
pub use measured_jobs::{
    backward_job, backward_side, by_class_jobs, company_jobs, compared_jobs, correction_jobs,
    drift_jobs, landscape_jobs, profile_jobs, values_jobs, weight_jobs,
};
pub use run::{JobRun, Stretch};

use crate::architecture::{Architecture, HiddenLayer, NetworkFactory};
use crate::error::Error;
use crate::lanes::Best;
use crate::network::{Mode, Network};
use crate::protocol::{Accuracies, Losses};
use crate::settings::Settings;
use crate::settings::choice::{Norm, View};

/// The most steps of a job.
pub const MOST_STEPS: u64 = 1_000_000;
/// The most points of a loss curve.
pub const MOST_CURVE_POINTS: u32 = 512;
/// Steps from one look at the accuracy to the next, where a job ends once it is reached.
pub const LOOK_EVERY: u64 = 10;

/// When a job ends before its steps are done. A network that has diverged always ends it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Until {
    /// Only then.
    Diverged,
    /// Where the test accuracy under running averages is at least this, 0..=1, after a multiple of `LOOK_EVERY` steps.
    Accuracy(f32),
}

/// One network to train.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// The run it is a side of, changes included; how that run is shown and its `at` are of no account.
    pub settings: Settings,
    /// 0 is side A, 1 is side B.
    pub side: u8,
    /// Steps at most; 0 where the fresh network is measured.
    pub steps: u64,
    /// What ends it sooner.
    pub until: Until,
    /// Points of its loss curve at most, `1..=MOST_CURVE_POINTS`.
    pub curve_points: u32,
    /// What is measured on the way.
    pub measure: Measure,
}

/// What came of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobReport {
    /// Updates made; where it diverged, the last is the one after which numbers were no longer finite.
    pub step: u64,
    /// Mean per point, as in a frame.
    pub loss: Losses,
    /// As in a frame.
    pub accuracy: Accuracies,
    /// The step at which loss or parameters stopped being finite.
    pub diverged_at: Option<u64>,
    /// Of the bits of all parameters, the optimiser's memory and running averages (`engine::take_fingerprint`).
    pub fingerprint: u64,
    /// The link that opens this side in the lab at this step.
    pub state: String,
    /// Losses of mini-batches on the way.
    pub curve: LossCurve,
    /// What was measured on the way.
    pub measured: Measured,
}

impl Job {
    /// Its normalisation.
    pub fn norm(&self) -> Norm {
        [self.settings.norm_a, self.settings.norm_b][usize::from(self.side)]
    }

    /// Multiplications that it takes at most, about: three passes of each step, and 16 rows for what is not of any row.
    pub fn work(&self) -> u64 {
        let batch = self.settings.batch_size() as u64;
        let forward = self.settings.multiplications();
        let step = forward.saturating_add(16 * (forward / batch));
        let passes = self.steps.saturating_add(self.measure.passes(self.steps));
        // A look walks over all points, forward, under each kind of statistics.
        let points = self.settings.points() as u64;
        let looks = self
            .measure
            .looks(self.steps)
            .saturating_mul(points / batch + 1);
        step.saturating_mul(passes.saturating_add(looks))
            .saturating_mul(3)
    }

    /// Whether it can be made.
    ///
    /// # Errors
    /// A number is out of its bounds, the settings describe no possible network, or one that cannot take its batches.
    pub fn check(&self, factory: NetworkFactory) -> Result<(), Error> {
        let least = u64::from(self.measure.is_empty());
        within("steps", self.steps, least, MOST_STEPS)?;
        self.measure.check(self.steps)?;
        let points = u64::from(self.curve_points);
        within("curve", points, 1, u64::from(MOST_CURVE_POINTS))?;
        let start = self.settings.in_force(0);
        let architecture = (factory.network)(self.norm(), &start)?;
        if self.measure.corrections.is_some() {
            self.check_corrections(&architecture.hidden)?;
        }
        if let Some(plan) = self.measure.backward {
            self.check_backward(plan, &architecture)?;
        }
        if self.measure.fold.is_some() {
            self.check_fold(&architecture)?;
        }
        let (input, layers) = (architecture.input, &architecture.layers);
        let network = Network::<Best>::with_input(input, layers, start.loss_used(), 1)?;
        let later = self.settings.changes.iter().map(|change| change.step);
        std::iter::once(0).chain(later).try_for_each(|step| {
            let now = self.settings.in_force(step);
            let rows = now.batch_size();
            within("batch", rows as u64, 1, now.largest_batch())?;
            network.check_rows(rows, Mode::Train)
        })
    }

    /// r and d are of Batch Renormalization, and of the layer that is selected.
    fn check_corrections(&self, hidden: &[HiddenLayer]) -> Result<(), Error> {
        let layer = (self.settings.selected_layer as usize).min(hidden.len() - 1);
        if self.norm() == Norm::Renorm && hidden[layer].norm.is_some() {
            return Ok(());
        }
        Err(Error::InvalidSetting {
            name: ["a", "b"][usize::from(self.side)],
            value: self.norm().name().into(),
            allowed: Norm::Renorm.name().into(),
        })
    }

    /// Whether there is such a unit, whose values are normalised over the batch.
    fn check_backward(&self, plan: BackwardPlan, of: &Architecture) -> Result<(), Error> {
        if self.norm() != Norm::Batch {
            let name = ["a", "b"][usize::from(self.side)];
            return Err(Error::InvalidSetting {
                name,
                value: self.norm().name().into(),
                allowed: Norm::Batch.name().into(),
            });
        }
        let layers = of.hidden.len() as u64;
        within("layer", plan.layer as u64, 0, layers.saturating_sub(1))?;
        let widths = of
            .hidden
            .get(plan.layer)
            .map_or(0, |layer| layer.width as u64);
        within("unit", plan.unit as u64, 0, widths.saturating_sub(1))
    }

    /// The link of this side alone at a step.
    fn state(&self, step: u64) -> String {
        let view = [View::A, View::B][usize::from(self.side)];
        let settings = Settings {
            view,
            at: step,
            ..self.settings.clone()
        };
        settings.to_text()
    }
}

/// Refuses a number outside its bounds.
fn within(name: &'static str, got: u64, least: u64, most: u64) -> Result<(), Error> {
    if (least..=most).contains(&got) {
        return Ok(());
    }
    Err(Error::InvalidSetting {
        name,
        value: got.to_string(),
        allowed: format!("{least}..{most}"),
    })
}
