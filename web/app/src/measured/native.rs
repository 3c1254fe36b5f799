//! The same measured here: the jobs that a pool gets from the page. In no page.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{
    BackwardPlan, Job, JobReport, JobRun, LandscapePlan, backward_job, backward_side,
    landscape_jobs, profile_jobs,
};
use batchnorm_lab::settings::Settings;

use super::{
    Backwards, FACTORS, Landscape, Landscapes, LayerSignal, Measured, Profile, Profiles, STATES,
    first_state, kinds,
};

/// The landscapes of a run after so many updates, and of its start.
///
/// # Panics
/// If nothing can be measured.
pub fn landscapes(settings: &Settings, step: u64, digits: &[u8]) -> Landscapes {
    let of = |step| {
        let plan = LandscapePlan {
            from: first_state(step),
            every: 1,
            factors: FACTORS.into(),
            last: STATES as u32,
        };
        let jobs = landscape_jobs(&settings.to_text(), step, 1, &plan, FULL);
        let jobs = jobs.expect("jobs that can be made").into_iter();
        jobs.map(|job| landscape(job.side, done(job, digits)))
            .collect()
    };
    Measured {
        start: of(0),
        now: (step > 0).then(|| (step, of(step))),
    }
}

/// The profiles of all kinds after so many updates, and at the start.
///
/// # Panics
/// If nothing can be measured.
pub fn profiles(settings: &Settings, step: u64, digits: &[u8]) -> Profiles {
    let of = |step| {
        let jobs = profile_jobs(&settings.to_text(), &kinds(settings), &[step], 1, FULL);
        let jobs = jobs.expect("jobs that can be made").into_iter();
        jobs.map(|job| profile(job.norm().name(), done(job, digits)))
            .collect()
    };
    Measured {
        start: of(0),
        now: (step > 0).then(|| (step, of(step))),
    }
}

/// What the selected unit's Batch Normalization passes back after so many updates; `None` where no side shown has one.
///
/// # Panics
/// If it cannot be measured all the same.
pub fn backward(settings: &Settings, step: u64, digits: &[u8]) -> Option<Backwards> {
    backward_side(settings)?;
    let plan = BackwardPlan {
        at: step,
        layer: settings.selected_layer as usize,
        unit: settings.selected_unit as usize,
    };
    let jobs = backward_job(&settings.to_text(), plan, FULL);
    let jobs = jobs.expect("jobs that can be made").into_iter();
    let of = jobs.filter_map(|job| done(job, digits).measured.backward);
    let of: Vec<_> = of.map(|(_, of)| of).collect();
    Some(Measured {
        start: of.clone(),
        now: Some((step, of)),
    })
}

fn done(job: Job, digits: &[u8]) -> JobReport {
    let mut run = JobRun::new(job, digits, FULL).expect("a job that can be made");
    while !run.advance(1000) {}
    run.report()
}

fn landscape(side: u8, report: JobReport) -> Landscape {
    let landscape = report.measured.landscape.expect("what was asked for");
    let last = landscape.points.last();
    let smoothness = landscape.points.iter().map(|point| point.smoothness);
    Landscape {
        side,
        rate: last.map_or(f64::NAN, |point| point.rate),
        loss: last.map_or(f32::NAN, |point| point.loss),
        last: last.map_or_else(Vec::new, |point| point.losses.clone()),
        low: landscape.loss.low,
        high: landscape.loss.high,
        rise: landscape.change.high,
        smoothness: smoothness.fold(0.0, f32::max),
        diverged_at: report.diverged_at,
    }
}

fn profile(kind: &str, report: JobReport) -> Profile {
    let profile = report.measured.profile.into_iter().next();
    let layers = profile.map_or_else(Vec::new, |(_, profile)| profile.layers);
    let layers = layers.into_iter().map(|layer| LayerSignal {
        deviation: layer.normalized.unwrap_or(layer.before),
        gradient: layer.weight_gradient,
    });
    Profile {
        kind: kind.into(),
        layers: layers.collect(),
        diverged_at: report.diverged_at,
    }
}
