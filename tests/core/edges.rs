//! What stands around the normalisations at the edge of f32: activations and losses of what is not finite, by the formulas
//! of PyTorch and IEEE 754; optimisers and folding at every size of tail, against the plain formulas in f64.

use crate::common::case::{from_feature_major, to_feature_major};
use crate::common::non_finite::NON_FINITE;
use crate::common::{assert_close, naive, narrow, normals, poisoned, widen};
use batchnorm_lab::kernels::activation::{self, Function};
use batchnorm_lab::kernels::norm::fold;
use batchnorm_lab::kernels::optimizer::{self, Hyper, Rule};
use batchnorm_lab::kernels::{affine, loss};
use batchnorm_lab::lanes::{Best, Double, Lanes, Real, Scalar};
use batchnorm_lab::numeric::rng::Rng;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

macro_rules! in_all_lanes {
    ($check:ident) => {
        // Where minima are relaxed the compiler relaxes those of scalar lanes too, which then lose NaN; no build uses them.
        if Best::NAME != "relaxed" {
            $check::<Scalar>();
        }
        $check::<Best>();
        $check::<Double>();
    };
}

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

/// Equal, or both NaN.
#[track_caller]
fn assert_same(what: &str, got: f64, want: f64) {
    assert!(
        got == want || (got.is_nan() && want.is_nan()),
        "{what}: got {got}, want {want}"
    );
}

fn activations_of_strange_values<L: Lanes>() {
    for (function, values, slopes) in NON_FINITE {
        for (index, non_finite) in [NAN, INF, -INF].into_iter().enumerate() {
            for len in 1..=9 {
                let mut rng = Rng::new(101, "activations");
                let (x, d_y) = (normals(&mut rng, len), normals(&mut rng, len));
                let run = |x: &[f64]| {
                    let (x, mut y, mut d) = (narrow::<L::Real>(x), poisoned(len), narrow(&d_y));
                    activation::forward::<L>(*function, &x, &mut y);
                    activation::backward::<L>(*function, &x, &y, &mut d);
                    (widen(&y), widen(&d))
                };
                let plain = run(&x);
                for spot in 0..len {
                    let mut x = x.clone();
                    x[spot] = non_finite;
                    let (y, d) = run(&x);
                    let what = format!(
                        "{} {function:?} of {non_finite} at {spot} of {len}",
                        L::NAME
                    );
                    for at in 0..len {
                        if at == spot {
                            assert_same(&what, y[at], values[index]);
                            assert_same(&format!("{what}, slope"), d[at], slopes[index] * d_y[at]);
                        } else {
                            assert_eq!((y[at], d[at]), (plain.0[at], plain.1[at]), "{what}: {at}");
                        }
                    }
                }
            }
        }
    }
}

/// Exactly 0, its negative and the least numbers on either side: only what is positive passes a rectifier.
fn rectifiers_near_zero<L: Lanes>() {
    let least = L::Real::SMALLEST;
    let x = [-least, -L::Real::ZERO, L::Real::ZERO, least, L::Real::ONE];
    for (function, want) in [
        (Function::Relu, [0.0, 0.0, 0.0, 1.0, 1.0]),
        (
            Function::LeakyRelu { slope: 0.25 },
            [0.25, 0.25, 0.25, 1.0, 1.0],
        ),
    ] {
        let (mut y, mut d) = (poisoned(5), vec![L::Real::ONE; 5]);
        activation::forward::<L>(function, &x, &mut y);
        activation::backward::<L>(function, &x, &y, &mut d);
        assert_eq!(widen(&d), want, "{} {function:?}", L::NAME);
        assert_eq!(y[3..], x[3..], "{} {function:?}", L::NAME);
    }
}

/// (1 − t)·z − log sigmoid z, as `binary_cross_entropy_with_logits`: only ∞ of class 0 is a number's worth of loss.
fn losses_of_strange_values<L: Lanes>() {
    for (z, target, want, slope) in [
        (INF, 0, INF, 1.0),
        (INF, 1, NAN, 0.0),
        (-INF, 0, NAN, 0.0),
        (-INF, 1, NAN, -1.0),
        (NAN, 0, NAN, NAN),
        (NAN, 1, NAN, NAN),
    ] {
        for rows in 1..=9 {
            for spot in 0..rows {
                let mut logits = vec![0.5; rows];
                let mut targets = vec![1; rows];
                (logits[spot], targets[spot]) = (z, target);
                let mut d = poisoned(rows);
                let got = loss::binary_cross_entropy::<L>(
                    &narrow(&logits),
                    &targets,
                    L::Real::ONE,
                    &mut d,
                );
                let what = format!(
                    "{} bce of {z}, class {target}, at {spot} of {rows}",
                    L::NAME
                );
                assert_same(&what, got.to_f64(), want);
                // 1/n is rounded in the lanes' own numbers.
                let share = (L::Real::ONE / L::Real::from_count(rows)).to_f64();
                assert_same(&what, d[spot].to_f64(), slope * share);
                let others = (0..rows).filter(|row| *row != spot);
                assert!(
                    others
                        .map(|row| d[row].to_f64())
                        .all(|d| d < 0.0 && d > -0.5),
                    "{what}"
                );
            }
        }
    }
    // Rows of three classes: an infinite logit makes ∞ − ∞ of its row; −∞ is a class without any share.
    for (logits, target, want, slopes) in [
        ([INF, 0.0, 0.0], 0, NAN, [NAN; 3]),
        ([0.0, INF, 0.0], 2, NAN, [NAN; 3]),
        ([0.0, 0.0, NAN], 0, NAN, [NAN; 3]),
        ([NAN, 0.0, 0.0], 1, NAN, [NAN; 3]),
        ([-INF, -INF, -INF], 0, NAN, [NAN; 3]),
        ([0.0, -INF, 0.0], 0, libm::log(2.0), [-0.5, 0.0, 0.5]),
        ([0.0, -INF, 0.0], 1, INF, [0.5, -1.0, 0.5]),
    ] {
        for (rows, spot) in [(1, 0), (2, 1), (5, 0), (5, 4), (9, 6)] {
            let row = |row: usize| if row == spot { logits } else { [0.0; 3] };
            let all: Vec<f64> = (0..rows).flat_map(row).collect();
            let mut targets = vec![1; rows];
            targets[spot] = target;
            let mut d = poisoned(3 * rows);
            let z = narrow(&to_feature_major(&all, (rows, 3, 1)));
            let got = loss::cross_entropy::<L>(&z, &targets, L::Real::ONE, &mut d).to_f64();
            let what = format!(
                "{} ce of {logits:?}, class {target}, {spot} of {rows}",
                L::NAME
            );
            let mean = ((rows - 1) as f64 * libm::log(3.0) + want) / rows as f64;
            match mean.is_finite() {
                true => assert_close(&what, &[got], &[mean], 1e-6, 1e-6),
                false => assert_same(&what, got, mean),
            }
            let d = from_feature_major(&widen(&d), (rows, 3, 1));
            for (class, slope) in slopes.into_iter().enumerate() {
                let (got, want) = (d[3 * spot + class], slope / rows as f64);
                let fits = (got - want).abs() < 1e-6 || (got.is_nan() && want.is_nan());
                assert!(fits, "{what}: slope {class} is {got}");
            }
            let others = (0..rows).filter(|row| *row != spot);
            assert!(
                others
                    .flat_map(|row| &d[3 * row..][..3])
                    .all(|d| d.is_finite()),
                "{what}"
            );
        }
    }
}

fn rules() -> Vec<Hyper> {
    let sgd = |momentum, nesterov| Rule::Sgd { momentum, nesterov };
    let adam = |decouples_decay| Rule::Adam {
        beta_1: 0.9,
        beta_2: 0.99,
        epsilon: 1e-8,
        decouples_decay,
    };
    let with = |rule, weight_decay| Hyper {
        learning_rate: 0.05,
        weight_decay,
        rule,
    };
    vec![
        with(sgd(0.0, false), 0.0),
        with(sgd(0.0, false), 0.1),
        with(sgd(0.9, false), 0.1),
        with(sgd(0.9, true), 0.1),
        with(adam(false), 0.0),
        with(adam(false), 0.1),
        with(adam(true), 0.1),
    ]
}

/// One parameter under these gradients, as the documentation of `torch.optim` writes it.
fn descend(mut w: f64, gradients: &[f64], hyper: &Hyper) -> f64 {
    let (mut first, mut second) = (0.0, 0.0);
    for (index, g) in gradients.iter().enumerate() {
        let (rate, decay) = (hyper.learning_rate, hyper.weight_decay);
        match hyper.rule {
            Rule::Sgd { momentum, nesterov } => {
                let g = g + decay * w;
                first = if index == 0 { g } else { momentum * first + g };
                w -= rate
                    * if nesterov {
                        g + momentum * first
                    } else {
                        first
                    };
            }
            Rule::Adam {
                beta_1,
                beta_2,
                epsilon,
                decouples_decay,
            } => {
                let step = index as i32 + 1;
                let g = if decouples_decay { *g } else { g + decay * w };
                if decouples_decay {
                    w -= rate * decay * w;
                }
                first = beta_1 * first + (1.0 - beta_1) * g;
                second = beta_2 * second + (1.0 - beta_2) * g * g;
                let (m, v) = (
                    first / (1.0 - beta_1.powi(step)),
                    second / (1.0 - beta_2.powi(step)),
                );
                w -= rate * m / (v.sqrt() + epsilon);
            }
        }
    }
    w
}

const UPDATES: usize = 5;

fn updated<L: Lanes>(start: &[f64], gradients: &[Vec<f64>], hyper: &Hyper) -> Vec<f64> {
    let mut w = narrow::<L::Real>(start);
    let (mut first, mut second) = (vec![L::Real::ZERO; w.len()], vec![L::Real::ZERO; w.len()]);
    for (index, g) in gradients.iter().enumerate() {
        optimizer::update::<L>(
            &mut w,
            &narrow::<L::Real>(g),
            &mut first,
            &mut second,
            hyper,
            index as u64 + 1,
        );
    }
    widen(&w)
}

fn optimisers_are_naive<L: Lanes>() {
    for hyper in rules() {
        for len in 1..=17 {
            let mut rng = Rng::new(103, "optimisers");
            let start = normals(&mut rng, len);
            let mut gradients: Vec<Vec<f64>> =
                (0..UPDATES).map(|_| normals(&mut rng, len)).collect();
            let got = updated::<L>(&start, &gradients, &hyper);
            let of = |place: usize| -> Vec<f64> { gradients.iter().map(|g| g[place]).collect() };
            let want: Vec<f64> = (0..len)
                .map(|place| descend(start[place], &of(place), &hyper))
                .collect();
            let bound = if L::NAME == "double" { 1e-12 } else { 2e-6 };
            assert_close(
                &format!("{} {hyper:?} {len}", L::NAME),
                &got,
                &want,
                bound,
                bound,
            );
            // A gradient that is not finite costs its own parameter and no other.
            for non_finite in [NAN, INF, -INF] {
                gradients[2][len - 1] = non_finite;
                let spoiled = updated::<L>(&start, &gradients, &hyper);
                assert!(!spoiled[len - 1].is_finite(), "{hyper:?}");
                assert_eq!(spoiled[..len - 1], got[..len - 1], "{hyper:?}");
            }
        }
    }
}

fn a_folded_layer_is_the_two_layers<L: Lanes>() {
    for (mean_of, variance) in [(0.3, 1.0), (1e4, 1.0), (0.0, 1e-8), (0.3, 0.0)] {
        for inputs in 1..=17 {
            for outputs in 1..=5 {
                let mut rng = Rng::new(107, "fold");
                let exact = |value: f64| f64::from(value as f32);
                let (x, weight) = (
                    normals(&mut rng, 3 * inputs),
                    normals(&mut rng, outputs * inputs),
                );
                let (bias, gamma, beta) = (
                    normals(&mut rng, outputs),
                    normals(&mut rng, outputs),
                    normals(&mut rng, outputs),
                );
                let bias: Vec<f64> = bias.iter().map(|b| exact(mean_of + b)).collect();
                let mean: Vec<f64> = normals(&mut rng, outputs)
                    .iter()
                    .map(|m| exact(mean_of + 0.1 * m))
                    .collect();
                let variances = vec![exact(variance); outputs];
                let mut folded = (narrow::<L::Real>(&weight), narrow::<L::Real>(&bias));
                let affine = (narrow::<L::Real>(&gamma), narrow::<L::Real>(&beta));
                fold::fold::<L>(
                    &mut folded.0,
                    &mut folded.1,
                    &narrow::<L::Real>(&mean),
                    &narrow::<L::Real>(&variances),
                    1e-5,
                    Some((&affine.0, &affine.1)),
                );
                let mut y = poisoned(3 * outputs);
                let size = affine::AffineSize {
                    inputs,
                    outputs,
                    rows: 3,
                };
                let x_in = narrow::<L::Real>(&to_feature_major(&x, (3, inputs, 1)));
                affine::forward::<L>(&x_in, &folded.0, Some(&folded.1), &mut y, size);
                let plain = naive::affine(&x, &weight, &bias, inputs);
                let want: Vec<f64> = naive::normalize(&plain, &mean, &variances, 1e-5)
                    .iter()
                    .enumerate()
                    .map(|(place, x_hat)| gamma[place % outputs] * x_hat + beta[place % outputs])
                    .collect();
                let steep = 1.0 / (variance + 1e-5_f64).sqrt();
                let bound = steep.max(1.0) * if L::NAME == "double" { 1e-11 } else { 2e-5 };
                let what = format!(
                    "{} fold {outputs}x{inputs}, mean {mean_of}, variance {variance}",
                    L::NAME
                );
                assert_close(
                    &what,
                    &from_feature_major(&widen(&y), (3, outputs, 1)),
                    &want,
                    bound.min(1e-5),
                    bound,
                );
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn activations_of_what_is_not_finite_are_pytorchs() {
    in_all_lanes!(activations_of_strange_values);
}

#[wasm_bindgen_test(unsupported = test)]
fn only_what_is_positive_passes_a_rectifier() {
    in_all_lanes!(rectifiers_near_zero);
}

#[wasm_bindgen_test(unsupported = test)]
fn losses_of_what_is_not_finite_are_pytorchs() {
    in_all_lanes!(losses_of_strange_values);
}

#[wasm_bindgen_test(unsupported = test)]
fn optimisers_are_the_naive_ones_at_every_length() {
    in_all_lanes!(optimisers_are_naive);
}

#[wasm_bindgen_test(unsupported = test)]
fn folding_changes_no_output_at_any_size() {
    in_all_lanes!(a_folded_layer_is_the_two_layers);
}

#[wasm_bindgen_test(unsupported = test)]
fn losses_and_optimisers_have_the_same_bits_in_scalar_lanes_and_simd() {
    if Best::NAME == "relaxed" {
        return;
    }
    for len in 1..=17 {
        let mut rng = Rng::new(109, "bits");
        let (z, d) = (normals(&mut rng, 3 * len), normals(&mut rng, len));
        let binary: Vec<u8> = (0..len).map(|_| rng.below(2) as u8).collect();
        let classes: Vec<u8> = (0..len).map(|_| rng.below(3) as u8).collect();
        fn losses<L: Lanes<Real = f32>>(
            z: &[f64],
            d: &[f64],
            binary: &[u8],
            classes: &[u8],
        ) -> Vec<u32> {
            let (z, soft, len) = (narrow::<f32>(z), narrow::<f32>(d), binary.len());
            let mut room: [Vec<f32>; 3] = [poisoned(len), poisoned(3 * len), poisoned(len)];
            let [of_binary, of_classes, of_squares] = &mut room;
            let sums = [
                loss::binary_cross_entropy::<L>(&z[..len], binary, 1.0, of_binary),
                loss::cross_entropy::<L>(&z, classes, 1.0, of_classes),
                loss::mean_squared_error::<L>(&z[..len], &soft, 1.0, of_squares),
            ];
            sums.iter()
                .chain(room.iter().flatten())
                .map(|v| v.to_bits())
                .collect()
        }
        assert_eq!(
            losses::<Scalar>(&z, &d, &binary, &classes),
            losses::<Best>(&z, &d, &binary, &classes)
        );
        for hyper in rules() {
            let gradients = [d.clone(), z[..len].to_vec()];
            let [scalar, best] = [updated::<Scalar>, updated::<Best>]
                .map(|of| of(&z[len..2 * len], &gradients, &hyper));
            assert_eq!(scalar, best, "{hyper:?}");
        }
    }
}
