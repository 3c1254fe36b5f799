//! What lessons claim, as networks to train and a margin: a claim holds for a seed where its margin is not below 0. Trains
//! nothing itself: its networks are jobs. The sentences live with the page's texts.

mod table;

pub use table::CLAIMS;

use crate::architecture::NetworkFactory;
use crate::error::Error;
use crate::jobs::{Job, JobRun, Measure, Until};
use crate::lessons::lesson;
use crate::protocol::Accuracies;
use crate::settings::Settings;

/// How often a claim must hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// For all seeds but one in 32.
    Always,
    /// For this share of seeds, least and most.
    Sometimes(f64, f64),
}

/// One network that a claim is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trained {
    /// What is added to the lesson's settings.
    pub more: &'static str,
    /// 0 is side A, 1 is side B.
    pub side: u8,
    /// Updates.
    pub steps: u64,
}

/// One claim.
pub struct Claim {
    /// Its name: lesson, then what it says.
    pub name: &'static str,
    /// The lesson that makes it.
    pub lesson: &'static str,
    /// How often it must hold.
    pub rate: Rate,
    /// Its networks, all from the same seed.
    pub networks: &'static [Trained],
    /// By how much it holds, from the accuracies of its networks in their order; below 0 it does not.
    pub margin: fn(&[Accuracies]) -> f32,
}

impl Claim {
    /// Its networks of one seed, as jobs.
    ///
    /// # Panics
    /// If there is no such lesson, or its settings do not read.
    pub fn jobs(&self, seed: u32) -> Vec<Job> {
        let lesson = lesson(self.lesson).expect("a claim of a lesson that is there");
        let networks = self.networks.iter();
        let jobs = networks.map(|network| {
            let link = format!("{}&{}&seed={seed}", lesson.settings, network.more);
            let (settings, errors) = Settings::from_text(&link);
            assert!(errors.is_empty(), "{}: {errors:?}", self.name);
            Job {
                settings,
                side: network.side,
                steps: network.steps,
                until: Until::Diverged,
                curve_points: 1,
                measure: Measure::default(),
            }
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
        let mut accuracies = Vec::with_capacity(self.networks.len());
        for job in self.jobs(seed) {
            let mut run = JobRun::new(job, digits, factory)?;
            while !run.advance(1000) {}
            accuracies.push(run.report().accuracy);
        }
        Ok((self.margin)(&accuracies))
    }
}
