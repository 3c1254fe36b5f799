//! The same measured here: the jobs that a pool gets from the page. In no page.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{
    BackwardPlan, DriftPlan, Job, JobReport, JobRun, LandscapePlan, UnitPlan, ValuesPlan,
    backward_job, backward_side, by_class_jobs, company_jobs, drift_jobs, fold_job, fold_side,
    landscape_jobs, profile_jobs, values_jobs, weight_jobs,
};
use batchnorm_lab::settings::Settings;

use crate::cells::{Cells, Form, Kind, LayerValues, MOST_ROWS};

use super::{
    Backwards, ByClasses, Companies, DRIFT_ROWS, Drift, Drifts, FACTORS, Folds, Landscape,
    Landscapes, LayerSignal, Measured, Profile, Profiles, STATES, SideByClass, SideCompany,
    WeightPath, Weights, every, first_state, kinds,
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

/// The drift of a run of so many steps, each state held against the one so many steps before.
///
/// # Panics
/// If nothing can be measured.
pub fn drifts(settings: &Settings, step: u64, back: u64, digits: &[u8]) -> Drifts {
    let of = |step| {
        let plan = DriftPlan {
            every: every(step, back),
            back,
            rows: DRIFT_ROWS as usize,
        };
        let jobs = drift_jobs(&settings.to_text(), step, 1, plan, FULL);
        let jobs = jobs.expect("jobs that can be made").into_iter();
        jobs.map(|job| {
            let side = job.side;
            let report = done(job, digits);
            Drift {
                side,
                states: report.measured.drift,
                back,
                diverged_at: report.diverged_at,
            }
        })
        .collect()
    };
    Measured {
        start: of(0),
        now: (step > 0).then(|| (step, of(step))),
    }
}

/// The weights of a run of so many steps, and of its last state so many times as large.
///
/// # Panics
/// If nothing can be measured.
pub fn weights(settings: &Settings, step: u64, factor: f64, digits: &[u8]) -> Weights {
    let of = |step| {
        let jobs = weight_jobs(&settings.to_text(), step, 1, every(step, 1), factor, FULL);
        let jobs = jobs.expect("jobs that can be made").into_iter();
        jobs.map(|job| {
            let (side, decay) = (job.side, job.settings.weight_decay);
            let report = done(job, digits);
            WeightPath {
                side,
                decay,
                states: report.measured.weights,
                scaled: report.measured.scaled,
                factor,
                diverged_at: report.diverged_at,
            }
        })
        .collect()
    };
    Measured {
        start: of(0),
        now: (step > 0).then(|| (step, of(step))),
    }
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

/// The selected unit's values by class after so many updates, and at the start.
///
/// # Panics
/// If nothing can be measured.
pub fn by_classes(settings: &Settings, step: u64, digits: &[u8]) -> ByClasses {
    let of = |at| {
        let plan = UnitPlan {
            at,
            layer: settings.selected_layer,
            unit: settings.selected_unit,
        };
        let jobs = by_class_jobs(&settings.to_text(), plan, FULL);
        let jobs = jobs.expect("jobs that can be made").into_iter();
        jobs.map(|job| {
            let (side, report) = (job.side, done(job, digits));
            SideByClass {
                side,
                of: report.measured.by_class.unwrap_or_default(),
                diverged_at: report.diverged_at,
            }
        })
        .collect()
    };
    Measured {
        start: of(0),
        now: (step > 0).then(|| (step, of(step))),
    }
}

/// What the sequences of a batch share after so many updates, and at the start.
///
/// # Panics
/// If nothing can be measured.
pub fn companies(settings: &Settings, step: u64, digits: &[u8]) -> Companies {
    let of = |at| {
        let jobs = company_jobs(&settings.to_text(), at, FULL);
        let jobs = jobs.expect("jobs that can be made").into_iter();
        jobs.map(|job| {
            let (side, report) = (job.side, done(job, digits));
            SideCompany {
                side,
                of: report.measured.company.unwrap_or_default(),
                diverged_at: report.diverged_at,
            }
        })
        .collect()
    };
    Measured {
        start: of(0),
        now: (step > 0).then(|| (step, of(step))),
    }
}

/// The values of the first layer after so many updates; the cell in the middle of the second image is looked at.
///
/// # Panics
/// If nothing can be measured.
pub fn cells(settings: &Settings, step: u64, digits: &[u8]) -> Cells {
    let plan = ValuesPlan {
        step,
        rows: settings.batch_size().min(MOST_ROWS),
    };
    let jobs = values_jobs(&settings.to_text(), plan, FULL).expect("a job that can be made");
    let job = jobs.into_iter().next().expect("one job");
    let layer = done(job, digits)
        .measured
        .values
        .expect("what was asked for");
    let layer = LayerValues {
        rows: layer.rows,
        channels: layer.channels,
        positions: layer.positions,
        values: layer.values,
    };
    Cells {
        at: layer.place([1, layer.channels / 3, layer.positions / 2]),
        layer,
        step,
        form: Form::Image,
        kind: Kind::Group,
        groups: 2,
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

/// The side that can be folded after so many updates, beside what it is folded into; without times, for a picture's would be
/// those of who draws it. `None` where no side shown can be.
///
/// # Panics
/// If it cannot be measured all the same.
pub fn folds(settings: &Settings, step: u64, digits: &[u8]) -> Option<Folds> {
    fold_side(settings).ok()?;
    let plan = UnitPlan {
        at: step,
        layer: settings.selected_layer,
        unit: settings.selected_unit,
    };
    let jobs = fold_job(&settings.to_text(), plan, FULL);
    let jobs = jobs.expect("jobs that can be made").into_iter();
    let of = jobs.filter_map(|job| done(job, digits).measured.folded);
    let of: Vec<_> = of.map(|(_, of)| of).collect();
    Some(Measured {
        start: of.clone(),
        now: Some((step, of)),
    })
}
