//! A measurement as the page asks for it: which jobs it is, or why it is none. Trains nothing.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{
    BackwardPlan, DriftPlan, Job, LandscapePlan, UnitPlan, ValuesPlan, backward_job, by_class_jobs,
    company_jobs, compared_jobs, correction_jobs, drift_jobs, fold_job, landscape_jobs,
    profile_jobs, values_jobs, weight_jobs,
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

    /// Whole runs beside each other: a link and a side each, with their accuracies every so many updates.
    ///
    /// # Errors
    /// As `jobs::compared_jobs`.
    pub fn compared(
        links: Vec<String>,
        sides: &[u8],
        steps: f64,
        every: f64,
    ) -> Result<MeasurePlan, JsValue> {
        let runs: Vec<(String, u8)> = links.into_iter().zip(sides.iter().copied()).collect();
        let jobs = compared_jobs(&runs, steps as u64, every as u64, FULL);
        Ok(Self {
            jobs: thrown(jobs)?,
        })
    }

    /// The drift of each side that a link shows.
    ///
    /// # Errors
    /// As `jobs::drift_jobs`.
    pub fn drift(
        link: &str,
        steps: f64,
        seeds: f64,
        every: f64,
        back: f64,
        rows: u32,
    ) -> Result<MeasurePlan, JsValue> {
        let plan = DriftPlan {
            every: every as u64,
            back: back as u64,
            rows: rows as usize,
        };
        let jobs = drift_jobs(link, steps as u64, seeds as u64, plan, FULL);
        Ok(Self {
            jobs: thrown(jobs)?,
        })
    }

    /// r and d of the selected unit of a link's run under Batch Renormalization, every so many updates.
    ///
    /// # Errors
    /// As `jobs::correction_jobs`.
    pub fn corrections(link: &str, steps: f64, every: f64) -> Result<MeasurePlan, JsValue> {
        let jobs = correction_jobs(link, steps as u64, every as u64, FULL);
        Ok(Self {
            jobs: thrown(jobs)?,
        })
    }

    /// The weights of a side that a link shows, with its decay and without.
    ///
    /// # Errors
    /// As `jobs::weight_jobs`.
    pub fn weights(
        link: &str,
        steps: f64,
        seeds: f64,
        every: f64,
        factor: f64,
    ) -> Result<MeasurePlan, JsValue> {
        let jobs = weight_jobs(link, steps as u64, seeds as u64, every as u64, factor, FULL);
        Ok(Self {
            jobs: thrown(jobs)?,
        })
    }

    /// Its weight decay.
    pub fn weight_decay(&self, job: usize) -> f64 {
        self.jobs[job].settings.weight_decay
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

    /// A unit's values by class, on each side that a link shows, after so many steps.
    ///
    /// # Errors
    /// As `jobs::by_class_jobs`.
    pub fn by_class(link: &str, at: f64, layer: u32, unit: u32) -> Result<MeasurePlan, JsValue> {
        let plan = UnitPlan {
            at: at as u64,
            layer,
            unit,
        };
        Ok(Self {
            jobs: thrown(by_class_jobs(link, plan, FULL))?,
        })
    }

    /// What the sequences of a batch share, on each side that a link shows, after so many steps.
    ///
    /// # Errors
    /// As `jobs::company_jobs`.
    pub fn company(link: &str, at: f64) -> Result<MeasurePlan, JsValue> {
        Ok(Self {
            jobs: thrown(company_jobs(link, at as u64, FULL))?,
        })
    }

    /// The values of the first hidden layer of the last side that a link shows, after so many steps.
    ///
    /// # Errors
    /// As `jobs::values_jobs`.
    pub fn values(link: &str, step: f64, rows: u32) -> Result<MeasurePlan, JsValue> {
        let plan = ValuesPlan {
            step: step as u64,
            rows: rows as usize,
        };
        Ok(Self {
            jobs: thrown(values_jobs(link, plan, FULL))?,
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

    /// A side of a link after so many steps, and what it is folded into; layer and unit from 0.
    ///
    /// # Errors
    /// As `jobs::fold_job`.
    pub fn fold(link: &str, at: f64, layer: u32, unit: u32) -> Result<MeasurePlan, JsValue> {
        let plan = UnitPlan {
            at: at as u64,
            layer,
            unit,
        };
        Ok(Self {
            jobs: thrown(fold_job(link, plan, FULL))?,
        })
    }
}
