//! What a claim is measured on: trained networks, or a check that runs the lab's own code.

use super::CURVE_POINTS;
use super::table::preset;
use crate::architecture::FULL;
use crate::error::Error;
use crate::jobs::{Job, JobReport, JobRun, Measure, Until};
use crate::settings::Settings;

/// What a claim is measured on.
pub enum Evidence {
    /// Networks trained from the same seed, as jobs, of which the report alone counts.
    Trained {
        /// The networks.
        networks: &'static [Trained],
        /// What counts of the report of one.
        read: fn(&JobReport) -> Vec<f32>,
        /// By how much the claim holds, from what was read of each in their order; below 0 it does not.
        margin: fn(&[Vec<f32>]) -> f32,
    },
    /// The margin, from kernels, networks and data that the seed draws.
    Checked(fn(&Ground<'_>) -> Result<f32, Error>),
}

/// One network that a claim is about.
#[derive(Clone, Copy)]
pub struct Trained {
    /// What is added to the lesson's settings.
    pub more: &'static str,
    /// 0 is side A, 1 is side B.
    pub side: u8,
    /// Updates.
    pub steps: u64,
    /// What is measured on the way.
    pub measure: fn() -> Measure,
}

/// What a check starts from.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// Draws all that is drawn.
    pub seed: u32,
    /// The bytes of `assets/digits/digits.bin`.
    pub digits: &'a [u8],
}

/// The settings of a lesson with this seed and more.
///
/// # Panics
/// If there is no such lesson, or they do not read.
pub(super) fn settings(lesson: &str, seed: u32, more: &str) -> Settings {
    let link = format!("{}&seed={seed}&{more}", preset(lesson));
    let (settings, errors) = Settings::from_text(&link);
    assert!(errors.is_empty(), "{lesson}: {errors:?}");
    settings
}

impl Ground<'_> {
    /// A network of a lesson after so many steps.
    ///
    /// # Errors
    /// As `JobRun::new`.
    pub(super) fn train(
        &self,
        lesson: &str,
        more: &str,
        side: u8,
        steps: u64,
        measure: Measure,
    ) -> Result<JobRun, Error> {
        let job = Job {
            settings: settings(lesson, self.seed, more),
            side,
            steps,
            until: Until::Diverged,
            curve_points: CURVE_POINTS,
            measure,
        };
        let mut run = JobRun::new(job, self.digits, FULL)?;
        while !run.advance(1000) {}
        Ok(run)
    }
}

/// So many steps of side A.
pub(super) const fn a(more: &'static str, steps: u64) -> Trained {
    Trained {
        more,
        side: 0,
        steps,
        measure: Measure::default,
    }
}

/// So many steps of side B.
pub(super) const fn b(more: &'static str, steps: u64) -> Trained {
    Trained {
        side: 1,
        ..a(more, steps)
    }
}
