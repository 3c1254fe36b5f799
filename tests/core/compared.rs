//! What a job tells of whole runs: losses and accuracies on the way, r and d of Batch Renormalization. Against shorter
//! runs, the formulas and the layer itself; that the run does not notice; and what is refused.

use crate::common::normals;
use crate::job_runs;
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{Job, JobReport, Measure, Until, compared_jobs, correction_jobs};
use batchnorm_lab::kernels::norm::batch::Rule;
use batchnorm_lab::kernels::norm::renorm::Bounds;
use batchnorm_lab::lanes::Double;
use batchnorm_lab::measure::correction;
use batchnorm_lab::network::{Affine, BatchRenorm, Layer, Mode, Network, Objective};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::Initialization;

/// Links of runs with every kind of statistics, changes on the way, and one that diverges.
const RUNS: [(&str, u64); 4] = [
    ("data=spiral&layers=8-d20-8&act=relu&lr=0.3", 30),
    (
        "a=renorm&b=ghost&ghost=8&layers=6-6&batch=24&momentum=cumulative",
        60,
    ),
    (
        "layers=6-6&samples=1000&batch=16&changes=7:frozen=statistics,14:batch=300,15:shift=1,20:lr=1,30:wd=0.1",
        20,
    ),
    (
        "layers=6-6&act=identity&a=batch&b=none&lr=30&gain=10&samples=200&batch=20",
        40,
    ),
];

fn done(job: Job) -> JobReport {
    job_runs::done(job, 7)
}

#[track_caller]
fn close(got: f64, want: f64, bound: f64, what: &str) {
    let error = (got - want).abs() / (1.0 + want.abs());
    assert!(error <= bound, "{what}: {got:e}, not {want:e}: {error:e}");
}

#[test]
fn scores_are_those_of_shorter_runs_and_leave_the_run_as_it_is() {
    for (link, steps) in RUNS {
        let job = |steps, scores| Job {
            settings: Settings::from_text(link).0,
            side: 1,
            steps,
            until: Until::Diverged,
            curve_points: 8,
            measure: Measure {
                scores,
                ..Measure::default()
            },
        };
        let [plain, looked] = [None, Some(5)].map(|every| done(job(steps, every)));
        assert_eq!(plain.fingerprint, looked.fingerprint, "{link}");
        let scores = &looked.measured.scores;
        let last = looked.diverged_at.map_or(steps / 5, |at| (at - 1) / 5);
        assert_eq!(scores.len() as u64, last + 1, "{link}");
        for score in &scores[1..] {
            let short = done(job(score.step, None));
            assert_eq!(score.accuracy, short.accuracy, "{link} at {}", score.step);
            assert_eq!(score.loss, short.loss, "{link} at {}", score.step);
        }
    }
    let refused = compared_jobs(&[("layers=4", 0), ("layers=4&batch=1", 1)], 10, 5, FULL);
    assert_eq!(
        refused.expect_err("a batch of one").code(),
        "too-few-values"
    );
}

#[test]
fn r_and_d_are_what_the_layer_gives_and_end_at_the_bounds_of_the_schedule() {
    let link = "data=spiral&layers=6-5&act=relu&a=batch&b=renorm&batch=4&rmax=2&dmax=0.5&lr=0.1&layer=1&unit=3";
    let jobs = correction_jobs(link, 450, 10, FULL).expect("jobs");
    let [job] = &jobs[..] else {
        panic!("a job: {jobs:?}");
    };
    let plain = done(Job {
        measure: Measure::default(),
        ..job.clone()
    });
    let report = done(job.clone());
    assert_eq!(report.fingerprint, plain.fingerprint);
    let found = &report.measured.corrections;
    assert_eq!(found.len(), 46);
    for (step, at) in found {
        // The schedule: nothing before 50 updates, open from 400 on.
        let share = ((*step as f32 - 50.0) / 350.0).clamp(0.0, 1.0);
        assert!(
            (at.bounds[0] - (1.0 + share)).abs() < 1e-6,
            "{step}: {at:?}"
        );
        assert!((at.bounds[1] - 0.5 * share).abs() < 1e-6, "{step}: {at:?}");
        let ratio = at.batch[1] / at.running[1];
        let distance = (at.batch[0] - at.running[0]) / at.running[1];
        close(f64::from(at.wanted[0]), f64::from(ratio), 1e-5, "ratio");
        close(
            f64::from(at.wanted[1]),
            f64::from(distance),
            1e-4,
            "distance",
        );
        let r = at.wanted[0].clamp(1.0 / at.bounds[0], at.bounds[0]);
        let d = at.wanted[1].clamp(-at.bounds[1], at.bounds[1]);
        assert!(
            (at.used[0] - r).abs() < 1e-6 && (at.used[1] - d).abs() < 1e-6,
            "{step}: {at:?}"
        );
        for (place, share) in at.clipped.iter().enumerate() {
            assert!((share * 5.0).fract() == 0.0, "of five units: {share}");
            let is_clipped = at.wanted[place] != at.used[place];
            assert!(!is_clipped || *share > 0.0, "{step}: {at:?}");
        }
    }
    assert!(found.iter().any(|(_, at)| at.clipped[0] > 0.0));
    let refused = correction_jobs("b=batch", 10, 5, FULL).expect_err("no r and d");
    assert_eq!(refused.field(), "b");
}

#[test]
fn x_hat_times_r_plus_d_is_the_output_of_the_layer() {
    const INPUTS: usize = 3;
    const ROWS: usize = 7;
    let x = normals(&mut Rng::new(9, "rows"), ROWS * INPUTS);
    let bounds = Bounds {
        r_max: 3.0,
        d_max: 5.0,
    };
    let layers: Vec<Layer<Double>> = vec![
        Layer::from(Affine {
            name: "fc".into(),
            inputs: INPUTS,
            outputs: 4,
            bias: true,
        }),
        Layer::from(BatchRenorm {
            name: "norm".into(),
            features: 4,
            rule: Rule::default(),
            bounds,
            schedule: (0, 1),
        }),
    ];
    let network = Network::new(&layers, Objective::HalfSquaredError, ROWS);
    let mut network = network.expect("a network");
    network.initialize(
        Initialization::XavierNormal,
        1.0,
        &mut Rng::new(5, "weights"),
    );
    network.set_updates(1);
    for scale in [3.0, 0.1] {
        let other: Vec<f64> = x.iter().map(|value| value * scale).collect();
        network
            .forward(&other, ROWS, Mode::Train)
            .expect("rows enough");
    }
    for unit in 0..4 {
        let mut own = network.clone();
        let (mean, variance) = own.running(1);
        let running = [mean.to_vec(), variance.to_vec()];
        own.forward(&x, ROWS, Mode::Train).expect("rows enough");
        let of = correction(&own, &running, 1, unit, bounds, 1e-5);
        // Of a fresh layer γ is 1 and β 0.
        let [given, got] = [0, 1].map(|layer| own.activation(layer).to_row_major());
        for row in 0..ROWS {
            let x_hat = (given[row * 4 + unit] - f64::from(of.batch[0])) / f64::from(of.batch[1]);
            let wanted = x_hat * f64::from(of.used[0]) + f64::from(of.used[1]);
            close(got[row * 4 + unit], wanted, 1e-5, "x̂·r + d");
        }
    }
}
