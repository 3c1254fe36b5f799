//! Jobs as tests make them: of a side of a link, trained to the end.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{Job, JobReport, JobRun, Measure, Until};
use batchnorm_lab::settings::Settings;

pub const DIGITS: &[u8] = include_bytes!("../../assets/digits/digits.bin");

/// One side of a link, told by its end alone.
#[track_caller]
pub fn job(link: &str, side: u8, steps: u64, measure: Measure) -> Job {
    let (settings, errors) = Settings::from_text(link);
    assert_eq!(errors, [], "{link}");
    Job {
        settings,
        side,
        steps,
        until: Until::Diverged,
        curve_points: 1,
        measure,
    }
}

/// Before its first step.
#[track_caller]
pub fn begun(job: Job) -> JobRun {
    JobRun::new(job, DIGITS, FULL).expect("a job that can be made")
}

/// At its end, made in slices of so many steps.
#[track_caller]
pub fn trained(job: Job, slice: u32) -> JobRun {
    let mut run = begun(job);
    while !run.advance(slice) {}
    run
}

/// What is told of it there.
#[track_caller]
pub fn done(job: Job, slice: u32) -> JobReport {
    trained(job, slice).report()
}
