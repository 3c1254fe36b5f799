//! A measurement as the page asks for it: which jobs it is, or why it is none. Trains nothing.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{
    BackwardPlan, Job, LandscapePlan, backward_job, landscape_jobs, profile_jobs,
};
use batchnorm_lab::settings::choice::DatasetKind;
use wasm_bindgen::prelude::*;

use crate::plan::thrown;

/// The jobs of a measurement, by their place in the core's list. What is refused is thrown as `object::refusal`.
#[wasm_bindgen]
pub struct MeasurePlan {
    jobs: Vec<Job>,
}

#[wasm_bindgen]
impl MeasurePlan {
    /// The landscape of each side that a link shows.
    ///
    /// # Errors
    /// As `jobs::landscape_jobs`.
    pub fn landscape(
        link: &str,
        steps: f64,
        seeds: f64,
        from: f64,
        every: f64,
        factors: Vec<f64>,
        last: u32,
    ) -> Result<MeasurePlan, JsValue> {
        let plan = LandscapePlan {
            from: from as u64,
            every: every as u64,
            factors,
            last,
        };
        let jobs = landscape_jobs(link, steps as u64, seeds as u64, &plan, FULL);
        Ok(Self {
            jobs: thrown(jobs)?,
        })
    }

    /// The depth profile of each of these normalisations over a link, after each of these steps.
    ///
    /// # Errors
    /// As `jobs::profile_jobs`.
    pub fn profile(
        link: &str,
        kinds: Vec<String>,
        steps: &[f64],
        seeds: f64,
    ) -> Result<MeasurePlan, JsValue> {
        let at: Vec<u64> = steps.iter().map(|step| *step as u64).collect();
        let jobs = profile_jobs(link, &kinds, &at, seeds as u64, FULL);
        Ok(Self {
            jobs: thrown(jobs)?,
        })
    }

    /// What a unit of a link's Batch Normalization passes back after so many steps; layer and unit from 0.
    ///
    /// # Errors
    /// As `jobs::backward_job`.
    pub fn backward(link: &str, at: f64, layer: u32, unit: u32) -> Result<MeasurePlan, JsValue> {
        let plan = BackwardPlan {
            at: at as u64,
            layer: layer as usize,
            unit: unit as usize,
        };
        Ok(Self {
            jobs: thrown(backward_job(link, plan, FULL))?,
        })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
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

    /// The word of its normalisation.
    pub fn norm(&self, job: usize) -> String {
        self.jobs[job].norm().name().into()
    }

    /// Of everything random in it.
    pub fn seed(&self, job: usize) -> u32 {
        self.jobs[job].settings.seed
    }

    /// Steps at most.
    pub fn steps(&self, job: usize) -> f64 {
        self.jobs[job].steps as f64
    }

    /// Multiplications that it takes, about.
    pub fn work(&self, job: usize) -> f64 {
        self.jobs[job].work() as f64
    }

    /// Points of its loss curve at most.
    pub fn curve_points(&self, job: usize) -> u32 {
        self.jobs[job].curve_points
    }

    /// Whether it is trained on the digits.
    pub fn needs_digits(&self, job: usize) -> bool {
        self.jobs[job].settings.data == DatasetKind::Digits
    }
}
