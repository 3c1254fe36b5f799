//! Every claim of every lesson, trained over several seeds. A lesson never says what its own run does not show.

use crate::reader::step;
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{Job, JobRun, Measure, Until};
use batchnorm_lab::lessons::{LESSONS, lesson};
use batchnorm_lab::protocol::{BatchNoiseReport, Command, Event, Frame};
use batchnorm_lab::settings::Settings;
use batchnorm_lab::trainer::Trainer;

const SEEDS: [u32; 3] = [7, 1, 2];

/// The frame after so many steps of a lesson, with some settings of its own.
fn after(id: &str, more: &str, seed: u32, steps: u32) -> Frame {
    let mut trainer = open(id, more, seed);
    step(&mut trainer, steps)
}

fn open(id: &str, more: &str, seed: u32) -> Trainer {
    let lesson = lesson(id).expect("a lesson of that id");
    let settings = format!("{}&{more}&seed={seed}", lesson.settings);
    crate::reader::open_with_digits(&settings)
}

#[test]
fn every_lesson_is_a_link_that_reads_without_error() {
    for lesson in LESSONS {
        let (settings, errors) = Settings::from_text(lesson.settings);
        assert_eq!(errors, [], "{}", lesson.id);
        assert_eq!(
            settings.to_text(),
            lesson.settings,
            "{}: the shortest form",
            lesson.id
        );
        assert!((1..=3).contains(&lesson.panels.len()), "{}", lesson.id);
        assert!(lesson.controls.len() <= 5, "{}", lesson.id);
        for name in lesson.controls {
            assert!(
                settings.get(name).is_ok(),
                "{}: no control {name}",
                lesson.id
            );
        }
    }
}

#[test]
fn first_look_one_learns_and_one_does_not() {
    for seed in SEEDS {
        for lr in ["lr=0.03", "lr=0.1", "lr=0.3", "lr=1"] {
            let frame = after("first-look", lr, seed, 200);
            let [without, with] = [0, 1].map(|side: usize| frame.sides[side].accuracy.eval_running);
            eprintln!("first-look seed {seed} {lr}: none {without:.3}, batch {with:.3}");
            assert!(without < 0.6, "seed {seed}, {lr}: without {without}");
        }
        let frame = after("first-look", "", seed, 200);
        assert!(frame.sides[1].accuracy.eval_running > 0.95, "seed {seed}");
    }
}

#[test]
fn gamma_and_beta_learn_and_the_bias_before_them_does_not() {
    for seed in SEEDS {
        let frame = after("gamma-beta", "", seed, 400);
        let moved = |values: &[f32], from: f32| {
            values
                .iter()
                .fold(0.0_f32, |most, v| most.max((v - from).abs()))
        };
        for layer in &frame.sides[0].layers {
            eprintln!(
                "gamma-beta seed {seed} {}: γ moved {:.2}, β moved {:.2}",
                layer.name,
                moved(&layer.gamma, 1.0),
                moved(&layer.beta, 0.0)
            );
            assert!(moved(&layer.gamma, 1.0) > 0.1 && moved(&layer.beta, 0.0) > 0.1);
        }
    }
}

#[test]
fn learning_rate_the_usable_span_is_ten_times_wider() {
    const RATES: [f64; 9] = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];
    let mut usable = [Vec::new(), Vec::new()];
    for rate in RATES {
        let mut accuracies = [Vec::new(), Vec::new()];
        for seed in SEEDS {
            let frame = after("learning-rate", &format!("lr={rate}"), seed, 1500);
            for (side, accuracies) in accuracies.iter_mut().enumerate() {
                accuracies.push(frame.sides[side].accuracy.eval_running);
            }
        }
        for (side, accuracies) in accuracies.iter_mut().enumerate() {
            accuracies.sort_by(f32::total_cmp);
            eprintln!("learning-rate {rate} run {side}: {accuracies:?}");
            if accuracies[1] >= 0.93 {
                usable[side].push(rate);
            }
        }
    }
    let span = |rates: &[f64]| match rates {
        [] => 1.0,
        _ => rates[rates.len() - 1] / rates[0],
    };
    let [without, with] = [span(&usable[0]), span(&usable[1])];
    assert!(
        with >= 10.0 * without,
        "without {:?}, with {:?}",
        usable[0],
        usable[1]
    );
}

#[test]
fn noise_follows_its_closed_form_within_fifteen_percent() {
    for seed in SEEDS {
        // The closed form is that of Gaussian values: the unit that comes nearest to them, and a pinned point about
        // one standard deviation out, as far outliers drag their own batch along.
        let unit = nearest((0..16).map(|unit| noise(seed, unit, 0)), |report| {
            // Variances of 32 values scatter by 2·31/32² of their square if the values are Gaussian.
            let row = report
                .rows
                .iter()
                .find(|row| row.batch == 32)
                .expect("a row");
            (row.variance_sd.powi(2) * 1024.0 / 62.0 - 1.0).abs()
        })
        .unit;
        let mut reports: Vec<_> = (0..24).map(|pin| noise(seed, unit, pin)).collect();
        reports.sort_by(|a, b| (a.z.abs() - 1.0).abs().total_cmp(&(b.z.abs() - 1.0).abs()));
        // Four points of 256 draws each: a standard error of 2.2 %.
        reports.truncate(4);
        let mean =
            |value: &dyn Fn(&BatchNoiseReport) -> f32| reports.iter().map(value).sum::<f32>() / 4.0;
        let row = |report: &BatchNoiseReport, batch| {
            report
                .rows
                .iter()
                .find(|row| row.batch == batch)
                .expect("a row")
                .clone()
        };
        for batch in [8, 16, 32] {
            let ratio =
                mean(&|report| row(report, batch).x_hat_sd / row(report, batch).x_hat_sd_theory);
            eprintln!("noise seed {seed} unit {unit} B {batch}: measured / theory {ratio:.3}");
            assert!(
                (ratio - 1.0).abs() < 0.15,
                "seed {seed}, B = {batch}: {ratio}"
            );
        }
        // Four times the batch halves the scatter; it does not quarter it.
        let ratio = mean(&|report| row(report, 8).mean_sd / row(report, 32).mean_sd);
        assert!((ratio - 2.0).abs() < 0.3, "seed {seed}: {ratio}");
    }
}

fn nearest(
    reports: impl Iterator<Item = BatchNoiseReport>,
    distance: fn(&BatchNoiseReport) -> f32,
) -> BatchNoiseReport {
    reports
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .expect("candidates")
}

fn noise(seed: u32, unit: u32, pin: u32) -> BatchNoiseReport {
    let mut trainer = open("noise", &format!("unit={unit}&pin={pin}"), seed);
    trainer.take_events();
    trainer.handle(Command::MeasureBatchNoise);
    while trainer.has_background() {
        trainer.background();
    }
    match trainer.take_events().pop() {
        Some(Event::BatchNoise(report)) => *report,
        other => panic!("{other:?}"),
    }
}

#[test]
fn small_batches_break_batch_normalization_and_nothing_else() {
    for seed in SEEDS {
        let error = |side: u8, batch: u32| -> f32 {
            let lesson = lesson("small-batch").expect("a lesson");
            let (mut settings, _) = Settings::from_text(lesson.settings);
            (settings.batch, settings.seed) = (batch, seed);
            let job = Job {
                settings,
                side,
                steps: 800,
                until: Until::Diverged,
                curve_points: 1,
                measure: Measure::default(),
            };
            let mut run = JobRun::new(job, &[], FULL).expect("a job");
            while !run.advance(800) {}
            let right = run.report().accuracy.eval_running;
            eprintln!("small-batch seed {seed} run {side} B {batch}: {right:.3}");
            1.0 - right
        };
        assert!(
            error(1, 2) >= 5.0 * error(1, 64).max(0.02),
            "seed {seed}: {} {}",
            error(1, 2),
            error(1, 64)
        );
        assert!(
            error(0, 2) <= (2.0 * error(0, 64)).max(0.04),
            "seed {seed}: {} {}",
            error(0, 2),
            error(0, 64)
        );
        let [two, many] = ["batch=2&show=b", "batch=64&show=b"].map(|more| {
            // The middle of many steps: two points that nearly agree in a unit give a rare, huge gradient.
            let mut reach: Vec<f32> = (1..=21)
                .map(|steps| {
                    after("small-batch", more, seed, steps).sides[0].layers[0].gradient_norm
                })
                .collect();
            reach.sort_by(f32::total_cmp);
            reach[10]
        });
        eprintln!(
            "small-batch seed {seed}: gradient of the first layer {two:.2e} at 2, {many:.2e} at 64"
        );
        assert!(two < 0.1 * many, "seed {seed}");
    }
}

#[test]
fn running_averages_lag_and_re_estimation_closes_the_gap() {
    for seed in SEEDS {
        let accuracy = after("train-vs-inference", "", seed, 500).sides[0]
            .accuracy
            .clone();
        eprintln!("train-vs-inference seed {seed}: {accuracy:?}");
        assert!(
            accuracy.eval_full - accuracy.eval_running > 0.2,
            "seed {seed}"
        );
        let usual = after("train-vs-inference", "momentum=0.1", seed, 500).sides[0]
            .accuracy
            .clone();
        assert!(
            (usual.eval_full - usual.eval_running).abs() < 0.03,
            "seed {seed}: {usual:?}"
        );
    }
}

#[test]
fn images_are_read_and_a_small_batch_hurts_a_convolution_less_than_a_dense_net() {
    for seed in SEEDS {
        let frame = after("images", "", seed, 300);
        let with = frame.sides[1].accuracy.eval_running;
        eprintln!("images seed {seed}: {with:.3} of {:?}", frame.evaluated);
        assert!(with >= 0.95, "seed {seed}: {with}");
        let [conv, dense] = ["c8-p-c16-p", "32-32-32"].map(|layers| {
            let more = format!("layers={layers}&show=b&batch=2&lr=0.003");
            after("images", &more, seed, 1000).sides[0]
                .accuracy
                .eval_running
        });
        eprintln!("images seed {seed} at batch 2: convolution {conv:.3}, dense {dense:.3}");
        assert!(conv > 0.9 && dense < 0.4, "seed {seed}: {conv} {dense}");
    }
}
