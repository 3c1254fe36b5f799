//! What Batch Normalization passes back of a unit's gradient, in its three terms: against differences and a closed form; the
//! two sums that vanish; that the run does not notice; and what is refused.

use crate::common::normals;
use crate::job_runs::{self, done};
use batchnorm_lab::architecture::{FULL, HiddenLayer};
use batchnorm_lab::jobs::{BackwardPlan, Job, Measure, backward_job, backward_side};
use batchnorm_lab::kernels::norm::batch::Rule;
use batchnorm_lab::lanes::Double;
use batchnorm_lab::measure::{BackwardOf, MOST_BACKWARD_VALUES, UnitBackward, unit_backward};
use batchnorm_lab::network::{Affine, BatchNorm, Hyper, Layer, Network, Objective, Targets};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::{Activation, Initialization};
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

const INPUTS: usize = 3;
const WIDTH: usize = 4;
const EPSILON: f64 = 0.01;

/// A hidden layer with Batch Normalization, and an output.
fn layers(freezes_statistics: bool) -> Vec<Layer<Double>> {
    let affine = |name: &str, inputs, outputs| {
        Layer::<Double>::from(Affine {
            name: name.into(),
            inputs,
            outputs,
            bias: true,
        })
    };
    let rule = Rule {
        epsilon: EPSILON,
        freezes_statistics,
        ..Rule::default()
    };
    vec![
        affine("fc1", INPUTS, WIDTH),
        Layer::from(BatchNorm {
            name: "norm1".into(),
            features: WIDTH,
            rule,
            ..BatchNorm::default()
        }),
        Layer::from(Activation::Tanh),
        affine("output", WIDTH, 2),
    ]
}

fn hidden() -> HiddenLayer {
    HiddenLayer {
        kind: "affine",
        product: 0,
        norm: Some(1),
        last: 2,
        activates: true,
        width: WIDTH,
        weight: "fc1.weight".into(),
        position: 0,
    }
}

/// A network away from its start, and what it is given: `[rows, inputs]`, `[rows, 2]`.
fn trained(rows: usize, freezes: bool) -> (Network<Double>, Vec<f64>, Vec<f64>) {
    let objective = Objective::HalfSquaredError;
    let mut network = Network::new(&layers(freezes), objective, rows).expect("a network");
    network.initialize(
        Initialization::XavierNormal,
        1.0,
        &mut Rng::new(5, "weights"),
    );
    let mut rng = Rng::new(9, "rows");
    let (x, values) = (
        normals(&mut rng, rows * INPUTS),
        normals(&mut rng, rows * 2),
    );
    for _ in 0..5 {
        let hyper = Hyper::sgd(0.3, 0.0);
        let step = network.train_step_towards(&x, Targets::Values(&values), rows, &hyper);
        step.expect("rows enough");
    }
    (network, x, values)
}

fn backward(rows: usize, unit: usize, freezes: bool) -> UnitBackward {
    let (mut network, x, values) = trained(rows, freezes);
    let of = BackwardOf {
        hidden: &hidden(),
        unit,
        epsilon: EPSILON,
        uses_batch: !freezes,
    };
    let taken = unit_backward(&mut network, of, &x, Targets::Values(&values), rows);
    taken.expect("rows enough")
}

#[track_caller]
fn close(got: f64, want: f64, bound: f64, what: &str) {
    assert!(
        (got - want).abs() <= bound * want.abs().max(1e-3),
        "{what}: {got:e}, not {want:e}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_three_terms_are_the_slope_of_the_loss_by_each_value() {
    const ROWS: usize = 7;
    for freezes in [false, true] {
        let (network, x, values) = trained(ROWS, freezes);
        let mut seen = network.clone();
        let step = Hyper::sgd(0.0, 0.0);
        let targets = Targets::Values(&values);
        seen.train_step_towards(&x, targets, ROWS, &step)
            .expect("rows enough");
        let given = seen.activation(0).to_row_major();
        // The layers from the normalisation on are a network of their own.
        let tail = &layers(freezes)[1..];
        let mut rest = Network::new(tail, Objective::HalfSquaredError, ROWS).expect("a network");
        let from = network.parameters().len() - rest.parameters().len();
        rest.parameters_mut()
            .copy_from_slice(&network.parameters()[from..]);
        rest.buffers_mut().copy_from_slice(network.buffers());
        let loss = |x: &[f64]| {
            let step = rest
                .clone()
                .train_step_towards(x, targets, ROWS, &Hyper::sgd(0.0, 0.0));
            step.expect("rows enough")
        };
        for unit in 0..WIDTH {
            let told = backward(ROWS, unit, freezes);
            assert_eq!((told.values, told.shown.len()), (ROWS, ROWS));
            for value in &told.shown {
                let what = format!("unit {unit}, {value:?}, frozen {freezes}");
                let place = value.place as usize * WIDTH + unit;
                const H: f64 = 1e-5;
                let [above, below] = [H, -H].map(|h| {
                    let mut point = given.clone();
                    point[place] += h;
                    loss(&point)
                });
                let slope = (above - below) / (2.0 * H);
                close(f64::from(value.d_x), slope, 1e-5, &what);
                let sum: f64 = value.terms.iter().map(|term| f64::from(*term)).sum();
                close(sum, slope, 1e-5, &what);
                close(f64::from(value.x), given[place], 1e-6, &what);
                assert!(
                    !freezes || value.terms[1..] == [0.0, 0.0],
                    "{what}: μ and σ² are constants"
                );
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_passed_back_sums_to_nothing_and_so_does_its_product_but_for_epsilon() {
    for unit in 0..WIDTH {
        let told = backward(16, unit, false);
        let (size, direct) = (f64::from(told.size_d_x), f64::from(told.size_direct));
        assert!(size > 0.01 * direct, "{told:?}: something is passed back");
        assert!(f64::from(told.sum_d_x).abs() < 1e-12 * size, "{told:?}");
        let bias = told.bias_gradient.expect("a bias");
        assert!(f64::from(bias).abs() < 1e-12 * size, "{told:?}");
        // Σdx·x̂ = γ/√(σ² + ε) · Σ(dy·x̂) · ε/(σ² + ε).
        let deviation = f64::from(told.deviation);
        let want = f64::from(told.gamma) / deviation * f64::from(told.sum_d_y_x_hat) * EPSILON
            / deviation.powi(2);
        close(f64::from(told.sum_d_x_x_hat), want, 1e-4, "Σdx·x̂");
        // With constant statistics neither holds, and the bias learns.
        let frozen = backward(16, unit, true);
        let size = f64::from(frozen.size_d_x);
        assert!(f64::from(frozen.sum_d_x).abs() > 1e-6 * size, "{frozen:?}");
        assert_eq!(frozen.bias_gradient, Some(frozen.sum_d_x));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn of_two_values_there_is_a_closed_form_that_epsilon_alone_keeps_from_zero() {
    for unit in 0..WIDTH {
        let told = backward(2, unit, false);
        let deviation = f64::from(told.deviation);
        let half = f64::from(told.shown[0].d_y - told.shown[1].d_y) / 2.0;
        let want = f64::from(told.gamma) / deviation * half * EPSILON / deviation.powi(2);
        close(f64::from(told.shown[0].d_x), want, 1e-4, "the first");
        close(f64::from(told.shown[1].d_x), -want, 1e-4, "the second");
    }
}

fn job(link: &str, side: u8, backward: Option<BackwardPlan>, steps: u64) -> Job {
    let measure = Measure {
        backward,
        ..Measure::default()
    };
    Job {
        curve_points: 64,
        ..job_runs::job(link, side, steps, measure)
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_run_does_not_notice_and_of_the_values_as_many_are_told_as_can_be_seen() {
    for (link, steps, values, has_bias) in [
        ("layers=8-8&act=relu&lr=0.3", 30, 64, true),
        ("layers=8-8&batch=2&affine=off", 30, 2, true),
        ("layers=8-8&frozen=both&opt=adam&batch=200", 30, 200, true),
        (
            "data=digits&samples=300&layers=c3-p-12&act=relu&batch=8&opt=adamw",
            12,
            8 * 64,
            true,
        ),
        (
            "data=sequences&samples=300&layers=r6-8&batch=16",
            12,
            16,
            false,
        ),
    ] {
        let plan = |at| {
            Some(BackwardPlan {
                at,
                layer: 0,
                unit: 2,
            })
        };
        let plain = done(job(link, 1, None, steps), 100);
        for at in [0, steps / 2, steps] {
            let looked = done(job(link, 1, plan(at), steps), 7);
            assert_eq!(looked.fingerprint, plain.fingerprint, "{link}");
            let (step, told) = looked.measured.backward.expect("what was asked for");
            assert_eq!(step, at, "{link}");
            assert_eq!(told.values, values, "{link}");
            assert_eq!(told.shown.len(), values.min(MOST_BACKWARD_VALUES), "{link}");
            assert_eq!(told.bias_gradient.is_some(), has_bias, "{link}");
            for value in &told.shown {
                let sum: f32 = value.terms.iter().sum();
                let size: f32 = value.terms.iter().map(|term| term.abs()).sum();
                assert!((sum - value.d_x).abs() <= 1e-5 * size, "{link}: {value:?}");
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn it_is_looked_at_where_batch_normalization_is_shown() {
    for (link, side) in [
        ("", Some(1)),
        ("a=batch&b=none", Some(0)),
        ("a=batch&b=batch", Some(1)),
        ("a=batch&b=batch&show=a", Some(0)),
        ("show=a", None),
        ("b=layer", None),
        ("b=group&show=b", None),
    ] {
        let (settings, _) = Settings::from_text(link);
        assert_eq!(backward_side(&settings), side, "{link}");
        let plan = BackwardPlan {
            at: 3,
            layer: 0,
            unit: 0,
        };
        let made = backward_job(link, plan, FULL);
        let sides = made.map(|jobs| jobs.iter().map(|job| job.side).collect::<Vec<_>>());
        match side {
            Some(side) => assert_eq!(sides, Ok(vec![side]), "{link}"),
            None => assert!(sides.is_err(), "{link}"),
        }
    }
    for (link, at, layer, unit, field) in [
        ("layers=4-6", 9, 2, 0, "layer"),
        ("layers=4-6", 9, 0, 4, "unit"),
        ("layers=4-6&b=layer", 9, 0, 0, "b"),
        ("layers=4-6&show=a", 9, 0, 0, "a"),
        ("layers=4-6&batch=1", 9, 0, 0, "norm1"),
        ("layers=4-6&lr=fast", 9, 0, 0, "lr"),
    ] {
        let made = backward_job(link, BackwardPlan { at, layer, unit }, FULL);
        let error = made.err().unwrap_or_else(|| panic!("{link}"));
        assert_eq!(error.field(), field, "{link}: {error}");
    }
}
