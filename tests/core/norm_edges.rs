//! Every normalisation where f32 is at its edge: a pair of rows, equal values, a large mean, a tiny variance, denormals,
//! infinities and NaN. Wanted is what f64 gives of the same numbers, or what the formulas give by IEEE 754.

use std::ops::RangeInclusive;

use crate::common::{narrow, normals, widen};
use batchnorm_lab::kernels::norm::batch::Rule;
use batchnorm_lab::kernels::norm::renorm::Bounds;
use batchnorm_lab::lanes::{Best, Double, Lanes, Real, Scalar};
use batchnorm_lab::network::{
    BatchNorm, BatchRenorm, Flatten, GhostBatchNorm, GroupNorm, KINDS, Layer, LayerNorm, Mode,
    Network, NoisyBatchNorm, RmsNorm, Scale, Shape, SyncBatchNorm,
};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::settings::choice::Loss;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

const EPSILON: f64 = 1e-5;
/// Rows of a ghost.
const CHUNK: usize = 2;

const FEATURES: Shape = Shape::Features(5);
const IMAGE: Shape = Shape::Image {
    channels: 4,
    height: 3,
    width: 1,
};
const SEQUENCE: Shape = Shape::Sequence {
    steps: 3,
    features: 5,
};

/// What shares statistics with a value.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Together {
    /// Its channel in all rows.
    Channel,
    /// Its channel in the rows of its ghost.
    Ghost,
    /// Of its row, so many neighbouring channels at all positions.
    Row(usize),
    /// Of its row, all features of its step.
    Step,
}

/// Every normalisation, and what it takes together.
fn norms<L: Lanes>() -> Vec<(&'static str, Shape, Together, Layer<L>)> {
    let name = || "norm".to_owned();
    let (epsilon, rule) = (EPSILON, Rule::default());
    let mut all = Vec::new();
    for shape in [FEATURES, IMAGE, SEQUENCE] {
        let features = shape.channels();
        let batch = Layer::from(BatchNorm {
            name: name(),
            features,
            rule,
            scale: Scale::Learned,
        });
        all.push(("BatchNorm", shape, Together::Channel, batch));
        let sync = SyncBatchNorm {
            name: name(),
            features,
            shards: 3,
            rule,
            scale: Scale::Learned,
        };
        all.push(("SyncBatchNorm", shape, Together::Channel, Layer::from(sync)));
        // Of noise, none: what it follows is Batch Normalization.
        let noisy = NoisyBatchNorm {
            name: name(),
            features,
            rule,
            scale: Scale::Learned,
            amplitude: 0.0,
            seed: 1,
        };
        all.push((
            "NoisyBatchNorm",
            shape,
            Together::Channel,
            Layer::from(noisy),
        ));
        let ghost = GhostBatchNorm {
            name: name(),
            features,
            chunk: CHUNK,
            rule,
        };
        all.push(("GhostBatchNorm", shape, Together::Ghost, Layer::from(ghost)));
        let bounds = Bounds {
            r_max: 3.0,
            d_max: 5.0,
        };
        let renorm = BatchRenorm {
            name: name(),
            features,
            rule,
            bounds,
            schedule: (0, 0),
        };
        all.push(("BatchRenorm", shape, Together::Channel, Layer::from(renorm)));
        let own = match shape {
            Shape::Sequence { .. } => Together::Step,
            Shape::Features(_) | Shape::Image { .. } => Together::Row(features),
        };
        let layer = LayerNorm {
            name: name(),
            features,
            epsilon,
            affine: true,
        };
        all.push(("LayerNorm", shape, own, Layer::from(layer)));
        let rms = RmsNorm {
            name: name(),
            features,
            epsilon,
            affine: true,
        };
        all.push(("RmsNorm", shape, own, Layer::from(rms)));
    }
    for (shape, features, groups) in [(FEATURES, 5, 1), (IMAGE, 4, 2), (IMAGE, 4, 4)] {
        let group = GroupNorm {
            name: name(),
            features,
            groups,
            epsilon,
            affine: true,
        };
        let own = Together::Row(features / groups);
        all.push(("GroupNorm", shape, own, Layer::from(group)));
    }
    all
}

/// What a pass gives; activations are `[C, positions, N]`.
struct Came {
    y: Vec<f64>,
    d_x: Vec<f64>,
    d_gamma: Vec<f64>,
    running: Vec<f64>,
}

/// What goes in.
struct Given<'a> {
    shape: Shape,
    rows: usize,
    /// `[C, positions, N]`.
    x: &'a [f64],
    d_y: &'a [f64],
    gamma: &'a dyn Fn(usize) -> f64,
    beta: f64,
}

impl Given<'_> {
    /// `None` where the layer refuses so few values.
    fn pass<L: Lanes>(&self, layer: &Layer<L>, mode: Mode<'_, L::Real>) -> Option<Came> {
        let (shape, rows) = (self.shape, self.rows);
        let layers = [layer.clone(), Layer::from(Flatten)];
        let mut network =
            Network::<L>::with_input(shape, &layers, Loss::CrossEntropy, rows).expect("they fit");
        for (name, place) in network.views().to_vec() {
            for (index, parameter) in network.parameters_mut()[place].iter_mut().enumerate() {
                *parameter = match name.ends_with("gamma") {
                    true => L::Real::from_f64((self.gamma)(index)),
                    false => L::Real::from_f64(self.beta),
                };
            }
        }
        network
            .forward(&narrow::<L::Real>(&self.row_major(self.x)), rows, mode)
            .ok()?;
        let y = widen(network.activation(0).values());
        network.backward(&narrow::<L::Real>(&self.flat(self.d_y)));
        let gamma = network.view("norm.gamma");
        Some(Came {
            y,
            d_x: widen(network.input_gradient().values()),
            d_gamma: widen(&network.gradients()[gamma]),
            running: widen(network.buffers()),
        })
    }

    /// As data come: of a sequence `[rows, steps, features]`, else `[rows, units]`.
    fn row_major(&self, values: &[f64]) -> Vec<f64> {
        let (units, positions) = (self.shape.units(), self.shape.positions());
        let unit = |place: usize| match self.shape {
            Shape::Sequence { features, .. } => place % features * positions + place / features,
            Shape::Features(_) | Shape::Image { .. } => place,
        };
        (0..self.rows)
            .flat_map(|row| (0..units).map(move |place| unit(place) * self.rows + row))
            .map(|at| values[at])
            .collect()
    }

    /// As the flattened output is: `[rows, units]`.
    fn flat(&self, values: &[f64]) -> Vec<f64> {
        let rows = self.rows;
        (0..rows)
            .flat_map(|row| (0..self.shape.units()).map(move |unit| values[unit * rows + row]))
            .collect()
    }
}

/// Values at the edge, and how far f32 may be off.
struct Edge {
    what: &'static str,
    value: fn(f64) -> f64,
    gamma: fn(usize) -> f64,
    beta: f64,
    rows: RangeInclusive<usize>,
    /// Of y: absolute and relative.
    y: (f64, f64),
    /// Of d_x, measured by the largest slope 1/√ε = 316.
    d_x: f64,
    /// Of the running averages, absolute.
    running: f64,
}

fn uneven(index: usize) -> f64 {
    [1.0, -0.5, 1.5][index % 3]
}

fn edges() -> [Edge; 9] {
    let plain = Edge {
        what: "plain",
        value: |z| z,
        gamma: uneven,
        beta: 0.25,
        rows: 3..=17,
        y: (1e-5, 1e-5),
        d_x: 2e-6,
        running: 1e-6,
    };
    [
        // ±1 whatever the values are, and gradients that cancel.
        Edge {
            what: "pair",
            rows: 1..=2,
            y: (5e-5, 5e-5),
            d_x: 2e-5,
            ..plain
        },
        Edge {
            what: "mean 1e4",
            value: |z| 1e4 + z,
            rows: 1..=17,
            y: (5e-5, 5e-5),
            d_x: 2e-5,
            running: 1e-4,
            ..plain
        },
        // Neighbours of f32 stand a quarter, one and eight apart, so that most means are none of them.
        Edge {
            what: "mean -3e6",
            value: |z| z - 3e6,
            rows: 1..=17,
            y: (5e-5, 5e-5),
            d_x: 2e-5,
            ..plain
        },
        Edge {
            what: "mean 1e7",
            value: |z| 1e7 + 2.0 * z,
            rows: 1..=17,
            y: (5e-5, 5e-5),
            d_x: 2e-5,
            ..plain
        },
        Edge {
            what: "mean 1.2e8",
            value: |z| 1.2e8 + 20.0 * z,
            rows: 1..=17,
            y: (5e-5, 5e-5),
            d_x: 2e-5,
            ..plain
        },
        Edge {
            what: "variance 1e-8",
            value: |z| 1e-4 * z,
            rows: 1..=17,
            y: (2e-7, 5e-6),
            d_x: 2e-7,
            ..plain
        },
        Edge {
            what: "variance 1e-8 at mean 1",
            value: |z| 1.0 + 1e-4 * z,
            rows: 1..=17,
            y: (1e-5, 1e-5),
            d_x: 2e-5,
            ..plain
        },
        // Squares are no f32: ε alone divides, and nothing else may be lost.
        Edge {
            what: "denormals",
            value: |z| 1e-40 * z,
            gamma: |_| 1.0,
            beta: 0.0,
            rows: 1..=17,
            y: (1e-42, 1e-5),
            d_x: 2e-7,
            ..plain
        },
        plain,
    ]
}

fn edges_are_as_in_f64<L: Lanes>() {
    for edge in edges() {
        for (place, (kind, shape, _, layer)) in norms::<L>().into_iter().enumerate() {
            let exact_layer = norms::<Double>().swap_remove(place).3;
            let mut seen = 0;
            for rows in edge.rows.clone() {
                let mut rng = Rng::new(79, &format!("{} {kind} {place} {rows}", edge.what));
                let count = rows * shape.units();
                let x: Vec<f64> = normals(&mut rng, count)
                    .iter()
                    .map(|z| f64::from((edge.value)(*z) as f32))
                    .collect();
                let given = Given {
                    shape,
                    rows,
                    x: &x,
                    d_y: &normals(&mut rng, count),
                    gamma: &edge.gamma,
                    beta: edge.beta,
                };
                let (got, want) = (
                    given.pass(&layer, Mode::Train),
                    given.pass(&exact_layer, Mode::Train),
                );
                let (Some(got), Some(want)) = (&got, &want) else {
                    assert!(got.is_none() && want.is_none(), "{kind}: {rows} rows");
                    continue;
                };
                seen += 1;
                let close = |part: &str,
                             got: &[f64],
                             want: &[f64],
                             (absolute, relative): (f64, f64)| {
                    for (at, (got, want)) in got.iter().zip(want).enumerate() {
                        let error = (got - want).abs();
                        let fits = error <= absolute + relative * want.abs();
                        assert!(
                            fits,
                            "{} {kind} on {shape}, {}, {rows} rows, {part}[{at}]: {got:e} for {want:e}",
                            L::NAME,
                            edge.what
                        );
                    }
                };
                close("y", &got.y, &want.y, edge.y);
                close("d_x", &got.d_x, &want.d_x, (316.0 * edge.d_x, 1e-4));
                close("running", &got.running, &want.running, (edge.running, 1e-5));
            }
            assert!(seen > 0, "{kind} refuses {}", edge.what);
        }
    }
}

/// Not 0 within rounding: 0.
fn equal_values_give_beta<L: Lanes>() {
    for value in [0.0, 0.1, -7.3, 10_000.1, -3e6, 1e7, 1.2e8, 1e-20, 3e38] {
        for (kind, shape, _, layer) in norms::<L>() {
            if kind == "RmsNorm" || kind == "BatchRenorm" {
                // One takes no mean away, the other goes towards the running one.
                continue;
            }
            for rows in 1..=17 {
                let count = rows * shape.units();
                let x = vec![f64::from(value as f32); count];
                let d_y = normals(&mut Rng::new(83, kind), count);
                let given = Given {
                    shape,
                    rows,
                    x: &x,
                    d_y: &d_y,
                    gamma: &uneven,
                    beta: 0.25,
                };
                let Some(came) = given.pass(&layer, Mode::Train) else {
                    continue;
                };
                assert_eq!(
                    came.y,
                    vec![0.25; count],
                    "{} {kind} on {shape}, {rows} times {value}",
                    L::NAME
                );
                assert!(
                    came.d_gamma.iter().all(|d| *d == 0.0),
                    "{kind}: {:?}",
                    came.d_gamma
                );
                assert!(
                    came.d_x.iter().all(|d| d.is_finite()),
                    "{kind}: {:?}",
                    came.d_x
                );
            }
        }
    }
}

/// Whether two places of a `[C, positions, N]` block share statistics.
fn share(together: Together, shape: Shape, rows: usize, a: usize, b: usize) -> bool {
    let of = |place: usize| {
        (
            place / rows / shape.positions(),
            place / rows % shape.positions(),
            place % rows,
        )
    };
    let ((c1, p1, n1), (c2, p2, n2)) = (of(a), of(b));
    match together {
        Together::Channel => c1 == c2,
        Together::Ghost => c1 == c2 && n1 / CHUNK == n2 / CHUNK,
        Together::Row(channels) => n1 == n2 && c1 / channels == c2 / channels,
        Together::Step => n1 == n2 && p1 == p2,
    }
}

/// By its own statistics what is not finite makes NaN of all that shares them, and of nothing else. RMSNorm of an
/// infinity divides by it: ∞/∞ there, 0 elsewhere.
fn strange_values_reach_what_shares_their_statistics<L: Lanes>() {
    for (kind, shape, together, layer) in norms::<L>() {
        for rows in [2, 4, 6, 8, 16, 3, 5, 17] {
            let count = rows * shape.units();
            let mut rng = Rng::new(89, kind);
            let (x, d_y) = (normals(&mut rng, count), normals(&mut rng, count));
            let pass = |x: &[f64], mode| {
                Given {
                    shape,
                    rows,
                    x,
                    d_y: &d_y,
                    gamma: &uneven,
                    beta: 0.25,
                }
                .pass(&layer, mode)
            };
            let Some(plain) = pass(&x, Mode::Train) else {
                assert!(
                    kind == "GhostBatchNorm" && rows % CHUNK == 1,
                    "{kind} refuses {rows} rows"
                );
                continue;
            };
            for non_finite in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                // The first value of a channel, from which differences are taken; one amid; the last, past the fours.
                for spot in [0, count / 2 + 1, count - 1] {
                    let mut x = x.clone();
                    x[spot] = non_finite;
                    let came = pass(&x, Mode::Train).expect("as many rows");
                    let what = format!(
                        "{} {kind} on {shape}, {non_finite} at {spot} of {rows} rows",
                        L::NAME
                    );
                    let is_flat = kind == "RmsNorm" && non_finite.is_infinite();
                    for at in 0..count {
                        let reached = share(together, shape, rows, spot, at);
                        if !reached {
                            assert_eq!(
                                came.y[at].to_bits(),
                                plain.y[at].to_bits(),
                                "{what}: y[{at}]"
                            );
                            assert_eq!(
                                came.d_x[at].to_bits(),
                                plain.d_x[at].to_bits(),
                                "{what}: d_x[{at}]"
                            );
                        } else {
                            let is_zero = is_flat && at != spot;
                            let fits = if is_zero {
                                came.y[at] == 0.0
                            } else {
                                came.y[at].is_nan()
                            };
                            assert!(fits, "{what}: y[{at}] is {}", came.y[at]);
                            assert!(
                                came.d_x[at].is_nan(),
                                "{what}: d_x[{at}] is {}",
                                came.d_x[at]
                            );
                        }
                    }
                    assert!(
                        came.d_gamma.iter().any(|d| d.is_nan()),
                        "{what}: d_γ {:?}",
                        came.d_gamma
                    );
                    if matches!(kind, "BatchNorm" | "SyncBatchNorm") {
                        let channels = shape.channels();
                        let channel = spot / rows / shape.positions();
                        for c in 0..channels {
                            let (mean, variance) = (came.running[c], came.running[channels + c]);
                            let (mean_before, before) =
                                (plain.running[c], plain.running[channels + c]);
                            if c == channel {
                                let is_as_torch =
                                    mean == non_finite || (mean.is_nan() && non_finite.is_nan());
                                assert!(
                                    is_as_torch && variance.is_nan(),
                                    "{what}: running {mean}, {variance}"
                                );
                            } else {
                                assert_eq!((mean, variance), (mean_before, before), "{what}");
                            }
                        }
                    }
                }
            }
        }
    }
}

/// By the running averages each value stands alone: y = γ·(x − mean)/√(variance + ε) + β, of an infinity that with γ's
/// sign.
fn strange_values_stand_alone_in_inference<L: Lanes>() {
    for (kind, shape, together, layer) in norms::<L>() {
        if !matches!(together, Together::Channel | Together::Ghost) {
            continue;
        }
        for rows in [1, 2, 5, 17] {
            let count = rows * shape.units();
            let mut rng = Rng::new(97, kind);
            let (x, d_y) = (normals(&mut rng, count), normals(&mut rng, count));
            let pass = |x: &[f64]| {
                let given = Given {
                    shape,
                    rows,
                    x,
                    d_y: &d_y,
                    gamma: &uneven,
                    beta: 0.25,
                };
                given
                    .pass(&layer, Mode::Running)
                    .expect("one row is enough")
            };
            let plain = pass(&x);
            for non_finite in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                for spot in [0, count / 2, count - 1] {
                    let mut x = x.clone();
                    x[spot] = non_finite;
                    let came = pass(&x);
                    let want = non_finite * uneven(spot / rows / shape.positions());
                    let what = format!(
                        "{} {kind} on {shape}, {non_finite} at {spot} of {rows} rows",
                        L::NAME
                    );
                    for at in 0..count {
                        let wanted = if at == spot { want } else { plain.y[at] };
                        let fits = came.y[at] == wanted || (came.y[at].is_nan() && wanted.is_nan());
                        assert!(fits, "{what}: y[{at}] is {}", came.y[at]);
                    }
                    // The slope is γ/√(variance + ε), whatever x is.
                    assert_eq!(came.d_x, plain.d_x, "{what}");
                    assert_eq!(came.running, plain.running, "{what}");
                }
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_normalisation_is_here() {
    for kind in KINDS
        .iter()
        .filter(|kind| kind.contains("Norm") || kind.contains("norm"))
    {
        assert!(
            norms::<Double>().iter().any(|(of, ..)| of == kind),
            "{kind}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn at_every_edge_f32_is_what_f64_says() {
    edges_are_as_in_f64::<Scalar>();
    edges_are_as_in_f64::<Best>();
}

#[wasm_bindgen_test(unsupported = test)]
fn a_constant_channel_or_row_is_beta_exactly() {
    equal_values_give_beta::<Scalar>();
    equal_values_give_beta::<Best>();
    equal_values_give_beta::<Double>();
}

#[wasm_bindgen_test(unsupported = test)]
fn a_strange_value_makes_nan_of_what_shares_its_statistics() {
    strange_values_reach_what_shares_their_statistics::<Scalar>();
    strange_values_reach_what_shares_their_statistics::<Best>();
    strange_values_reach_what_shares_their_statistics::<Double>();
}

#[wasm_bindgen_test(unsupported = test)]
fn a_strange_value_stands_alone_under_running_averages() {
    strange_values_stand_alone_in_inference::<Scalar>();
    strange_values_stand_alone_in_inference::<Best>();
    strange_values_stand_alone_in_inference::<Double>();
}
