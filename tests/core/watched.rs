//! What a job watches of a run: how far distributions inside have moved, the length of weights that a normalisation follows,
//! and what the network answers once these are times ten. Against the same from another plan, plain sums and closed forms;
//! that the run does not notice.

use crate::job_runs::{begun, job, trained};
use batchnorm_lab::jobs::{DriftPlan, JobRun, Measure, Measured, ScalePlan};
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

const STEPS: u64 = 24;
/// Side B of each. An ε that is next to nothing: with one that counts, weights times ten are not the same function.
const LINKS: &[&str] = &[
    "data=spiral&layers=8-8&act=relu&eps=1e-12&batch=16",
    "layers=6-5-4&act=tanh&b=batch&eps=1e-12&sgdm=0.9&lr=0.05",
    "data=digits&samples=300&layers=c4-p-8&act=relu&batch=16&eps=1e-12",
];

/// Side B of a link at its end.
fn run(link: &str, steps: u64, measure: Measure) -> JobRun {
    trained(job(link, 1, steps, measure), 7)
}

fn measured(link: &str, measure: Measure) -> Measured {
    let plain = run(link, STEPS, Measure::default()).report();
    let report = run(link, STEPS, measure).report();
    assert_eq!(report.fingerprint, plain.fingerprint, "{link}: the run");
    report.measured
}

fn close(got: f64, want: f64, bound: f64, what: &str) {
    let off = (got - want).abs();
    assert!(off <= bound * want.abs(), "{what}: {got}, not {want}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_state_is_held_against_the_one_so_many_steps_before_it() {
    for link in LINKS {
        let plan = |every, back| {
            let drift = Some(DriftPlan {
                every,
                back,
                rows: 20,
            });
            measured(
                link,
                Measure {
                    drift,
                    ..Measure::default()
                },
            )
            .drift
        };
        let steps = |all: &[(u64, _)]| all.iter().map(|(step, _)| *step).collect::<Vec<u64>>();
        for back in [1, 2, 4] {
            let (rare, every) = (plan(8, back), plan(back, back));
            assert_eq!(steps(&rare), [0, 8, 16, 24], "{link}, back {back}");
            for (step, layers) in &rare {
                let same = every.iter().find(|(other, _)| other == step);
                let (_, same) = same.expect("a state of both plans");
                assert_eq!(layers, same, "{link}, back {back}, step {step}");
                let has_moved = layers.iter().any(|of| of.drift > 0.0);
                assert_eq!(has_moved, *step > 0, "{link}, back {back}, step {step}");
            }
        }
        // Further back it has moved further, of runs as short as these.
        let far = |back| plan(8, back)[1].1.iter().map(|of| of.drift).sum::<f32>();
        assert!(far(1) < far(8), "{link}: {} and {}", far(1), far(8));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_length_of_weights_is_their_sum_of_squares_and_turns_the_rate() {
    for link in LINKS {
        let weigh = Measure {
            weigh: Some(6),
            ..Measure::default()
        };
        let weights = measured(link, weigh).weights;
        assert_eq!(weights.len(), 5, "{link}");
        for (place, weighed) in weights.iter().enumerate() {
            let what = format!("{link}, step {}", weighed.step);
            assert_eq!(weighed.step, 6 * place as u64, "{what}");
            let run = match weighed.step {
                0 => begun(job(link, 1, 1, Measure::default())),
                step => run(link, step, Measure::default()),
            };
            let followed = run.hidden().iter().filter(|layer| layer.norm.is_some());
            let squares = followed.flat_map(|layer| {
                let weight = run.network().parameter(&layer.weight);
                weight
                    .iter()
                    .map(|w| f64::from(*w) * f64::from(*w))
                    .collect::<Vec<f64>>()
            });
            let squares: f64 = squares.sum();
            close(f64::from(weighed.norm), squares.sqrt(), 1e-6, &what);
            let rate = run.job().settings.learning_rate / squares;
            close(f64::from(weighed.rate), rate, 1e-6, &what);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn weights_times_ten_give_the_same_answers_and_a_tenth_of_the_gradient() {
    for link in LINKS {
        for factor in [10.0, 0.1, 1.0] {
            let at = 12;
            let scale = Measure {
                scale: Some(ScalePlan { at, factor }),
                ..Measure::default()
            };
            let scaled = measured(link, scale).scaled.expect("a comparison");
            let what = format!("{link}, times {factor}");
            let [norm, gradient] = [scaled.norm, scaled.gradient].map(|both| both.map(f64::from));
            close(norm[1], factor * norm[0], 1e-5, &what);
            close(gradient[1], gradient[0] / factor, 1e-3, &what);
            assert!(gradient[0] > 0.0 && scaled.output > 0.0, "{what}");
            assert!(scaled.change <= 1e-4 * scaled.output, "{what}: {scaled:?}");
            let settings = run(link, at, Measure::default()).job().settings.clone();
            assert_eq!(
                (scaled.turned, scaled.rows),
                (0, settings.batch_size() as u32),
                "{what}"
            );
        }
    }
    // An ε that counts is more beside weights that are a tenth.
    let measure = Measure {
        scale: Some(ScalePlan {
            at: 12,
            factor: 0.1,
        }),
        ..Measure::default()
    };
    let scaled = measured("data=spiral&layers=8-8&eps=0.1&batch=16", measure).scaled;
    let scaled = scaled.expect("a comparison");
    assert!(scaled.change > 0.1 * scaled.output, "{scaled:?}");
}
