//! Every lane of every kernel against the naive formulas, at every length of tail, with outputs poisoned beforehand.

mod common;

use batchnorm_lab::error::Error;
use batchnorm_lab::kernels::activation::{self, Function};
use batchnorm_lab::kernels::norm::batch;
use batchnorm_lab::kernels::{affine, loss};
use batchnorm_lab::lanes::{Best, Double, Lanes, Real, Scalar};
use batchnorm_lab::rng::Rng;
use common::case::{from_feature_major, to_feature_major};
use common::{assert_close, naive, narrow, normals, poisoned, widen};

/// Runs a generic check in every implementation of this build.
macro_rules! in_all_lanes {
    ($check:ident) => {
        $check::<Scalar>();
        $check::<Best>();
        $check::<Double>();
    };
}

/// Rounding of sums of at most twenty or so numbers of size 1.
fn tolerance<L: Lanes>() -> f64 {
    match L::NAME {
        "double" => 1e-13,
        _ => 6e-6,
    }
}

fn turn_in<R: Real>(values: &[f64], rows: usize, features: usize) -> Vec<R> {
    narrow(&to_feature_major(values, (rows, features, 1)))
}

fn turn_out<R: Real>(values: &[R], rows: usize, features: usize) -> Vec<f64> {
    from_feature_major(&widen(values), (rows, features, 1))
}

fn affine_is_naive<L: Lanes>() {
    let mut rng = Rng::new(1, "affine");
    let bound = tolerance::<L>();
    let sizes = (1..=17).flat_map(|i| (1..=17).flat_map(move |k| (1..=17).map(move |n| (i, k, n))));
    for (inputs, outputs, rows) in sizes {
        let size = affine::Size {
            inputs,
            outputs,
            rows,
        };
        let (x, weight) = (
            normals(&mut rng, rows * inputs),
            normals(&mut rng, outputs * inputs),
        );
        let (bias, d_y) = (
            normals(&mut rng, outputs),
            normals(&mut rng, rows * outputs),
        );
        let what = |part: &str| format!("{} {size:?} {part}", L::NAME);
        let (x_in, w_in) = (
            turn_in::<L::Real>(&x, rows, inputs),
            narrow::<L::Real>(&weight),
        );
        let d_in = turn_in::<L::Real>(&d_y, rows, outputs);

        let mut y = poisoned(rows * outputs);
        affine::forward::<L>(&x_in, &w_in, Some(&narrow(&bias)), &mut y, size);
        let want = naive::affine(&x, &weight, &bias, inputs);
        assert_close(&what("y"), &turn_out(&y, rows, outputs), &want, 0.0, bound);

        let (want_x, want_w, want_b) = naive::affine_backward(&x, &weight, &d_y, inputs, outputs);
        let mut d_x = poisoned(rows * inputs);
        affine::backward_input::<L>(&d_in, &w_in, &mut d_x, size);
        assert_close(
            &what("d_x"),
            &turn_out(&d_x, rows, inputs),
            &want_x,
            0.0,
            bound,
        );
        let (mut d_w, mut d_b) = (poisoned(outputs * inputs), poisoned(outputs));
        affine::backward_parameters::<L>(&x_in, &d_in, &mut d_w, Some(&mut d_b), size);
        assert_close(&what("d_weight"), &widen(&d_w), &want_w, 0.0, bound);
        assert_close(&what("d_bias"), &widen(&d_b), &want_b, 0.0, bound);
    }
}

const FUNCTIONS: &[Function] = &[
    Function::Identity,
    Function::Sigmoid,
    Function::Tanh,
    Function::Relu,
    Function::LeakyRelu { slope: 0.01 },
    Function::Gelu,
    Function::GeluTanh,
    Function::Silu,
];

fn activations_are_naive<L: Lanes>() {
    let mut rng = Rng::new(2, "activations");
    for function in FUNCTIONS {
        for len in 1..=17 {
            let (x, d_y) = (normals(&mut rng, len), normals(&mut rng, len));
            let what = |part: &str| format!("{} {function:?} {len} {part}", L::NAME);
            let x_in = narrow::<L::Real>(&x);
            let mut y = poisoned(len);
            activation::forward::<L>(*function, &x_in, &mut y);
            let mut d = narrow(&d_y);
            activation::backward::<L>(*function, &x_in, &y, &mut d);
            let want: Vec<_> = x.iter().map(|x| naive::activation(*function, *x)).collect();
            let want_y: Vec<f64> = want.iter().map(|(y, _)| *y).collect();
            let want_d: Vec<f64> = want.iter().zip(&d_y).map(|((_, s), d)| s * d).collect();
            let bound = tolerance::<L>() / 4.0;
            assert_close(&what("y"), &widen(&y), &want_y, bound, bound);
            assert_close(&what("d_x"), &widen(&d), &want_d, bound, bound);
        }
    }
}

/// A batch and how exactly f32 can normalise it.
struct Batch {
    what: &'static str,
    /// Mean and deviation of its features.
    of: (f64, f64),
    rows: std::ops::RangeInclusive<usize>,
    /// Allowed error of x̂ and all that follows, in f32.
    bound: f64,
}

const EPSILON: f64 = 1e-5;

fn batch_norm_is_naive<L: Lanes>() {
    for batch in [
        Batch {
            what: "plain",
            of: (0.3, 1.0),
            rows: 3..=17,
            bound: 3e-5,
        },
        // Half a unit in the last place of 10⁴ is 5e-4; Σx² − (Σx)² would be wrong by more than the variance.
        Batch {
            what: "mean 1e4",
            of: (1e4, 1.0),
            rows: 3..=17,
            bound: 8e-3,
        },
        // Both rows get ±1 and hardly any gradient: the two terms cancel.
        Batch {
            what: "pair",
            of: (0.0, 1.0),
            rows: 2..=2,
            bound: 2e-4,
        },
    ] {
        let mut rng = Rng::new(3, batch.what);
        for rows in batch.rows.clone() {
            for features in 1..=5 {
                let values = normals(&mut rng, rows * features);
                let (mean, deviation) = batch.of;
                let x: Vec<f64> = values
                    .iter()
                    .map(|v| f64::from((mean + deviation * v) as f32))
                    .collect();
                let bound = if L::NAME == "double" {
                    1e-8
                } else {
                    batch.bound
                };
                let what = format!("{} {} {rows}x{features}", L::NAME, batch.what);
                check_batch_norm::<L>(&what, &x, rows, features, bound, &mut rng);
            }
        }
    }
}

fn check_batch_norm<L: Lanes>(
    what: &str,
    x: &[f64],
    rows: usize,
    features: usize,
    bound: f64,
    rng: &mut Rng,
) {
    let (gamma, beta) = (normals(rng, features), normals(rng, features));
    let d_y = normals(rng, rows * features);
    let (want_mean, want_variance) = naive::moments(x, features);
    let want_x_hat = naive::normalize(x, &want_mean, &want_variance, EPSILON);
    let of = |place: usize| place % features;

    let x_in = turn_in::<L::Real>(x, rows, features);
    let (mut mean, mut variance) = (poisoned(features), poisoned(features));
    batch::moments::<L>(&x_in, rows, &mut mean, &mut variance);
    assert_close(
        &format!("{what} mean"),
        &widen(&mean),
        &want_mean,
        1e-6,
        1e-6,
    );
    assert_close(
        &format!("{what} variance"),
        &widen(&variance),
        &want_variance,
        bound,
        bound,
    );

    let (gamma_in, beta_in) = (narrow::<L::Real>(&gamma), narrow::<L::Real>(&beta));
    let affine = Some((&gamma_in[..], &beta_in[..]));
    let (mut x_hat, mut y) = (poisoned(x.len()), poisoned(x.len()));
    batch::normalize::<L>(
        &x_in, rows, &mean, &variance, EPSILON, affine, &mut x_hat, &mut y,
    );
    let got = turn_out(&x_hat, rows, features);
    assert_close(&format!("{what} x_hat"), &got, &want_x_hat, bound, bound);
    let want_y: Vec<f64> = want_x_hat
        .iter()
        .enumerate()
        .map(|(place, x_hat)| gamma[of(place)] * x_hat + beta[of(place)])
        .collect();
    let got = turn_out(&y, rows, features);
    assert_close(&format!("{what} y"), &got, &want_y, bound, 3.0 * bound);

    let mut d = turn_in::<L::Real>(&d_y, rows, features);
    let (mut d_gamma, mut d_beta) = (poisoned(features), poisoned(features));
    batch::backward_batch::<L>(
        &mut d,
        &x_hat,
        rows,
        &variance,
        EPSILON,
        Some(&gamma_in),
        &mut d_gamma,
        &mut d_beta,
    );
    let sum = |f: usize, of_place: &dyn Fn(usize) -> f64| -> f64 {
        (f..x.len()).step_by(features).map(of_place).sum()
    };
    let want_gamma: Vec<f64> = (0..features)
        .map(|f| sum(f, &|i| d_y[i] * want_x_hat[i]))
        .collect();
    let want_beta: Vec<f64> = (0..features).map(|f| sum(f, &|i| d_y[i])).collect();
    assert_close(
        &format!("{what} d_gamma"),
        &widen(&d_gamma),
        &want_gamma,
        bound,
        9.0 * bound,
    );
    assert_close(
        &format!("{what} d_beta"),
        &widen(&d_beta),
        &want_beta,
        0.0,
        tolerance::<L>(),
    );
    let want = naive::batch_norm_backward(x, &d_y, &gamma, EPSILON);
    // A small deviation of the batch multiplies every error of d_x.
    let steepest = want_variance
        .iter()
        .map(|v| 1.0 / (v + EPSILON).sqrt())
        .fold(1.0, f64::max);
    let got = turn_out(&d, rows, features);
    assert_close(
        &format!("{what} d_x"),
        &got,
        &want,
        bound,
        9.0 * bound * steepest,
    );
}

fn equal_values_are_normalised_to_zero<L: Lanes>() {
    for value in [0.0, 0.1, -7.3, 10_000.1, 1e-20] {
        for rows in 2..=17 {
            let x = narrow::<L::Real>(&vec![value; rows]);
            let (mut mean, mut variance) = (poisoned(1), poisoned(1));
            batch::moments::<L>(&x, rows, &mut mean, &mut variance);
            assert_eq!(mean[0], x[0], "{} mean of {rows} times {value}", L::NAME);
            assert_eq!(variance[0], L::Real::ZERO, "{} variance", L::NAME);
            let (mut x_hat, mut y) = (poisoned(rows), poisoned(rows));
            batch::normalize::<L>(
                &x, rows, &mean, &variance, EPSILON, None, &mut x_hat, &mut y,
            );
            assert_eq!(widen(&y), vec![0.0; rows], "{} {value}", L::NAME);
        }
    }
}

fn losses_are_naive<L: Lanes>() {
    let mut rng = Rng::new(5, "losses");
    let one = L::Real::ONE;
    let bound = tolerance::<L>();
    for rows in 1..=17 {
        let z: Vec<f64> = normals(&mut rng, rows).iter().map(|z| 3.0 * z).collect();
        let targets: Vec<u8> = (0..rows).map(|_| rng.below(2) as u8).collect();
        let (want, want_d) = naive::binary_cross_entropy(&z, &targets);
        let mut d = poisoned(rows);
        let got = loss::binary_cross_entropy::<L>(&narrow(&z), &targets, one, &mut d);
        assert_close("bce", &[got.to_f64()], &[want], bound, bound);
        assert_close("bce d", &widen(&d), &want_d, bound, bound);
        for classes in 2..=6 {
            let z = normals(&mut rng, rows * classes);
            let targets: Vec<u8> = (0..rows).map(|_| rng.below(classes) as u8).collect();
            let (want, want_d) = naive::cross_entropy(&z, &targets);
            let mut d = poisoned(rows * classes);
            let z_in = turn_in::<L::Real>(&z, rows, classes);
            let got = loss::cross_entropy::<L>(&z_in, &targets, one, &mut d);
            assert_close("ce", &[got.to_f64()], &[want], bound, bound);
            assert_close("ce d", &turn_out(&d, rows, classes), &want_d, bound, bound);
        }
    }
}

/// Distance in units in the last place of the wanted f32.
fn ulps(got: f32, want: f64) -> f64 {
    let nearest = want as f32;
    let unit = f64::from(f32::from_bits(nearest.abs().to_bits() + 1)) - f64::from(nearest.abs());
    (f64::from(got) - want).abs() / unit
}

/// Largest error of a function over a fine grid.
fn worst_ulps<L: Lanes<Real = f32>>(
    range: (f64, f64),
    got: impl Fn(L) -> L,
    want: impl Fn(f64) -> f64,
) -> f64 {
    const POINTS: usize = 200_000;
    let mut worst = 0.0_f64;
    for place in 0..=POINTS {
        let x = (range.0 + (range.1 - range.0) * place as f64 / POINTS as f64) as f32;
        let y = got(L::splat(x)).to_array();
        assert_eq!(y[0].to_bits(), y[3].to_bits(), "lanes differ at {x}");
        worst = worst.max(ulps(y[0], want(f64::from(x))));
    }
    worst
}

fn elementary_functions_are_as_exact_as_stated<L: Lanes<Real = f32>>() {
    let sigmoid = |x: f64| 1.0 / (1.0 + libm::exp(-x));
    for (what, worst, stated) in [
        (
            "exp",
            worst_ulps::<L>((-87.0, 88.7), L::exp, libm::exp),
            4.0,
        ),
        (
            "tanh",
            worst_ulps::<L>((-12.0, 12.0), L::tanh, libm::tanh),
            8.0,
        ),
        (
            "tanh near 0",
            worst_ulps::<L>((-1e-3, 1e-3), L::tanh, libm::tanh),
            8.0,
        ),
        ("erf", worst_ulps::<L>((-5.0, 5.0), L::erf, libm::erf), 8.0),
        (
            "ln_1p",
            worst_ulps::<L>((0.0, 1.0), L::ln_1p_of_fraction, libm::log1p),
            4.0,
        ),
        (
            "sigmoid",
            worst_ulps::<L>((-86.0, 30.0), L::sigmoid, sigmoid),
            6.0,
        ),
    ] {
        println!("{} {what}: {worst:.2} ulp", L::NAME);
        assert!(
            worst <= stated,
            "{} {what}: {worst} ulp, stated {stated}",
            L::NAME
        );
    }
    let at = |f: fn(L) -> L, x: f32| f(L::splat(x)).to_array()[1];
    assert_eq!(at(L::exp, 0.0), 1.0);
    assert_eq!(at(L::exp, -200.0), 0.0);
    assert_eq!(at(L::exp, f32::NEG_INFINITY), 0.0);
    assert_eq!(at(L::exp, 89.0), f32::INFINITY);
    assert_eq!(at(L::exp, f32::INFINITY), f32::INFINITY);
    assert!((f64::from(at(L::exp, -100.0)) - libm::exp(-100.0)).abs() < 2e-45);
    for f in [L::tanh as fn(L) -> L, L::erf] {
        assert_eq!((at(f, 50.0), at(f, -50.0)), (1.0, -1.0));
        assert_eq!(
            (at(f, f32::INFINITY), at(f, f32::NEG_INFINITY)),
            (1.0, -1.0)
        );
        assert_eq!(at(f, 0.0), 0.0);
    }
    for f in [L::exp as fn(L) -> L, L::tanh, L::erf, L::sigmoid] {
        assert!(at(f, f32::NAN).is_nan());
    }
}

tests! {
    fn affine_is_the_naive_one_at_every_size() {
        in_all_lanes!(affine_is_naive);
    }
    fn activations_are_the_naive_ones() {
        in_all_lanes!(activations_are_naive);
    }
    fn batch_norm_is_the_naive_one_also_at_a_large_mean_and_for_a_pair() {
        in_all_lanes!(batch_norm_is_naive);
    }
    fn a_constant_channel_becomes_exactly_zero() {
        in_all_lanes!(equal_values_are_normalised_to_zero);
    }
    fn losses_are_the_naive_ones() {
        in_all_lanes!(losses_are_naive);
    }
    fn elementary_functions_keep_their_stated_errors() {
        elementary_functions_are_as_exact_as_stated::<Scalar>();
        elementary_functions_are_as_exact_as_stated::<Best>();
    }
    fn training_statistics_of_one_value_are_a_named_error() {
        let refused = batch::require_values("norm1", 1);
        let want = Error::TooFewValues { layer: "norm1".into(), values: 1 };
        assert_eq!(refused, Err(want));
        assert_eq!(batch::require_values("norm1", 2), Ok(()));
    }
    fn lanes_without_fused_products_give_the_same_bits() {
        if Best::NAME == "relaxed" {
            return;
        }
        let mut rng = Rng::new(7, "bits");
        for len in 1..=17 {
            let x: Vec<f32> = narrow(&normals(&mut rng, len));
            for function in FUNCTIONS {
                let (mut scalar, mut best) = (vec![0.0; len], vec![0.0; len]);
                activation::forward::<Scalar>(*function, &x, &mut scalar);
                activation::forward::<Best>(*function, &x, &mut best);
                assert_eq!(bits(&scalar), bits(&best), "{function:?}");
            }
            assert_eq!(batch::moments_of::<Scalar>(&x), batch::moments_of::<Best>(&x));
        }
    }
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}
