//! What points of a batch have of their company, measured in jobs: a unit's values by class, and the means that sequences
//! share. Held against what normalisation must give, and against the law of a mean.

use crate::job_runs;
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{Job, JobReport, Measure, UnitPlan, by_class_jobs, company_jobs};
use batchnorm_lab::lessons::lesson;
use batchnorm_lab::measure::{ByClass, ClassValues, Company};

fn done(mut job: Job, slice: u32, is_measured: bool) -> JobReport {
    if !is_measured {
        job.measure = Measure::default();
    }
    job_runs::done(job, slice)
}

fn link(id: &str, more: &str) -> String {
    format!("{}&{more}", lesson(id).expect("a lesson").settings)
}

fn by_class(more: &str, at: u64) -> [ByClass; 2] {
    let plan = UnitPlan {
        at,
        layer: 0,
        unit: 0,
    };
    let jobs = by_class_jobs(&link("one-class-batches", more), plan, FULL);
    let sides = jobs.expect("jobs").into_iter().map(|job| {
        let report = done(job, 100, true);
        report.measured.by_class.expect("what was asked for")
    });
    sides.collect::<Vec<_>>().try_into().expect("two sides")
}

fn company(more: &str, at: u64) -> Company {
    let jobs = company_jobs(&link("sequences", more), at, FULL);
    let job = jobs.expect("jobs").swap_remove(0);
    done(job, 100, true)
        .measured
        .company
        .expect("what was asked for")
}

#[test]
fn the_run_does_not_notice() {
    for slice in [1, 30] {
        let plan = UnitPlan {
            at: 30,
            layer: 9,
            unit: 99,
        };
        let jobs = by_class_jobs(&link("one-class-batches", ""), plan, FULL);
        let sequences = company_jobs(&link("sequences", ""), 30, FULL);
        for job in jobs
            .expect("jobs")
            .into_iter()
            .chain(sequences.expect("jobs"))
        {
            let [with, without] =
                [true, false].map(|is_measured| done(job.clone(), slice, is_measured));
            let has = with.measured.by_class.is_some() || with.measured.company.is_some();
            assert!(has && with.fingerprint == without.fingerprint);
        }
    }
}

/// Mean of the values of both classes, by their counts.
fn whole(classes: &[ClassValues]) -> f32 {
    let sum: f32 = classes.iter().map(|of| of.mean * of.count as f32).sum();
    sum / classes.iter().map(|of| of.count).sum::<u32>() as f32
}

#[test]
fn batches_of_one_class_hide_how_wide_it_is() {
    for seed in 1..9 {
        let [batch, group] = by_class(&format!("seed={seed}"), 0);
        for class in &batch.training {
            // Fresh γ and β: every batch is normalised to mean 0 and, but for ε, deviation 1.
            assert!(class.mean.abs() < 1e-4, "seed {seed}: {class:?}");
            assert!((0.9..1.0001).contains(&class.deviation), "{class:?}");
            assert_eq!(class.count % 25, 0, "whole batches");
        }
        let counts = batch.training.iter().map(|class| class.count);
        assert_eq!(counts.sum::<u32>(), 64 * 25);
        assert!(whole(&batch.evaluated).abs() < 1e-4);
        let [one, other] = [0, 1].map(|class: usize| batch.evaluated[class].deviation);
        assert!(one > 2.0 * other, "the ring is wider: {one} {other}");
        // The same points by statistics of their own: they lie alike.
        for (training, evaluated) in group.training.iter().zip(&group.evaluated) {
            assert!((training.mean - evaluated.mean).abs() < 0.25);
            assert!((training.deviation - evaluated.deviation).abs() < 0.15);
        }
        // Mixed batches hide nothing.
        let [batch, _] = by_class(&format!("seed={seed}&batches=shuffled"), 0);
        for (training, evaluated) in batch.training.iter().zip(&batch.evaluated) {
            assert!((training.deviation - evaluated.deviation).abs() < 0.15);
        }
    }
}

#[test]
fn of_ever_fewer_sequences_the_mean_is_ever_farther_off() {
    for seed in 1..5 {
        for batch in [2_u32, 8, 32] {
            let of = company(&format!("batch={batch}&seed={seed}"), 0);
            assert_eq!((of.steps.len(), of.lengths.len()), (12, batch as usize));
            for (step, own) in of.steps.iter().enumerate() {
                let having = of.lengths.iter().filter(|length| **length as usize > step);
                assert_eq!(own.count as usize, having.count());
            }
            // All have the first four steps: the mean of n values, by σ/√n.
            let law = 1.0 / (batch as f32).sqrt();
            for step in &of.steps[..4] {
                let ratio = step.off / law;
                assert!((0.75..1.3).contains(&ratio), "{batch}: {ratio}");
                assert_eq!(step.missing, 0.0);
            }
            let [early, late] = [0, 9].map(|from: usize| {
                let steps = &of.steps[from..from + 3];
                steps.iter().map(|step| step.off).sum::<f32>() / 3.0
            });
            assert!(late > 1.15 * early, "seed {seed}, {batch}: {early} {late}");
            assert!(of.pooled < early, "{} {early}", of.pooled);
            // One of nine has step 12.
            let none = (8.0_f32 / 9.0).powi(batch as i32);
            let missing = of.steps[11].missing;
            assert!((missing - none).abs() < 0.2, "{missing} {none}");
        }
    }
}

#[test]
fn a_batch_of_all_sequences_has_the_mean_of_all() {
    let of = company("samples=60&split=90&batch=54", 0);
    for step in &of.steps {
        assert!(step.off < 1e-4 || step.count == 0, "{step:?}");
    }
}
