//! A claim as the page tries it: which jobs a seed is, and by how much it held. Trains nothing.

use batchnorm_lab::claims::{CLAIMS, Claim, Rate};
use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::Job;
use batchnorm_lab::protocol::Accuracies;
use batchnorm_lab::settings::choice::DatasetKind;
use wasm_bindgen::prelude::*;

use crate::object::refusal;

/// Numbers of a network in `ClaimPlan::margin`.
const FIGURES: usize = 4;

/// Names of all claims, in the order of the lessons.
#[wasm_bindgen]
pub fn claim_names() -> Vec<String> {
    CLAIMS.iter().map(|claim| claim.name.into()).collect()
}

/// A claim and its networks of one seed at a time.
#[wasm_bindgen]
pub struct ClaimPlan {
    claim: &'static Claim,
    jobs: Vec<Job>,
}

#[wasm_bindgen]
impl ClaimPlan {
    /// The claim of that name.
    ///
    /// # Errors
    /// There is none.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str) -> Result<ClaimPlan, JsValue> {
        match CLAIMS.iter().find(|claim| claim.name == name) {
            Some(claim) => Ok(Self {
                claim,
                jobs: Vec::new(),
            }),
            None => {
                let names: Vec<&str> = CLAIMS.iter().map(|claim| claim.name).collect();
                Err(refusal(&Error::InvalidSetting {
                    name: "claim",
                    value: name.into(),
                    allowed: names.join(" | "),
                }))
            }
        }
    }

    /// The lesson that makes it.
    pub fn lesson(&self) -> String {
        self.claim.lesson.into()
    }

    /// The share of seeds for which it must hold, least and most.
    pub fn rate(&self) -> Vec<f64> {
        match self.claim.rate {
            Rate::Always => vec![31.0 / 32.0, 1.0],
            Rate::Sometimes(low, high) => vec![low, high],
        }
    }

    /// Makes the jobs of a seed, and says how many there are.
    pub fn make_jobs(&mut self, seed: u32) -> usize {
        self.jobs = self.claim.jobs(seed);
        self.jobs.len()
    }

    /// The run it is a side of.
    pub fn link(&self, job: usize) -> String {
        self.jobs[job].settings.to_text()
    }

    /// 0 is side A, 1 is side B.
    pub fn side(&self, job: usize) -> u8 {
        self.jobs[job].side
    }

    /// Updates.
    pub fn steps(&self, job: usize) -> f64 {
        self.jobs[job].steps as f64
    }

    /// Multiplications that it takes, about.
    pub fn work(&self, job: usize) -> f64 {
        self.jobs[job].work() as f64
    }

    /// Whether it is trained on the digits.
    pub fn needs_digits(&self, job: usize) -> bool {
        self.jobs[job].settings.data == DatasetKind::Digits
    }

    /// By how much it held; below 0 it did not. Of each network, in the order of the jobs: accuracy on the training set, and
    /// on the test set by batches, by running averages and by full-set statistics.
    ///
    /// # Panics
    /// If there are not as many numbers as its networks have.
    pub fn margin(&self, accuracies: &[f32]) -> f32 {
        let networks = self.claim.networks.len();
        assert_eq!(accuracies.len(), FIGURES * networks, "accuracies");
        let all: Vec<Accuracies> = accuracies
            .chunks_exact(FIGURES)
            .map(|of| Accuracies {
                train: of[0],
                eval_batch: of[1],
                eval_running: of[2],
                eval_full: of[3],
            })
            .collect();
        (self.claim.margin)(&all)
    }
}
