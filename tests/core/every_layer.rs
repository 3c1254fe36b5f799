//! Every kind of layer in every lane: the same at each number of rows as in f64, bit for bit the same in scalar lanes and
//! SIMD, and what is not finite stays in its row.

use crate::common::examples::examples;
use crate::common::{narrow, normals, widen};
use batchnorm_lab::lanes::{Best, Double, Lanes, Scalar};
use batchnorm_lab::network::{KINDS, Layer, Mode, Network, Shape};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::settings::choice::{Initialization, Loss};
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Half of them past a whole number of fours.
const MOST_ROWS: usize = 17;
/// Kinds in which rows share statistics.
const MIXING: [&str; 5] = [
    "BatchNorm",
    "BatchRenorm",
    "GhostBatchNorm",
    "NoisyBatchNorm",
    "SyncBatchNorm",
];

/// What goes into a pass.
struct Given {
    parameters: Vec<f64>,
    buffers: Vec<f64>,
    /// `[rows, units]`.
    x: Vec<f64>,
    /// `[rows, 3]`.
    d_output: Vec<f64>,
    lengths: Option<Vec<usize>>,
}

/// What comes out of it, named.
struct Came([(&'static str, Vec<f64>); 4]);

impl Given {
    /// Everything exact in f32.
    fn new(shape: Shape, layers: &[Layer<Double>], rows: usize, rng: &mut Rng) -> Self {
        let mut network = Network::<Double>::with_input(shape, layers, Loss::CrossEntropy, rows)
            .expect("they fit");
        network.initialize(Initialization::HeNormal, 1.0, rng);
        let exact = |value: f64| f64::from(value as f32);
        let parameters = network
            .parameters()
            .iter()
            .map(|p| exact(p + 0.3 * rng.normal()))
            .collect();
        Self {
            parameters,
            buffers: network
                .buffers()
                .iter()
                .map(|_| exact(2.0 + rng.uniform()))
                .collect(),
            x: normals(rng, rows * shape.units()),
            d_output: normals(rng, rows * 3),
            lengths: match shape {
                Shape::Sequence { steps, .. } => {
                    Some((0..rows).map(|row| 1 + (row * 3 + 1) % steps).collect())
                }
                Shape::Features(_) | Shape::Image { .. } => None,
            },
        }
    }

    /// `None` where a layer refuses so few rows.
    fn pass<L: Lanes>(&self, shape: Shape, layers: &[Layer<L>]) -> Option<Came> {
        let rows = self.d_output.len() / 3;
        let mut network = Network::<L>::with_input(shape, layers, Loss::CrossEntropy, MOST_ROWS)
            .expect("they fit");
        network
            .parameters_mut()
            .copy_from_slice(&narrow::<L::Real>(&self.parameters));
        network
            .buffers_mut()
            .copy_from_slice(&narrow::<L::Real>(&self.buffers));
        network.set_lengths(self.lengths.as_deref());
        network
            .forward(&narrow::<L::Real>(&self.x), rows, Mode::Train)
            .ok()?;
        network.backward(&narrow::<L::Real>(&self.d_output));
        Some(Came([
            ("output", widen(network.output().values())),
            ("d_x", widen(network.input_gradient().values())),
            ("gradients", widen(network.gradients())),
            ("buffers", widen(network.buffers())),
        ]))
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    // Of NaN there are many; which one a machine gives is nobody's business.
    values
        .iter()
        .map(|v| if v.is_nan() { f64::NAN } else { *v }.to_bits())
        .collect()
}

/// Every example with rows of it, as three lanes see it.
fn each_pass(mut see: impl FnMut(&str, Shape, usize, &Given, [&Came; 3])) {
    let (of_scalar, of_best) = (examples::<Scalar>(), examples::<Best>());
    for (place, (kind, shape, layers)) in examples::<Double>().into_iter().enumerate() {
        let mut seen = 0;
        for rows in 1..=MOST_ROWS {
            let mut rng = Rng::new(71, &format!("{kind} {place} {rows}"));
            let mut given = Given::new(shape, &layers, rows, &mut rng);
            for _ in 0..2 {
                let exact = given.pass(shape, &layers);
                let scalar = given.pass(shape, &of_scalar[place].2);
                let best = given.pass(shape, &of_best[place].2);
                if let (Some(exact), Some(scalar), Some(best)) = (&exact, &scalar, &best) {
                    see(kind, shape, rows, &given, [exact, scalar, best]);
                    seen += 1;
                } else {
                    assert!(
                        exact.is_none() && scalar.is_none() && best.is_none(),
                        "{kind}: {rows} rows"
                    );
                    assert!(MIXING.contains(&kind), "{kind} refuses {rows} rows");
                }
                // Then whole sequences; of other shapes the same once more.
                given.lengths = None;
            }
        }
        assert!(seen >= 20, "{kind}: seen {seen} times");
    }
}

/// Largest error, measured by 1 and the number wanted. A pair of rows is normalised to ±1 and its gradients cancel.
fn bound(kind: &str, rows: usize) -> f64 {
    match (MIXING.contains(&kind), rows) {
        (true, 2..=4) => 2e-3,
        _ => 2e-4,
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_kind_is_in_the_table() {
    let examples = examples::<Double>();
    for kind in KINDS {
        assert!(
            examples.iter().any(|(of, _, _)| of == kind),
            "no example of {kind}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_layer_is_the_one_in_f64_at_every_number_of_rows() {
    each_pass(|kind, shape, rows, _, [exact, scalar, best]| {
        for came in [scalar, best] {
            for ((what, want), (_, got)) in exact.0.iter().zip(&came.0) {
                assert_eq!(want.len(), got.len());
                for (place, (want, got)) in want.iter().zip(got).enumerate() {
                    let error = (got - want).abs() / (1.0 + want.abs());
                    let fits = error <= bound(kind, rows);
                    assert!(
                        fits,
                        "{kind} on {shape}, {rows} rows, {what}[{place}]: {got:e} for {want:e}"
                    );
                }
            }
        }
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn scalar_lanes_and_simd_give_the_same_bits_in_every_layer() {
    if Best::NAME == "relaxed" {
        return;
    }
    each_pass(|kind, shape, rows, _, [_, scalar, best]| {
        for ((what, scalar), (_, best)) in scalar.0.iter().zip(&best.0) {
            assert_eq!(
                bits(scalar),
                bits(best),
                "{kind} on {shape}, {rows} rows, {what}"
            );
        }
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_not_finite_stays_in_its_row_and_is_what_it_is_in_f64() {
    let kinds = examples::<Double>()
        .into_iter()
        .zip(examples::<Scalar>())
        .zip(examples::<Best>());
    for (((kind, shape, layers), (_, _, of_scalar)), (_, _, of_best)) in kinds {
        if MIXING.contains(&kind) {
            continue;
        }
        for (rows, strange_row) in [(1, 0), (3, 2), (4, 0), (5, 4), (17, 9)] {
            let mut rng = Rng::new(73, kind);
            let mut given = Given::new(shape, &layers, rows, &mut rng);
            given.lengths = None;
            let plain = given.pass(shape, &of_best).expect("rows on their own");
            for non_finite in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                given.x[strange_row * shape.units() + 1] = non_finite;
                let exact = given.pass(shape, &layers).expect("rows on their own");
                let scalar = given.pass(shape, &of_scalar).expect("rows on their own");
                let best = given.pass(shape, &of_best).expect("rows on their own");
                // Relaxed minima lose the NaN of scalar lanes; no build uses those there.
                let scalar = if Best::NAME == "relaxed" {
                    &best
                } else {
                    &scalar
                };
                for came in [scalar, &best] {
                    // Output and gradient of the input have rows innermost; parameters are everybody's.
                    for which in 0..2 {
                        let what = format!(
                            "{kind} on {shape}, {non_finite} in row {strange_row} of {rows}, {}",
                            came.0[which].0
                        );
                        let values = came.0[which]
                            .1
                            .iter()
                            .zip(&exact.0[which].1)
                            .zip(&plain.0[which].1);
                        for (place, ((got, exact), plain)) in values.enumerate() {
                            if place % rows == strange_row {
                                let alike = got.is_nan() == exact.is_nan()
                                    && got.is_infinite() == exact.is_infinite()
                                    && (got.is_nan()
                                        || got.signum() == exact.signum()
                                        || exact.abs() < 1e-6);
                                assert!(alike, "{what}[{place}]: {got} for {exact}");
                            } else if Best::NAME != "relaxed" {
                                assert_eq!(got.to_bits(), plain.to_bits(), "{what}[{place}]");
                            } else {
                                assert!(got.is_finite(), "{what}[{place}]");
                            }
                        }
                    }
                }
            }
        }
    }
}
