//! A network beside the one that its Batch Normalization is folded into: one unit by the closed form, all scores to 1e-5 of
//! the largest, what cannot be folded and why, that the run does not notice, and calls timed by clocks of every coarseness.

use std::cell::Cell;

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{
    Job, JobReport, JobRun, Measure, NotFolded, UnitPlan, Until, fold_job, fold_side,
};
use batchnorm_lab::measure::{
    CallTimer, Folded, FoldedUnit, MOST_FOLDED_POINTS, MOST_FOLDED_WEIGHTS,
};
use batchnorm_lab::settings::Settings;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

const DIGITS: &[u8] = include_bytes!("../../assets/digits/digits.bin");

fn plan(at: u64, layer: u32, unit: u32) -> UnitPlan {
    UnitPlan { at, layer, unit }
}

fn run(link: &str, plan: UnitPlan) -> JobRun {
    let jobs = fold_job(link, plan, FULL).unwrap_or_else(|error| panic!("{link}: {error}"));
    let mut run = JobRun::new(jobs[0].clone(), DIGITS, FULL).expect("a job that can be made");
    while !run.advance(50) {}
    run
}

fn folded(link: &str, plan: UnitPlan) -> Folded {
    let (step, of) = run(link, plan).report().measured.folded.expect("folded");
    assert_eq!(step, plan.at, "{link}");
    of
}

#[wasm_bindgen_test(unsupported = test)]
fn a_unit_by_hand() {
    let unit = FoldedUnit {
        mean: 2.0,
        variance: 3.75,
        gamma: 3.0,
        beta: 0.5,
        epsilon: 0.25,
        ..FoldedUnit::default()
    };
    assert_eq!(unit.scale(), 1.5);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_units_numbers_are_those_of_the_closed_form() {
    for link in [
        "layers=5-4&lr=0.1",
        "layers=5-4&affine=off&eps=0.1",
        "layers=5-4&b=renorm",
        "data=digits&samples=300&layers=c4-p-c3-6&batch=16",
    ] {
        for (layer, unit) in [(0, 0), (1, 2), (9, 99)] {
            let of = folded(link, plan(30, layer, unit)).unit;
            let near = |got: f32, want: f64| {
                let off = (f64::from(got) - want).abs();
                assert!(off <= 1e-5 * want.abs().max(0.1), "{link}: {of:?}");
            };
            let deviation = (f64::from(of.variance) + of.epsilon).sqrt();
            let scale = f64::from(of.gamma) / deviation;
            near(of.scale(), scale);
            let [own, folded] = &of.weights;
            assert_eq!(own.len(), folded.len(), "{link}");
            assert!((1..=MOST_FOLDED_WEIGHTS).contains(&own.len()), "{link}");
            for (own, folded) in own.iter().zip(folded) {
                near(*folded, scale * f64::from(*own));
            }
            near(of.norm[1], scale.abs() * f64::from(of.norm[0]));
            let centred = f64::from(of.bias[0]) - f64::from(of.mean);
            near(of.bias[1], scale * centred + f64::from(of.beta));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn scores_are_the_same_to_a_hundred_thousandth_of_the_largest() {
    for (link, scores, lost_numbers, lost_layers) in [
        ("data=spiral&layers=16-16-16&act=relu", 1, 3 * 4 * 16, 3),
        ("layers=8-8&affine=off&stats=batch", 1, 2 * 2 * 8, 2),
        ("layers=8-d20-8&b=ghost&momentum=0.9", 1, 2 * 4 * 8, 2),
        ("a=sync&show=a&layers=8", 1, 4 * 8, 1),
        (
            "data=digits&samples=300&layers=c4-p-c6s2-g-8&act=relu&batch=16",
            10,
            4 * (4 + 6 + 8),
            3,
        ),
        (
            "data=sequences&samples=300&layers=6-8&batch=16",
            1,
            4 * (6 + 8),
            2,
        ),
    ] {
        for at in [0, 20] {
            let of = folded(link, plan(at, 0, 1));
            assert_eq!(of.points, MOST_FOLDED_POINTS, "{link}");
            assert_eq!(of.own.len(), of.scores * of.points, "{link}");
            assert_eq!(of.folded.len(), of.own.len(), "{link}");
            assert!(of.scores >= scores, "{link}: {} scores", of.scores);
            assert!(
                of.largest > 0.0 && of.share() <= 1e-5,
                "{link}: {}",
                of.share()
            );
            assert_eq!(of.numbers[0] - of.numbers[1], lost_numbers, "{link}");
            assert_eq!(of.layers[0] - of.layers[1], lost_layers, "{link}");
            assert_eq!(of.times, [], "{link}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_cannot_be_folded_says_why() {
    for (link, wanted, field) in [
        ("", Ok(1), ""),
        ("a=batch&b=none", Ok(0), ""),
        ("a=batch&b=renorm", Ok(1), ""),
        ("a=batch&b=batch&show=a", Ok(0), ""),
        ("show=a", Err(NotFolded::Norm), "a"),
        ("b=layer", Err(NotFolded::Norm), "b"),
        (
            "b=instance&data=digits&layers=c4&samples=300",
            Err(NotFolded::Norm),
            "b",
        ),
        ("b=batch&track=off", Err(NotFolded::Untracked), "track"),
        (
            "data=sequences&layers=r6&batch=16",
            Err(NotFolded::Layer),
            "layers",
        ),
        (
            "data=sequences&layers=t&batch=16",
            Err(NotFolded::Layer),
            "layers",
        ),
    ] {
        let (settings, errors) = Settings::from_text(link);
        assert_eq!(errors, [], "{link}");
        assert_eq!(fold_side(&settings), wanted, "{link}");
        let made = fold_job(link, plan(3, 0, 0), FULL);
        match wanted {
            Ok(side) => assert_eq!(made.expect(link)[0].side, side, "{link}"),
            Err(_) => {
                let error = made.err().unwrap_or_else(|| panic!("{link}"));
                assert_eq!(error.field(), field, "{link}: {error}");
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_run_does_not_notice() {
    let link = "layers=8-8&act=relu&lr=0.3";
    let (settings, _) = Settings::from_text(link);
    let done = |fold| {
        let job = Job {
            settings: settings.clone(),
            side: 1,
            steps: 40,
            until: Until::Diverged,
            curve_points: 8,
            measure: Measure {
                fold,
                ..Measure::default()
            },
        };
        let mut run = JobRun::new(job, DIGITS, FULL).expect("a job that can be made");
        while !run.advance(7) {}
        run.report()
    };
    let plain: JobReport = done(None);
    for at in [0, 13, 40] {
        let looked = done(Some(plan(at, 1, 3)));
        assert_eq!(looked.fingerprint, plain.fingerprint, "{link}");
        assert_eq!(looked.measured.folded.map(|(step, _)| step), Some(at));
    }
}

/// Both calls take so many milliseconds each, by a clock that goes in such ticks.
fn timed([first, second]: [f64; 2], tick: f64) -> Option<[f64; 2]> {
    let time = Cell::new(0.0);
    let now = || (time.get() / tick).floor() * tick;
    let mut timer = CallTimer::default();
    let mut calls = (
        || time.set(time.get() + first),
        || time.set(time.get() + second),
    );
    while !timer.advance([&mut calls.0, &mut calls.1], &now) {}
    timer.micros()
}

#[wasm_bindgen_test(unsupported = test)]
fn calls_have_a_time_by_any_clock_that_goes() {
    for tick in [0.005, 0.1, 1.0, 16.0] {
        for millis in [[0.02, 0.01], [0.001, 0.0015], [3.0, 2.9]] {
            let got = timed(millis, tick).expect("a time");
            for (got, millis) in got.into_iter().zip(millis) {
                // Of a slice of two coarse ticks one may be missing.
                let off = (got / (1000.0 * millis) - 1.0).abs();
                assert!(off <= 0.05 + tick / 16.0, "{tick} {millis}: {got}");
            }
        }
    }
    assert_eq!(timed([0.0, 0.0], 1.0), None, "a clock that stands still");
}

#[wasm_bindgen_test(unsupported = test)]
fn who_has_a_clock_has_times_and_nothing_else_is_other() {
    let time = Cell::new(0.0);
    // Each look at the clock is 10 ms after the one before.
    let now = || {
        time.set(time.get() + 10.0);
        time.get()
    };
    let mut timed = run("layers=8-8", plan(10, 0, 0));
    let without = timed.report().measured.folded.expect("folded").1;
    let mut slices = 0;
    while !timed.time(&now) {
        slices += 1;
    }
    assert!(slices > 2, "a cancel is heard between slices");
    let with = timed.report().measured.folded.expect("folded").1;
    let points: Vec<usize> = with.times.iter().map(|time| time.points).collect();
    assert_eq!(points, [256, 1]);
    assert!(with.times.iter().all(|time| time.micros == [10_000.0; 2]));
    assert_eq!(
        Folded {
            times: Vec::new(),
            ..with
        },
        without
    );
}
