//! What lessons claim, and the evidence for it: networks to train, or the lab's own code run on inputs that the seed draws. A
//! claim holds for a seed where its margin is not below 0. The sentences live with the page's texts.

mod evidence;
mod gather;
mod table;

mod batch_renorm;
mod drift;
mod dropout;
mod fine_tuning;
mod first_look;
mod fold;
mod four_steps;
mod gamma_beta;
mod gradients;
mod images;
mod initialisation;
mod landscape;
mod learning_rate;
mod noise;
mod one_class_batches;
mod sequences;
mod small_batch;
mod sync_bn;
mod train_vs_inference;
mod weight_decay;
mod which_cells;

pub use evidence::{Evidence, Ground, Trained};
pub use table::claims;

use crate::architecture::NetworkFactory;
use crate::error::Error;
use crate::jobs::{Job, JobReport, JobRun, Until};
use crate::settings::Settings;

/// Points of each loss curve: the last is of an eighth of all steps.
const CURVE_POINTS: u32 = 8;

/// How often a claim must hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// For all seeds but one in 32.
    Always,
    /// For this share of seeds, least and most.
    Sometimes(f64, f64),
}

/// One claim: a clause of a lesson's sentence.
pub struct Claim {
    /// Its name: lesson, then what it says.
    pub name: &'static str,
    /// The lesson that makes it.
    pub lesson: &'static str,
    /// How often it must hold.
    pub rate: Rate,
    /// What it is measured on.
    pub evidence: Evidence,
    /// Whether it needs the bytes of the digits.
    pub needs_digits: bool,
}

impl Claim {
    /// One of networks trained as jobs, that always holds.
    const fn trained(
        lesson: &'static str,
        name: &'static str,
        networks: &'static [Trained],
        read: fn(&JobReport) -> Vec<f32>,
        margin: fn(&[Vec<f32>]) -> f32,
    ) -> Self {
        let rate = Rate::Always;
        let evidence = Evidence::Trained {
            networks,
            read,
            margin,
        };
        Self {
            name,
            lesson,
            rate,
            evidence,
            needs_digits: false,
        }
    }

    /// One that a check shows, that always holds.
    const fn checked(
        lesson: &'static str,
        name: &'static str,
        check: fn(&Ground<'_>) -> Result<f32, Error>,
    ) -> Self {
        Self {
            name,
            lesson,
            rate: Rate::Always,
            evidence: Evidence::Checked(check),
            needs_digits: false,
        }
    }

    /// The same, with the digits.
    const fn on_digits(self) -> Self {
        Self {
            needs_digits: true,
            ..self
        }
    }

    /// The same, which holds for a share of the seeds.
    const fn sometimes(self, low: f64, high: f64) -> Self {
        Self {
            rate: Rate::Sometimes(low, high),
            ..self
        }
    }

    /// The link of its lesson with this seed and more settings.
    ///
    /// # Panics
    /// If they do not read.
    pub fn settings(&self, seed: u32, more: &str) -> Settings {
        evidence::settings(self.lesson, seed, more)
    }

    /// The link that opens its lesson.
    pub fn opens(&self) -> String {
        format!("lesson={}", self.lesson)
    }

    /// Its networks of one seed, as jobs; of a claim that trains none in jobs, none.
    ///
    /// # Panics
    /// If there is no such lesson, or its settings do not read.
    pub fn jobs(&self, seed: u32) -> Vec<Job> {
        let Evidence::Trained { networks, .. } = &self.evidence else {
            return Vec::new();
        };
        let jobs = networks.iter().map(|network| Job {
            settings: self.settings(seed, network.more),
            side: network.side,
            steps: network.steps,
            until: Until::Diverged,
            curve_points: CURVE_POINTS,
            measure: (network.measure)(),
        });
        jobs.collect()
    }

    /// Its networks as texts, `link, side, steps`: what its figures were measured on.
    pub fn described(&self) -> Vec<String> {
        let jobs = self.jobs(1);
        let texts = jobs.iter().map(|job| {
            let side = ["A", "B"][usize::from(job.side)];
            format!("{}, {side}, {}", job.settings.to_text(), job.steps)
        });
        texts.collect()
    }

    /// What it needs of the report of one of its networks, in numbers that any thread can hand on.
    pub fn figures(&self, report: &JobReport) -> Vec<f32> {
        match &self.evidence {
            Evidence::Trained { read, .. } => read(report),
            Evidence::Checked(_) => Vec::new(),
        }
    }

    /// By how much it holds, from the figures of its networks in their order; of a claim that trains none, its one figure.
    pub fn margin(&self, figures: &[Vec<f32>]) -> f32 {
        match &self.evidence {
            Evidence::Trained { margin, .. } => margin(figures),
            Evidence::Checked(_) => figures[0][0],
        }
    }

    /// The margin of a claim that trains no jobs.
    ///
    /// # Errors
    /// As `JobRun::new`.
    pub fn check(&self, ground: &Ground<'_>) -> Result<f32, Error> {
        match &self.evidence {
            Evidence::Checked(check) => check(ground),
            Evidence::Trained { .. } => Ok(f32::NAN),
        }
    }

    /// By how much it holds for one seed, trained here. `digits` are the bytes of `assets/digits/digits.bin`.
    ///
    /// # Errors
    /// As `JobRun::new`.
    pub fn try_seed(
        &self,
        seed: u32,
        digits: &[u8],
        factory: NetworkFactory,
    ) -> Result<f32, Error> {
        if let Evidence::Checked(check) = &self.evidence {
            return check(&Ground { seed, digits });
        }
        let mut figures = Vec::new();
        for job in self.jobs(seed) {
            let mut run = JobRun::new(job, digits, factory)?;
            while !run.advance(1000) {}
            figures.push(self.figures(&run.report()));
        }
        Ok(self.margin(&figures))
    }
}
