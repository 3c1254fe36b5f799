//! Jobs against runs of the lab: the same bits, whatever the slices; what they report, and what is refused.

use crate::job_runs::{self, DIGITS, done};
use crate::reader::{checkpoint, frame_of, open_with_digits, settle, step};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::engine::{network_state, restore_network, take_fingerprint};
use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::{Grid, Job, JobReport, JobRun, LOOK_EVERY, Measure, Until};
use batchnorm_lab::network::Targets;
use batchnorm_lab::numeric::fingerprint::Fingerprint;
use batchnorm_lab::protocol::{Frame, NetworkState};
use batchnorm_lab::settings::choice::Loss;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Links of runs, each as long as its number of steps; both sides are compared.
const RUNS: &[(&str, u32)] = &[
    ("", 100),
    (
        "data=xor&layers=8-8&act=tanh&a=layer&opt=adam&lr=0.01&batch=33&seed=3",
        75,
    ),
    (
        "data=spiral&layers=16-16&act=relu&init=he-normal&lr=1&sgdm=0&batch=32&b=renorm",
        120,
    ),
    (
        "data=gauss&layers=9-7&a=ghost&ghost=8&b=sync&shards=3&loss=mse&nesterov=on&batch=24",
        60,
    ),
    (
        "data=digits&samples=400&layers=c3-d20-12&a=group&groups=3&b=batch&act=relu&batch=16&opt=adamw&lr=0.003",
        40,
    ),
    (
        "data=sequences&samples=300&layers=r12-8&a=layer&act=tanh&batch=16&lr=0.05",
        40,
    ),
    (
        "layers=16-16&act=tanh&changes=20:lr=0.3,40:batch=300,70:wd=0.01",
        90,
    ),
    ("momentum=cumulative&batch=500&changes=30:batch=2", 50),
];

/// Side B does, side A does not.
const DIVERGES: &str = "layers=16-16&act=identity&a=batch&b=none&lr=3&gain=10&samples=200&batch=20";

fn job(link: &str, side: u8, steps: u64) -> Job {
    Job {
        curve_points: 16,
        ..job_runs::job(link, side, steps, Measure::default())
    }
}

fn bits(state: &NetworkState) -> u64 {
    let mut of = Fingerprint::default();
    take_fingerprint(&mut of, state);
    of.value()
}

/// A report against the lab's side of that index.
fn check(report: &JobReport, side: u8, frame: &Frame, states: &[(u8, u64)], what: &str) {
    let seen = frame.sides.iter().find(|seen| seen.index == side);
    let seen = seen.expect("the side is shown");
    let words = |numbers: [f32; 7]| numbers.map(f32::to_bits);
    let of = |loss: &batchnorm_lab::protocol::Losses, of: &batchnorm_lab::protocol::Accuracies| {
        words([
            loss.batch,
            loss.train,
            loss.eval,
            of.train,
            of.eval_batch,
            of.eval_running,
            of.eval_full,
        ])
    };
    assert_eq!(
        of(&report.loss, &report.accuracy),
        of(&seen.loss, &seen.accuracy),
        "{what}"
    );
    assert_eq!(report.diverged_at, seen.diverged_at, "{what}");
    let state = states.iter().find(|(index, _)| *index == side);
    assert_eq!(Some(report.fingerprint), state.map(|s| s.1), "{what}");
}

fn states(trainer: &batchnorm_lab::trainer::Trainer) -> Vec<(u8, u64)> {
    let sides = checkpoint(trainer).sides;
    sides.iter().map(|s| (s.index, bits(&s.network))).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_job_is_bit_for_bit_the_lab_s_run_whatever_its_slices() {
    for (link, steps) in RUNS {
        let mut trainer = open_with_digits(link);
        let frame = step(&mut trainer, *steps);
        let states = states(&trainer);
        for side in [0, 1] {
            let job = job(link, side, u64::from(*steps));
            for slice in [1, 7, 1000] {
                let report = done(job.clone(), slice);
                let what = format!("{link}, side {side}, slices of {slice}");
                assert_eq!(report.step, u64::from(*steps), "{what}");
                check(&report, side, &frame, &states, &what);
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn its_state_opens_that_run_in_the_lab_at_that_step() {
    let links = RUNS.iter().chain(&[(DIVERGES, 100)]);
    for (link, steps) in links {
        for side in [0, 1] {
            let report = done(job(link, side, u64::from(*steps)), 50);
            let mut trainer = open_with_digits(&report.state);
            settle(&mut trainer);
            let frame = frame_of(&mut trainer);
            assert_eq!((frame.step, frame.sides.len()), (report.step, 1), "{link}");
            check(&report, side, &frame, &states(&trainer), &report.state);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_job_ends_where_its_network_diverges() {
    let mut trainer = open_with_digits(&format!("{DIVERGES}&show=b"));
    let frame = step(&mut trainer, 200);
    let at = frame.sides[0].diverged_at.expect("this rate diverges");
    let report = done(job(DIVERGES, 1, 200), 3);
    assert_eq!((report.step, report.diverged_at), (at, Some(at)));
    assert_eq!(
        report.curve.losses.len() as u64,
        at.div_ceil(report.curve.stride)
    );
    // The other side goes on.
    let report = done(job(DIVERGES, 0, 200), 3);
    assert_eq!((report.step, report.diverged_at), (200, None));
}

/// Makes the steps of a job on a network of its own, as an engine of many networks does.
fn done_elsewhere(job: Job, slice: u32) -> JobReport {
    let mut run = JobRun::new(job, DIGITS, FULL).expect("a job that can be made");
    let mut network = run.network().clone();
    while !run.is_done() {
        let stretch = run.ahead(slice);
        let train = run.dataset().train.clone();
        if run.network().max_rows() > network.max_rows() {
            let mut larger = run.network().clone();
            restore_network(&mut larger, &network_state(&network)).expect("its own state");
            network = larger;
        }
        network.set_batch_norm_momentum(stretch.rules.momentum);
        network.set_frozen(stretch.rules.frozen);
        let mut losses = Vec::new();
        for rows in stretch.order.chunks(stretch.rows) {
            let of = |row: &u32| *row as usize;
            let inputs = network.inputs();
            let x = rows
                .iter()
                .map(of)
                .flat_map(|row| &train.x[row * inputs..][..inputs]);
            let x: Vec<f32> = x.copied().collect();
            let labels: Vec<u8> = rows.iter().map(|row| train.labels[of(row)]).collect();
            let signs: Vec<f32> = labels
                .iter()
                .map(|label| 2.0 * f32::from(*label) - 1.0)
                .collect();
            let targets = match run.job().settings.loss_used() {
                Loss::SquaredError => Targets::Values(&signs),
                _ => Targets::Labels(&labels),
            };
            let hyper = &stretch.rules.hyper;
            let loss = network.train_step_towards(&x, targets, rows.len(), hyper);
            losses.push(loss.expect("a step"));
        }
        assert_eq!(losses.len(), stretch.steps as usize);
        run.hear(&losses);
        // Once it has diverged the network here may have gone on.
        if !run.is_done() || losses.iter().all(|loss| loss.is_finite()) {
            run.put(&network_state(&network)).expect("the same layers");
        }
    }
    run.report()
}

#[wasm_bindgen_test(unsupported = test)]
fn steps_made_elsewhere_count_as_its_own() {
    let dense = RUNS
        .iter()
        .filter(|(link, _)| !link.contains("data=sequences"));
    for (link, steps) in dense {
        for side in [0, 1] {
            let job = job(link, side, u64::from(*steps));
            let want = done(job.clone(), 1000);
            for slice in [1, 32] {
                let told = done_elsewhere(job.clone(), slice);
                assert_eq!(told, want, "{link}, side {side}, slices of {slice}");
            }
        }
    }
    // Where it diverges, losses after the end are of no account.
    let (want, told) = (
        done(job(DIVERGES, 1, 200), 9),
        done_elsewhere(job(DIVERGES, 1, 200), 64),
    );
    assert_eq!((told.step, told.diverged_at), (want.step, want.diverged_at));
    assert_eq!(told.curve.losses.len(), want.curve.losses.len());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_job_ends_where_its_accuracy_is_reached() {
    for slice in [1, 13] {
        let wanted = Job {
            until: Until::Accuracy(0.9),
            ..job("", 1, 400)
        };
        let report = done(wanted, slice);
        assert!(report.step < 400 && report.step.is_multiple_of(LOOK_EVERY));
        assert!(report.accuracy.eval_running >= 0.9);
        let before = done(job("", 1, report.step - LOOK_EVERY), slice);
        assert!(before.accuracy.eval_running < 0.9, "the first such step");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_curve_has_the_stated_resolution_and_is_of_the_losses_that_were_made() {
    for (steps, points, stride) in [(100, 10, 10), (100, 30, 4), (7, 512, 1)] {
        let report = done(
            Job {
                curve_points: points,
                ..job("", 1, steps)
            },
            9,
        );
        assert_eq!(report.curve.stride, stride);
        let mut trainer = open_with_digits("");
        let losses: Vec<f64> = (0..steps)
            .map(|_| f64::from(step(&mut trainer, 1).sides[1].loss.batch))
            .collect();
        let means = losses.chunks(stride as usize);
        let means = means.map(|some| (some.iter().sum::<f64>() / some.len() as f64) as f32);
        assert_eq!(
            report.curve.losses,
            Vec::from_iter(means),
            "{steps} in {points}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_grid_is_a_job_for_each_place_side_and_seed() {
    let mut grid = Grid::new("lesson=learning-rate&seed=999999").expect("a base");
    grid.add_axis("lr", &["0.1", "1"]).expect("an axis");
    grid.add_axis("layers", &["8", "8-8", "8-8-8"])
        .expect("an axis");
    let cells = grid.cells(50, 2, FULL).expect("a grid");
    assert_eq!(cells.len(), 2 * 3 * 2 * 2);
    for (place, cell) in cells.iter().enumerate() {
        let (lr, layers) = (place / 12, place / 4 % 3);
        assert_eq!(cell.places, [lr, layers]);
        assert_eq!(usize::from(cell.job.side), place / 2 % 2);
        let seed = if place % 2 == 0 { 999_999 } else { 0 };
        let settings = &cell.job.settings;
        assert_eq!((settings.seed, settings.layers.len()), (seed, layers + 1));
        assert_eq!(settings.learning_rate, [0.1, 1.0][lr]);
        assert_eq!((settings.batch, cell.job.steps), (32, 50), "the lesson's");
    }
    let mut grid = Grid::new("show=b").expect("a base");
    grid.add_axis("batch", &["16"]).expect("an axis");
    let cells = grid.cells(1, 1, FULL).expect("a grid of one axis");
    assert_eq!((cells.len(), cells[0].job.side), (1, 1));
}

/// A grid as it comes from outside: link, axes, steps, seeds.
type Asked<'a> = (&'a str, &'a [(&'a str, &'a [&'a str])], u64, u64);

fn cells_of((link, axes, steps, seeds): Asked) -> Result<usize, Error> {
    let mut grid = Grid::new(link)?;
    for (name, values) in axes {
        grid.add_axis(name, values)?;
    }
    grid.cells(steps, seeds, FULL).map(|cells| cells.len())
}

#[wasm_bindgen_test(unsupported = test)]
fn what_cannot_be_made_is_refused_with_what_can() {
    let many: Vec<String> = (1..=201).map(|batch| (batch + 1).to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let wide: &[&str] = &["128-128-128-128", "128-128-128-128-128"];
    let refused: &[(Asked, &str, &[&str])] = &[
        (("", &[("colour", &["1"])], 9, 1), "colour", &["unknown"]),
        (
            ("", &[("lr", &["0.1", "99"])], 9, 1),
            "lr",
            &["99", "0.0001..30"],
        ),
        (
            ("", &[("lr", &[])], 9, 1),
            "lr",
            &["no value", "0.0001..30"],
        ),
        (
            ("", &[("lr", &["1"]), ("lr", &["2"])], 9, 1),
            "lr",
            &["two axes", "different"],
        ),
        (
            ("", &[("speed", &["full"])], 9, 1),
            "speed",
            &["an axis", "batch"],
        ),
        (
            (
                "",
                &[("lr", &["1"]), ("gain", &["1"]), ("wd", &["0"])],
                9,
                1,
            ),
            "axes",
            &["3", "1..2"],
        ),
        (("", &[], 9, 1), "axes", &["0", "1..2"]),
        (
            ("lr=fast", &[("gain", &["1"])], 9, 1),
            "lr",
            &["fast", "0.0001..30"],
        ),
        (
            ("lesson=none", &[("gain", &["1"])], 9, 1),
            "lesson",
            &["none", "first-look"],
        ),
        (("", &[("lr", &["1"])], 0, 1), "steps", &["0", "1..1000000"]),
        (("", &[("lr", &["1"])], 9, 33), "seeds", &["33", "1..32"]),
        (("", &[("batch", &many)], 9, 1), "cells", &["402", "1..400"]),
        (
            ("", &[("layers", wide)], 1_000_000, 1),
            "work",
            &["1..1000000000000"],
        ),
        (
            ("", &[("layers", &["8", "c8"])], 9, 1),
            "layers",
            &["c8", "8"],
        ),
        (
            ("", &[("batch", &["8", "1"])], 9, 1),
            "batch",
            &["`1`", "2", "more than 1 value"],
        ),
        // Each goes by itself, the two do not go together.
        (
            (
                "layers=8-8",
                &[("a", &["none", "group"]), ("groups", &["4", "3"])],
                9,
                1,
            ),
            "groups",
            &["`3`", "2"],
        ),
        // The base is none: its own error stands.
        (
            ("a=group&groups=3", &[("lr", &["1"])], 9, 1),
            "norm1",
            &["groups"],
        ),
    ];
    for (asked, field, words) in refused {
        let error = cells_of(*asked).expect_err(field);
        assert_eq!(error.field(), *field, "{error}");
        for word in *words {
            assert!(error.to_string().contains(word), "{word}: {error}");
        }
    }
    assert_eq!(cells_of(("", &[("batch", &many[..200])], 1, 1)), Ok(400));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_job_that_cannot_be_made_does_not_start() {
    for (link, side, code) in [
        ("batch=1", 1, "too-few-values"),
        ("batch=1", 0, ""),
        ("changes=5:batch=1", 1, "too-few-values"),
        ("a=group&groups=3", 0, "shape"),
        ("data=digits", 0, ""),
    ] {
        let started = JobRun::new(job(link, side, 10), DIGITS, FULL);
        let got = started.as_ref().err().map_or("", Error::code);
        assert_eq!(got, code, "{link}");
    }
    let without = JobRun::new(job("data=digits", 0, 10), &[], FULL);
    assert_eq!(without.err().map(|error| error.code()), Some("message"));
}
