//! Lists of jobs that measure: the landscape of each side of a link, the depth profile of each of several normalisations,
//! over seeds; whole runs beside each other. Refuses what cannot be made before anything is trained. Trains nothing.

use super::{
    BackwardPlan, DriftPlan, Job, LandscapePlan, MOST_SEEDS, MOST_WORK, Measure, ScalePlan,
    UnitPlan, Until, ValuesPlan, settings_of, within,
};
use crate::architecture::NetworkFactory;
use crate::error::Error;
use crate::settings::Settings;
use crate::settings::choice::{Norm, View};

/// Points of each loss curve.
const CURVE_POINTS: u32 = 64;
/// The most normalisations that are compared.
const MOST_KINDS: u64 = 16;

/// A job for each side that the link shows and each seed, which count on from the link's; it may name a lesson.
///
/// # Errors
/// The first of what the link says that cannot be used; a number is out of its bounds; all jobs' work is too much; or the
/// settings make no network.
// Compiled where it is used: beside the rest of the core it would change how that is laid out, by 388 bytes of a worker.
#[inline]
pub fn landscape_jobs(
    link: &str,
    steps: u64,
    seeds: u64,
    plan: &LandscapePlan,
    factory: NetworkFactory,
) -> Result<Vec<Job>, Error> {
    let measure = Measure {
        landscape: Some(plan.clone()),
        ..Measure::default()
    };
    of_each_side(link, steps, seeds, &measure, factory)
}

/// A job for each side that the link shows and each seed, as `landscape_jobs`.
///
/// # Errors
/// As `landscape_jobs`.
#[inline]
pub fn drift_jobs(
    link: &str,
    steps: u64,
    seeds: u64,
    plan: DriftPlan,
    factory: NetworkFactory,
) -> Result<Vec<Job>, Error> {
    let measure = Measure {
        drift: Some(plan),
        ..Measure::default()
    };
    of_each_side(link, steps, seeds, &measure, factory)
}

/// A job for each side that the link shows, in which a unit is looked at; it may name a lesson.
///
/// # Errors
/// As `landscape_jobs`.
#[inline]
pub fn by_class_jobs(
    link: &str,
    plan: UnitPlan,
    factory: NetworkFactory,
) -> Result<Vec<Job>, Error> {
    let measure = Measure {
        by_class: Some(plan),
        ..Measure::default()
    };
    of_each_side(link, plan.at, 1, &measure, factory)
}

/// A job for each side that the link shows, in which sequences are held against all after so many updates.
///
/// # Errors
/// As `landscape_jobs`.
#[inline]
pub fn company_jobs(link: &str, at: u64, factory: NetworkFactory) -> Result<Vec<Job>, Error> {
    let measure = Measure {
        company: Some(at),
        ..Measure::default()
    };
    of_each_side(link, at, 1, &measure, factory)
}

fn of_each_side(
    link: &str,
    steps: u64,
    seeds: u64,
    measure: &Measure,
    factory: NetworkFactory,
) -> Result<Vec<Job>, Error> {
    let settings = settings_of(link)?;
    let sides: &[u8] = match settings.view {
        View::Twin => &[0, 1],
        View::A => &[0],
        View::B => &[1],
    };
    let jobs = sides.iter().map(|side| (settings.clone(), *side));
    over_seeds(jobs, steps, seeds, measure, factory, |_, error| error)
}

/// A job for each seed of the last side shown that normalises, or the last shown: with the link's weight decay, and, where it
/// has some, another without. Weights are weighed each `every` updates; those of the first job stand `factor` times as large
/// on a copy of its last state.
///
/// # Errors
/// As `landscape_jobs`.
#[inline]
pub fn weight_jobs(
    link: &str,
    steps: u64,
    seeds: u64,
    every: u64,
    factor: f64,
    factory: NetworkFactory,
) -> Result<Vec<Job>, Error> {
    let settings = settings_of(link)?;
    let norms = [settings.norm_a, settings.norm_b];
    let side = match settings.view {
        View::A => 0,
        View::Twin if norms[1] == Norm::None && norms[0] != Norm::None => 0,
        View::Twin | View::B => 1,
    };
    let mut measure = Measure {
        weigh: Some(every),
        scale: Some(ScalePlan { at: steps, factor }),
        ..Measure::default()
    };
    let plain = Settings {
        weight_decay: 0.0,
        ..settings.clone()
    };
    let has_decay = settings.weight_decay > 0.0;
    let own = [(settings, side)].into_iter();
    let mut jobs = over_seeds(own, steps, seeds, &measure, factory, |_, error| error)?;
    if has_decay {
        measure.scale = None;
        let plain = [(plain, side)].into_iter();
        let without = over_seeds(plain, steps, seeds, &measure, factory, |_, error| error)?;
        jobs.extend(without);
    }
    Ok(jobs)
}

/// A job for the last side that the link shows, which takes the values of its first hidden layer before they are normalised.
///
/// # Errors
/// As `landscape_jobs`.
#[inline]
pub fn values_jobs(
    link: &str,
    plan: ValuesPlan,
    factory: NetworkFactory,
) -> Result<Vec<Job>, Error> {
    let settings = settings_of(link)?;
    let side = u8::from(settings.view != View::A);
    let measure = Measure {
        values: Some(plan),
        ..Measure::default()
    };
    let jobs = std::iter::once((settings, side));
    over_seeds(jobs, plan.step, 1, &measure, factory, |_, error| error)
}

/// A job for each of these words of `Norm` and each seed, side A of its run; `at` are the steps of the profile.
///
/// # Errors
/// As `landscape_jobs`, or a word is none.
pub fn profile_jobs(
    link: &str,
    kinds: &[impl AsRef<str>],
    at: &[u64],
    seeds: u64,
    factory: NetworkFactory,
) -> Result<Vec<Job>, Error> {
    let settings = settings_of(link)?;
    within("kinds", kinds.len() as u64, 1, MOST_KINDS)?;
    within("profile", at.len() as u64, 1, super::MOST_PROFILES)?;
    let mut jobs = Vec::with_capacity(kinds.len());
    for kind in kinds {
        let Some(norm_a) = Norm::from_name(kind.as_ref()) else {
            return Err(not_of_kinds(kind.as_ref(), Norm::NAMES.join(" | ")));
        };
        let mut own = settings.clone();
        (own.norm_a, own.view) = (norm_a, View::A);
        jobs.push((own, 0));
    }
    let measure = Measure {
        profile: at.into(),
        ..Measure::default()
    };
    let steps = at.iter().copied().max().unwrap_or_default();
    // A kind that cannot stand here is named as such.
    let refuse = |settings: &Settings, error| match error {
        Error::InvalidSetting { .. } => error,
        _ => not_of_kinds(
            settings.norm_a.name(),
            format!("what makes a network: {error}"),
        ),
    };
    over_seeds(jobs.into_iter(), steps, seeds, &measure, factory, refuse)
}

/// A job for each of these runs, a link and a side each, with its losses and accuracies every so many updates.
///
/// # Errors
/// As `landscape_jobs`.
pub fn compared_jobs(
    runs: &[(impl AsRef<str>, u8)],
    steps: u64,
    every: u64,
    factory: NetworkFactory,
) -> Result<Vec<Job>, Error> {
    within("runs", runs.len() as u64, 1, MOST_KINDS)?;
    let settings = runs
        .iter()
        .map(|(link, side)| Ok((settings_of(link.as_ref())?, (*side).min(1))));
    let settings = settings.collect::<Result<Vec<_>, Error>>()?;
    let measure = Measure {
        scores: Some(every),
        ..Measure::default()
    };
    over_seeds(
        settings.into_iter(),
        steps,
        1,
        &measure,
        factory,
        |_, error| error,
    )
}

/// The job of the one side of a link that has r and d, with those of its selected unit every so many updates.
///
/// # Errors
/// As `landscape_jobs`, or neither side is under Batch Renormalization.
pub fn correction_jobs(
    link: &str,
    steps: u64,
    every: u64,
    factory: NetworkFactory,
) -> Result<Vec<Job>, Error> {
    let settings = settings_of(link)?;
    let side = u8::from(settings.norm_b == Norm::Renorm || settings.norm_a != Norm::Renorm);
    let measure = Measure {
        corrections: Some(every),
        ..Measure::default()
    };
    let jobs = std::iter::once((settings, side));
    over_seeds(jobs, steps, 1, &measure, factory, |_, error| error)
}

fn not_of_kinds(kind: &str, allowed: String) -> Error {
    Error::InvalidSetting {
        name: "kinds",
        value: kind.into(),
        allowed,
    }
}

pub(super) fn over_seeds(
    settings: impl Iterator<Item = (Settings, u8)>,
    steps: u64,
    seeds: u64,
    measure: &Measure,
    factory: NetworkFactory,
    refuse: impl Fn(&Settings, Error) -> Error,
) -> Result<Vec<Job>, Error> {
    within("seeds", seeds, 1, MOST_SEEDS)?;
    let mut jobs = Vec::new();
    for (settings, side) in settings {
        let mut job = Job {
            settings,
            side,
            steps,
            until: Until::Diverged,
            curve_points: CURVE_POINTS,
            measure: measure.clone(),
        };
        if let Err(error) = job.check(factory) {
            return Err(refuse(&job.settings, error));
        }
        for _ in 0..seeds {
            jobs.push(job.clone());
            job.settings.seed = (job.settings.seed + 1) % 1_000_000;
        }
    }
    let work = jobs.iter().map(Job::work).fold(0, u64::saturating_add);
    within("work", work, 1, MOST_WORK)?;
    Ok(jobs)
}

/// The side whose backward pass is looked at: of those shown the last with Batch Normalization.
pub fn backward_side(settings: &Settings) -> Option<u8> {
    let is_shown = |side: u8| match settings.view {
        View::Twin => true,
        View::A => side == 0,
        View::B => side == 1,
    };
    let norms = [settings.norm_a, settings.norm_b];
    let fits = |side: &u8| is_shown(*side) && norms[usize::from(*side)] == Norm::Batch;
    [1, 0].into_iter().find(fits)
}

/// The job that looks at what a unit of the link's Batch Normalization passes back.
///
/// # Errors
/// As `landscape_jobs`, or no side shown has Batch Normalization.
pub fn backward_job(
    link: &str,
    plan: BackwardPlan,
    factory: NetworkFactory,
) -> Result<Vec<Job>, Error> {
    let settings = settings_of(link)?;
    // Where none has it, the check says so of the last.
    let side = backward_side(&settings).unwrap_or(u8::from(settings.view != View::A));
    let measure = Measure {
        backward: Some(plan),
        ..Measure::default()
    };
    let jobs = std::iter::once((settings, side));
    over_seeds(jobs, plan.at, 1, &measure, factory, |_, error| error)
}
