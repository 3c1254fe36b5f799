//! A claim as the page tries it: which jobs a seed is, what a worker tells of each, and by how much it held. Trains nothing
//! itself.

use batchnorm_lab::claims::{Claim, Evidence, Ground, Rate, claims};
use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::{Job, JobReport};
use js_sys::{Float32Array, Object};
use wasm_bindgen::prelude::*;

use crate::object::{put, refusal};

/// Work of a check, as of a job: so many multiplications it may be, for what is known of the shares of a try.
const WORK_OF_A_CHECK: f64 = 1e8;

/// Names of all claims, in the order of the lessons.
#[wasm_bindgen]
pub fn claim_names() -> Vec<String> {
    claims().map(|claim| claim.name.into()).collect()
}

/// A claim and its networks of one seed at a time.
#[wasm_bindgen]
pub struct ClaimPlan {
    claim: &'static Claim,
    seed: u32,
    /// Of a check none.
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
        match claims().find(|claim| claim.name == name) {
            Some(claim) => Ok(Self {
                claim,
                seed: 0,
                jobs: Vec::new(),
            }),
            None => {
                let names: Vec<&str> = claims().map(|claim| claim.name).collect();
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

    /// Makes the jobs of a seed, and says how many there are; a check is one.
    pub fn make_jobs(&mut self, seed: u32) -> usize {
        self.seed = seed;
        self.jobs = self.claim.jobs(seed);
        self.jobs.len().max(1)
    }

    /// The run it is a side of; of a check its lesson's.
    pub fn link(&self, job: usize) -> String {
        match self.jobs.get(job) {
            Some(job) => job.settings.to_text(),
            None => self.claim.settings(self.seed, "").to_text(),
        }
    }

    /// Updates; of a check 1.
    pub fn steps(&self, job: usize) -> f64 {
        self.jobs.get(job).map_or(1.0, |job| job.steps as f64)
    }

    /// Multiplications that it takes, about.
    pub fn work(&self, job: usize) -> f64 {
        let job = self.jobs.get(job);
        job.map_or(WORK_OF_A_CHECK, |job| job.work() as f64)
    }

    /// Whether it takes the digits.
    pub fn needs_digits(&self) -> bool {
        self.claim.needs_digits
    }

    /// By how much it held; below 0 it did not: from the workers' figures of each network, one after the other, `each` of a
    /// network.
    ///
    /// # Panics
    /// If these are not as many numbers as its networks have.
    pub fn margin(&self, figures: &[f32], each: usize) -> f32 {
        let networks: Vec<Vec<f32>> = figures.chunks_exact(each).map(<[f32]>::to_vec).collect();
        assert_eq!(networks.len(), self.jobs.len().max(1), "networks");
        self.claim.margin(&networks)
    }
}

#[wasm_bindgen]
extern "C" {
    /// `{ claim?, seed, network }`.
    pub type Message;

    #[wasm_bindgen(method, getter)]
    fn claim(this: &Message) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn seed(this: &Message) -> u32;

    #[wasm_bindgen(method, getter)]
    fn network(this: &Message) -> usize;
}

/// A network of a claim, or its check, that a worker is asked for.
pub struct Asked {
    claim: &'static Claim,
    seed: u32,
    network: usize,
}

/// What the message asks for, if that is a claim; the plan has told which there are.
pub fn asked(message: &Message) -> Option<Asked> {
    let name = message.claim()?;
    Some(Asked {
        claim: claims().find(|claim| claim.name == name)?,
        seed: message.seed(),
        network: message.network(),
    })
}

impl Asked {
    /// The job of a network; of a check none.
    pub fn job(&self) -> Option<Job> {
        match self.claim.evidence {
            Evidence::Trained { .. } => Some(self.claim.jobs(self.seed).swap_remove(self.network)),
            Evidence::Checked(_) => None,
        }
    }

    /// The check, in one call, as the report of a job: `{ figures, state }`.
    pub fn check(&self, digits: &[u8]) -> Result<Object, Error> {
        let seed = self.seed;
        let margin = self.claim.check(&Ground { seed, digits })?;
        let report = Object::new();
        put(&report, "figures", Float32Array::from(&[margin][..]));
        put(&report, "state", self.claim.settings(seed, "").to_text());
        Ok(report)
    }

    /// What the claim needs of a job, beside what is told of every one: `figures`.
    pub fn write(&self, done: &JobReport, report: &Object) {
        let figures = self.claim.figures(done);
        put(report, "figures", Float32Array::from(&figures[..]));
    }
}
