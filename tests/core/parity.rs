//! Every lane of every kernel against the naive formulas, at every length of tail, with outputs poisoned beforehand.

use crate::common::case::{from_feature_major, to_feature_major};
use crate::common::{assert_close, naive, narrow, normals, poisoned, widen};
use batchnorm_lab::error::Error;
use batchnorm_lab::kernels::activation::{self, Function};
use batchnorm_lab::kernels::norm::batch::{self, Moments};
use batchnorm_lab::kernels::norm::{ghost, within};
use batchnorm_lab::kernels::{affine, conv, loss, pool};
use batchnorm_lab::lanes::{Best, Double, Lanes, Real, Scalar};
use batchnorm_lab::numeric::rng::Rng;
use wasm_bindgen_test::wasm_bindgen_test;

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

fn transpose_in<R: Real>(values: &[f64], rows: usize, features: usize) -> Vec<R> {
    narrow(&to_feature_major(values, (rows, features, 1)))
}

fn transpose_out<R: Real>(values: &[R], rows: usize, features: usize) -> Vec<f64> {
    from_feature_major(&widen(values), (rows, features, 1))
}

fn affine_is_naive<L: Lanes>() {
    let mut rng = Rng::new(1, "affine");
    let sizes = (1..=17).flat_map(|i| (1..=17).flat_map(move |k| (1..=17).map(move |n| (i, k, n))));
    // Beyond one panel, one group of panels and both, and the last of each only partly filled.
    let large = [(9, 5, 65), (17, 65, 64), (70, 131, 129), (8, 64, 200)];
    for (inputs, outputs, rows) in sizes.chain(large) {
        // Rounding grows with the length of the sums.
        let longest = inputs.max(outputs).max(rows);
        let bound = tolerance::<L>() * (longest as f64 / 17.0).max(1.0);
        let size = affine::AffineSize {
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
            transpose_in::<L::Real>(&x, rows, inputs),
            narrow::<L::Real>(&weight),
        );
        let d_in = transpose_in::<L::Real>(&d_y, rows, outputs);

        let mut y = poisoned(rows * outputs);
        affine::forward::<L>(&x_in, &w_in, Some(&narrow(&bias)), &mut y, size);
        let want = naive::affine(&x, &weight, &bias, inputs);
        assert_close(
            &what("y"),
            &transpose_out(&y, rows, outputs),
            &want,
            0.0,
            bound,
        );

        let (want_x, want_w, want_b) = naive::affine_backward(&x, &weight, &d_y, inputs, outputs);
        let mut d_x = poisoned(rows * inputs);
        affine::backward_input::<L>(&d_in, &w_in, &mut d_x, size);
        assert_close(
            &what("d_x"),
            &transpose_out(&d_x, rows, inputs),
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

    let x_in = transpose_in::<L::Real>(x, rows, features);
    let (mut mean, mut low) = (poisoned(features), poisoned(features));
    let mut variance = poisoned(features);
    batch::moments::<L>(&x_in, rows, &mut mean, &mut low, &mut variance);
    let moments = Moments {
        mean: &mean,
        mean_low: &low,
        variance: &variance,
    };
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
    batch::normalize::<L>(&x_in, rows, moments, EPSILON, affine, &mut x_hat, &mut y);
    let got = transpose_out(&x_hat, rows, features);
    assert_close(&format!("{what} x_hat"), &got, &want_x_hat, bound, bound);
    let want_y: Vec<f64> = want_x_hat
        .iter()
        .enumerate()
        .map(|(place, x_hat)| gamma[of(place)] * x_hat + beta[of(place)])
        .collect();
    let got = transpose_out(&y, rows, features);
    assert_close(&format!("{what} y"), &got, &want_y, bound, 3.0 * bound);
    let mut alone = poisoned(x.len());
    batch::normalize_alone::<L>(&x_in, rows, moments, EPSILON, affine, &mut alone);
    let got = transpose_out(&alone, rows, features);
    assert_close(
        &format!("{what} y alone"),
        &got,
        &want_y,
        bound,
        3.0 * bound,
    );
    let mut in_place = x_in.clone();
    batch::normalize_in_place::<L>(&mut in_place, rows, moments, EPSILON, affine);
    assert_eq!(widen(&in_place), widen(&alone), "{what} y in place");

    let mut d = transpose_in::<L::Real>(&d_y, rows, features);
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
    let got = transpose_out(&d, rows, features);
    assert_close(
        &format!("{what} d_x"),
        &got,
        &want,
        bound,
        9.0 * bound * steepest,
    );
}

fn equal_values_are_normalised_to_zero<L: Lanes>() {
    for value in [0.0, 0.1, -7.3, 10_000.1, 1e-20, -3e6, 1e7, 1.2e8, 1e30] {
        for rows in 2..=17 {
            let x = narrow::<L::Real>(&vec![value; rows]);
            let (mut mean, mut low, mut variance) = (poisoned(1), poisoned(1), poisoned(1));
            batch::moments::<L>(&x, rows, &mut mean, &mut low, &mut variance);
            let moments = Moments {
                mean: &mean,
                mean_low: &low,
                variance: &variance,
            };
            assert_eq!(mean[0], x[0], "{} mean of {rows} times {value}", L::NAME);
            assert_eq!(variance[0], L::Real::ZERO, "{} variance", L::NAME);
            let (mut x_hat, mut y) = (poisoned(rows), poisoned(rows));
            batch::normalize::<L>(&x, rows, moments, EPSILON, None, &mut x_hat, &mut y);
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
            let z_in = transpose_in::<L::Real>(&z, rows, classes);
            let got = loss::cross_entropy::<L>(&z_in, &targets, one, &mut d);
            assert_close("ce", &[got.to_f64()], &[want], bound, bound);
            assert_close(
                "ce d",
                &transpose_out(&d, rows, classes),
                &want_d,
                bound,
                bound,
            );
        }
    }
}

/// Every batch of 1..=17 rows, with image sizes, channels, strides and pads that take turns.
fn convolution_is_naive<L: Lanes>() {
    let mut rng = Rng::new(41, "convolution");
    let images = [(1, 1), (1, 5), (3, 2), (4, 7), (8, 8)];
    let channels = [(1, 1), (1, 6), (3, 4), (4, 3), (5, 9), (8, 2)];
    for rows in 1..=17 {
        for (place, (height, width)) in images.into_iter().enumerate() {
            let (inputs, outputs) = channels[(rows + place) % channels.len()];
            for (stride, pad) in [(1, 1), (1, 0), (2, 1), (3, 2), (2, 0)] {
                let size = conv::ConvSize {
                    inputs,
                    outputs,
                    height,
                    width,
                    rows,
                    stride,
                    pad,
                };
                if size.output().is_some() {
                    check_convolution::<L>(size, &mut rng);
                }
            }
        }
    }
}

fn check_convolution<L: Lanes>(size: conv::ConvSize, rng: &mut Rng) {
    let (out_height, out_width) = size.output().expect("room for the weights");
    let (from, to) = (size.height * size.width, out_height * out_width);
    let of_x = (size.rows, size.inputs, from);
    let of_y = (size.rows, size.outputs, to);
    let x = normals(rng, size.rows * size.inputs * from);
    let weight = normals(rng, size.outputs * size.inputs * 9);
    let bias = normals(rng, size.outputs);
    let d_y = normals(rng, size.rows * size.outputs * to);
    let what = |part: &str| format!("{} {size:?} {part}", L::NAME);
    // Sums of up to 9·9 or of N·H·W terms.
    let bound = 4.0 * tolerance::<L>();
    let x_in = narrow::<L::Real>(&to_feature_major(&x, of_x));
    let d_in = narrow::<L::Real>(&to_feature_major(&d_y, of_y));
    let w_in = narrow::<L::Real>(&weight);
    let mut panel = poisoned(size.panel());

    let (want_y, want_x, want_w) = naive::convolution(&x, &weight, &bias, &d_y, size);
    let mut y = poisoned(d_y.len());
    conv::forward::<L>(&x_in, &w_in, Some(&narrow(&bias)), &mut y, &mut panel, size);
    let got = from_feature_major(&widen(&y), of_y);
    assert_close(&what("y"), &got, &want_y, 0.0, bound);
    panel.fill(L::Real::from_f64(f64::NAN));
    let mut d_x = poisoned(x.len());
    conv::backward_input::<L>(&d_in, &w_in, &mut d_x, &mut panel, size);
    let got = from_feature_major(&widen(&d_x), of_x);
    assert_close(&what("d_x"), &got, &want_x, 0.0, bound);
    let (mut d_w, mut d_b) = (poisoned(weight.len()), poisoned(size.outputs));
    conv::backward_parameters::<L>(&x_in, &d_in, &mut d_w, Some(&mut d_b), size);
    assert_close(&what("d_weight"), &widen(&d_w), &want_w, 0.0, 8.0 * bound);
    let want_b: Vec<f64> = (0..size.outputs)
        .map(|k| {
            let planes = d_y.chunks(to).skip(k).step_by(size.outputs);
            planes.map(|plane| plane.iter().sum::<f64>()).sum()
        })
        .collect();
    assert_close(&what("d_bias"), &widen(&d_b), &want_b, 0.0, 8.0 * bound);
}

fn pooling_is_naive<L: Lanes>() {
    let mut rng = Rng::new(43, "pooling");
    for rows in 1..=17 {
        for (channels, height, width) in [(1, 2, 2), (3, 5, 4), (2, 3, 7)] {
            let size = pool::PoolSize {
                channels,
                height,
                width,
                rows,
            };
            let positions = height * width;
            let of = (rows, channels, positions);
            let x = normals(&mut rng, rows * channels * positions);
            let x_in = narrow::<L::Real>(&to_feature_major(&x, of));
            let small = size.output();
            let of_y = (rows, channels, small.0 * small.1);
            let mut y = poisoned(rows * channels * small.0 * small.1);
            pool::max_forward::<L>(&x_in, &mut y, size);
            let got = from_feature_major(&widen(&y), of_y);
            let want: Vec<f64> = x
                .chunks(positions)
                .flat_map(|plane| {
                    (0..small.0 * small.1).map(move |out| {
                        let first = out / small.1 * 2 * width + out % small.1 * 2;
                        [0, 1, width, width + 1]
                            .map(|step| plane[first + step])
                            .into_iter()
                            .fold(f64::NEG_INFINITY, f64::max)
                    })
                })
                .collect();
            assert_close("max", &got, &want, 0.0, 0.0);

            let mask: Vec<f64> = (0..rows * positions)
                .map(|place| f64::from(place / rows <= place % rows))
                .collect();
            for mask in [None, Some(mask)] {
                let mut mean = poisoned(rows * channels);
                let mask_in = mask.as_deref().map(narrow::<L::Real>);
                let mask_in = mask_in.as_deref();
                pool::average_forward::<L>(&x_in, mask_in, &mut mean, channels, positions, rows);
                let got = from_feature_major(&widen(&mean), (rows, channels, 1));
                let want: Vec<f64> = x
                    .chunks(positions)
                    .enumerate()
                    .map(|(plane, values)| {
                        let row = plane / channels;
                        let steps = if mask.is_some() {
                            positions.min(row + 1)
                        } else {
                            positions
                        };
                        values[..steps].iter().sum::<f64>() / steps as f64
                    })
                    .collect();
                assert_close("average", &got, &want, 0.0, tolerance::<L>());
            }
        }
    }
}

/// Of four images in a row, the second has a NaN: the largest of its square is NaN, and nobody else's.
fn strange_values_go_through<L: Lanes>() {
    let non_finite = |value: f64| -> Vec<L::Real> {
        let mut x = vec![0.5; 16];
        x[5] = value;
        narrow(&x)
    };
    let size = pool::PoolSize {
        channels: 1,
        height: 2,
        width: 2,
        rows: 4,
    };
    for value in [f64::NAN, f64::INFINITY] {
        let mut y = poisoned(4);
        pool::max_forward::<L>(&non_finite(value), &mut y, size);
        let y = widen(&y);
        assert!(y[1].to_bits() == value.to_bits() || (y[1].is_nan() && value.is_nan()));
        assert_eq!([y[0], y[2], y[3]], [0.5; 3]);
        // Batch statistics of a channel with a NaN or an infinity are NaN: so is all of its output.
        let (mut mean, mut low, mut variance) = (poisoned(1), poisoned(1), poisoned(1));
        batch::moments::<L>(&non_finite(value), 16, &mut mean, &mut low, &mut variance);
        assert!(
            variance[0].to_f64().is_nan(),
            "{} variance with {value}",
            L::NAME
        );
        // A row's own statistics concern no other row.
        let within = within::RowNormSize {
            groups: 1,
            runs: 4,
            rows: 4,
            share: 1,
        };
        let rule = within::Rule {
            epsilon: EPSILON,
            centres: true,
        };
        let (mut inverse, mut x_hat, mut y) = (poisoned(4), poisoned(16), poisoned(16));
        let x = non_finite(value);
        within::forward::<L>(
            &x,
            within,
            rule,
            None,
            None,
            &mut inverse,
            &mut x_hat,
            &mut y,
        );
        for (place, y) in y.iter().enumerate() {
            assert_eq!(
                y.to_f64().is_nan(),
                place % 4 == 1,
                "{} at {place}",
                L::NAME
            );
        }
    }
}

/// One kernel for layer, group, instance and RMS normalisation, at every size of tail.
fn within_is_naive<L: Lanes>() {
    let mut rng = Rng::new(47, "within");
    for rows in 1..=17 {
        for (groups, runs, share) in [(1, 2, 1), (1, 7, 1), (3, 4, 2), (2, 9, 9), (1, 17, 1)] {
            for centres in [true, false] {
                let size = within::RowNormSize {
                    groups,
                    runs,
                    rows,
                    share,
                };
                let rule = within::Rule {
                    epsilon: EPSILON,
                    centres,
                };
                check_within::<L>(size, rule, &mut rng);
            }
        }
    }
}

fn check_within<L: Lanes>(size: within::RowNormSize, rule: within::Rule, rng: &mut Rng) {
    let features = size.groups * size.runs;
    let x = normals(rng, size.rows * features);
    let d_y = normals(rng, size.rows * features);
    let (gamma, beta) = (
        normals(rng, size.parameters()),
        normals(rng, size.parameters()),
    );
    let what = |part: &str| format!("{} {size:?} {rule:?} {part}", L::NAME);
    let x_in = transpose_in::<L::Real>(&x, size.rows, features);
    let (gamma_in, beta_in) = (narrow::<L::Real>(&gamma), narrow::<L::Real>(&beta));
    let (mut x_hat, mut y) = (poisoned(x.len()), poisoned(x.len()));
    let mut inverse = poisoned(size.groups * size.rows);
    within::forward::<L>(
        &x_in,
        size,
        rule,
        Some(&gamma_in),
        Some(&beta_in),
        &mut inverse,
        &mut x_hat,
        &mut y,
    );
    let mut d = transpose_in::<L::Real>(&d_y, size.rows, features);
    let (mut d_gamma, mut d_beta) = (poisoned(gamma.len()), poisoned(beta.len()));
    within::backward::<L>(
        &mut d,
        &x_hat,
        &inverse,
        size,
        rule,
        Some(&gamma_in),
        Some(&mut d_gamma),
        Some(&mut d_beta),
    );
    let want = naive::within(&x, &d_y, &gamma, &beta, size, rule);
    // A group of two nearly equal values is divided by a small deviation.
    let bound = if L::NAME == "double" { 1e-9 } else { 4e-5 };
    let steep = want.steepest * bound;
    let out = |values: &[L::Real]| transpose_out(values, size.rows, features);
    assert_close(&what("y"), &out(&y), &want.y, bound, bound.max(steep / 9.0));
    assert_close(
        &what("d_x"),
        &out(&d),
        &want.d_x,
        steep,
        9.0 * steep * want.steepest,
    );
    let loose = 9.0 * bound.max(steep / 9.0);
    assert_close(
        &what("d_gamma"),
        &widen(&d_gamma),
        &want.d_gamma,
        bound,
        loose,
    );
    assert_close(
        &what("d_beta"),
        &widen(&d_beta),
        &want.d_beta,
        bound,
        9.0 * bound,
    );
}

/// Chunks of a batch are each what batch normalisation makes of the chunk alone.
fn ghosts_are_batches<L: Lanes>() {
    let mut rng = Rng::new(53, "ghosts");
    for rows in 2..=17 {
        for chunk in [2, 3, 5, 32] {
            if rows % chunk == 1 {
                continue;
            }
            for (features, positions) in [(3, 1), (2, 4)] {
                let size = ghost::GhostSize {
                    features,
                    positions,
                    rows,
                    chunk,
                };
                let x = normals(&mut rng, rows * features * positions);
                let of = (rows, features, positions);
                let x_in = narrow::<L::Real>(&to_feature_major(&x, of));
                let (mut x_hat, mut y) = (poisoned(x.len()), poisoned(x.len()));
                let mut mean = poisoned(size.chunks() * features);
                let (mut low, mut variance) = (mean.clone(), mean.clone());
                ghost::forward::<L>(
                    &x_in,
                    size,
                    EPSILON,
                    None,
                    &mut mean,
                    &mut low,
                    &mut variance,
                    &mut x_hat,
                    &mut y,
                );
                let got = from_feature_major(&widen(&y), of);
                for (index, part) in x.chunks(chunk * features * positions).enumerate() {
                    let rows = part.len() / (features * positions);
                    let columns = to_feature_major(part, (rows, features, positions));
                    for (f, values) in columns.chunks(rows * positions).enumerate() {
                        let (m, v) = naive::moments(values, 1);
                        let place = index * features + f;
                        assert_close("ghost mean", &[mean[place].to_f64()], &m, 1e-5, 1e-6);
                        assert_close(
                            "ghost variance",
                            &[variance[place].to_f64()],
                            &v,
                            1e-4,
                            1e-6,
                        );
                        let want = naive::normalize(values, &m, &v, EPSILON);
                        let from = index * chunk * features * positions;
                        let mine = to_feature_major(
                            &got[from..from + part.len()],
                            (rows, features, positions),
                        );
                        let mine = &mine[f * rows * positions..][..rows * positions];
                        assert_close("ghost y", mine, &want, 1e-3, 1e-4);
                    }
                }
            }
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

#[wasm_bindgen_test(unsupported = test)]
fn affine_is_the_naive_one_at_every_size() {
    in_all_lanes!(affine_is_naive);
}

#[wasm_bindgen_test(unsupported = test)]
fn activations_are_the_naive_ones() {
    in_all_lanes!(activations_are_naive);
}

#[wasm_bindgen_test(unsupported = test)]
fn batch_norm_is_the_naive_one_also_at_a_large_mean_and_for_a_pair() {
    in_all_lanes!(batch_norm_is_naive);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_constant_channel_becomes_exactly_zero() {
    in_all_lanes!(equal_values_are_normalised_to_zero);
}

#[wasm_bindgen_test(unsupported = test)]
fn convolutions_are_the_naive_ones_at_every_stride_and_pad() {
    in_all_lanes!(convolution_is_naive);
}

#[wasm_bindgen_test(unsupported = test)]
fn pools_are_the_naive_ones() {
    in_all_lanes!(pooling_is_naive);
}

#[wasm_bindgen_test(unsupported = test)]
fn normalisations_within_a_row_are_the_naive_ones() {
    in_all_lanes!(within_is_naive);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_ghost_batch_is_a_batch() {
    in_all_lanes!(ghosts_are_batches);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_nan_or_an_infinity_goes_through_as_in_pytorch() {
    in_all_lanes!(strange_values_go_through);
}

#[wasm_bindgen_test(unsupported = test)]
fn losses_are_the_naive_ones() {
    in_all_lanes!(losses_are_naive);
}

#[wasm_bindgen_test(unsupported = test)]
fn elementary_functions_keep_their_stated_errors() {
    elementary_functions_are_as_exact_as_stated::<Scalar>();
    elementary_functions_are_as_exact_as_stated::<Best>();
}

#[wasm_bindgen_test(unsupported = test)]
fn training_statistics_of_one_value_are_a_named_error() {
    let refused = batch::require_values("norm1", 1, 1);
    let want = Error::TooFewValues {
        layer: "norm1".into(),
        values: 1,
        batch: 1,
        chunk: None,
        nearest: [None, Some(2)],
    };
    assert_eq!(refused, Err(want));
    assert_eq!(batch::require_values("norm1", 1, 2), Ok(()));
}

#[wasm_bindgen_test(unsupported = test)]
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
        assert_eq!(
            batch::moments_of::<Scalar>(&x),
            batch::moments_of::<Best>(&x)
        );
    }
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}
