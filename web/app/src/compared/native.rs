//! The same runs trained here: the jobs that a pool gets from the page. In no page.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{Job, JobReport, JobRun, compared_jobs, correction_jobs};
use batchnorm_lab::protocol::{Accuracies, Losses};
use batchnorm_lab::settings::Settings;

use super::{CORRECTIONS_EVERY, Compared, Corrections, Look, Progress, WholeRun, comparison};

/// All runs of a lesson.
///
/// # Panics
/// If they cannot be trained.
pub fn compared(lesson: &str, link: &Settings, digits: &[u8]) -> Compared {
    let row = comparison(lesson);
    let variants = row.variants.iter();
    let runs: Vec<_> = variants
        .map(|variant| (variant.settings(link).to_text(), variant.side))
        .collect();
    let jobs = compared_jobs(&runs, row.steps, row.every, FULL).expect("runs that can be trained");
    let mut of = Compared::new(row, link);
    of.runs = jobs.into_iter().map(|job| done(job, digits)).collect();
    of
}

/// The run of which a lesson shows r and d.
///
/// # Panics
/// If it cannot be trained.
pub fn corrections(lesson: &str, link: &Settings, digits: &[u8]) -> Compared {
    let row = comparison(lesson);
    let jobs = correction_jobs(&link.to_text(), row.steps, CORRECTIONS_EVERY, FULL);
    let jobs = jobs.expect("a run that can be trained");
    let mut of = Compared::new(row, link);
    of.runs = jobs.into_iter().map(|job| done(job, digits)).collect();
    of
}

fn done(job: Job, digits: &[u8]) -> Progress {
    let mut run = JobRun::new(job, digits, FULL).expect("a job that can be made");
    while !run.advance(1000) {}
    Progress::Done(Box::new(whole(run.report())))
}

fn look(step: u64, loss: &Losses, accuracy: &Accuracies) -> Look {
    Look {
        step,
        losses: [loss.train, loss.eval],
        train: accuracy.train,
        running: accuracy.eval_running,
        full: accuracy.eval_full,
    }
}

fn whole(report: JobReport) -> WholeRun {
    let scores = report.measured.scores.iter();
    let corrections = report.measured.corrections.iter();
    WholeRun {
        step: report.step,
        stride: report.curve.stride,
        losses: report.curve.losses,
        looks: scores
            .map(|score| look(score.step, &score.loss, &score.accuracy))
            .collect(),
        end: look(report.step, &report.loss, &report.accuracy),
        corrections: corrections
            .map(|(step, of)| Corrections {
                step: *step,
                batch: of.batch,
                running: of.running,
                wanted: of.wanted,
                used: of.used,
                bounds: of.bounds,
                clipped: of.clipped,
            })
            .collect(),
        diverged_at: report.diverged_at,
    }
}
