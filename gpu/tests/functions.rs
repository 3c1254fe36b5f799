//! The GPU's engine number by number: activations against f64, and what is no number, which has to go
//! through every layer and into the loss, as a run that diverged is known by nothing else.

use crate::common::examples::examples;
use crate::common::non_finite::NON_FINITE;
use crate::common::{narrow, normals};
use crate::gpu::Pair;
use crate::gpu::device;
use batchnorm_lab::kernels::activation::{self, Function};
use batchnorm_lab::lanes::{Best, Double, Lanes, Real};
use batchnorm_lab::network::{Elementwise, Layer, Mode, Objective, Shape, Targets};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::settings::choice::Initialization;
use batchnorm_lab_gpu::{Back, Gpu, StepMode};

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

/// f and f′ of each number there.
fn there(device: &Gpu, function: Function, x: &[f32]) -> [Vec<f64>; 2] {
    let layers = [Layer::from(Elementwise(function))];
    let shape = Shape::Features(1);
    let mut pair = Pair::new(device, shape, &layers, Objective::HalfSquaredError, x.len());
    pair.send();
    let ones = vec![1.0; x.len()];
    let got = pair.pass(x, x.len(), StepMode::Train, 0, Back::Output(&ones));
    [got.output, got.d_input].map(|values| values.into_iter().map(f64::from).collect())
}

/// The same in lanes.
fn here<L: Lanes>(function: Function, x: &[f32]) -> [Vec<f64>; 2] {
    let x: Vec<L::Real> = x.iter().map(|x| L::Real::from_f64((*x).into())).collect();
    let (mut y, mut d) = (vec![L::Real::ZERO; x.len()], vec![L::Real::ONE; x.len()]);
    activation::forward::<L>(function, &x, &mut y);
    activation::backward::<L>(function, &x, &y, &mut d);
    [y, d].map(|values| values.iter().map(|value| value.to_f64()).collect())
}

/// The largest distance, of numbers above one as a share of the number.
fn farthest(got: &[f64], want: &[f64], x: &[f32]) -> (f64, f32) {
    let apart = got
        .iter()
        .zip(want)
        .map(|(got, want)| (got - want).abs() / want.abs().max(1.0));
    apart
        .zip(x)
        .fold((0.0, 0.0), |most, (apart, x)| match apart > most.0 {
            true => (apart, *x),
            false => most,
        })
}

#[test]
fn activations_and_their_slopes_are_those_of_f64_at_every_point() {
    let name = "activations_and_their_slopes_are_those_of_f64_at_every_point";
    let Some(device) = device(name) else {
        return;
    };
    let x: Vec<f32> = (-48_000..=48_000).map(|i| i as f32 / 4000.0).collect();
    for function in FUNCTIONS {
        let exact = here::<Double>(*function, &x);
        let there = there(&device, *function, &x);
        let lanes = here::<Best>(*function, &x);
        for (place, what) in ["value", "slope"].into_iter().enumerate() {
            let (apart, at) = farthest(&there[place], &exact[place], &x);
            let (own, own_at) = farthest(&lanes[place], &exact[place], &x);
            println!("{function:?} {what}: {apart:.1e} at {at}, in lanes {own:.1e} at {own_at}");
            // The lanes are off by 3.9e-6 at most (the slope of GELU by tanh); the exact GELU's slope, taken for the
            // other's, by 5e-4.
            assert!(apart < 1e-5, "{function:?} {what} at {at}: {apart:e}");
        }
    }
}

#[test]
fn what_is_no_number_comes_out_of_every_activation_as_in_pytorch() {
    let name = "what_is_no_number_comes_out_of_every_activation_as_in_pytorch";
    let Some(device) = device(name) else {
        return;
    };
    for (function, values, slopes) in NON_FINITE {
        // Processors make NaN of either sign.
        let x = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -f32::NAN];
        let [got, got_slopes] = there(&device, *function, &x);
        for (place, x) in x.iter().enumerate() {
            for (what, got, want) in [
                ("value", got[place], values[place % 3]),
                ("slope", got_slopes[place], slopes[place % 3]),
            ] {
                let is_same = got == want || got.is_nan() && want.is_nan();
                assert!(is_same, "{function:?} {what} at {x}: {got} for {want}");
            }
        }
    }
}

#[test]
fn what_is_no_number_goes_as_far_through_every_layer_as_in_lanes() {
    let name = "what_is_no_number_goes_as_far_through_every_layer_as_in_lanes";
    let Some(device) = device(name) else {
        return;
    };
    let rows = 6;
    // The one kind that the GPU has not: what a measurement adds to Batch Normalization.
    for (name, shape, layers) in examples()
        .into_iter()
        .filter(|(name, ..)| *name != "NoisyBatchNorm")
    {
        let mut rng = Rng::new(7, name);
        let mut pair = Pair::new(&device, shape, &layers, Objective::HalfSquaredError, rows);
        pair.plan
            .initialize(Initialization::XavierNormal, 1.0, &mut rng);
        // `Pair` passes are of update 1.
        pair.plan.set_updates(1);
        pair.send();
        for non_finite in [f32::NAN, -f32::NAN, f32::INFINITY] {
            for place in [0, 1, shape.units() - 1] {
                let mut x: Vec<f32> = narrow(&normals(&mut rng, shape.units() * rows));
                x[2 * shape.units() + place] = non_finite;
                pair.plan.forward(&x, rows, Mode::Train).expect("moments");
                let got = pair.pass(&x, rows, StepMode::Train, 1, Back::Nowhere);
                let finite = |values: &[f32]| -> Vec<bool> {
                    values.iter().map(|value| value.is_finite()).collect()
                };
                let want = finite(pair.plan.output().values());
                let what = format!("{name} on {shape:?}, {non_finite} at {place}");
                assert_eq!(finite(&got.output), want, "{what}");
            }
        }
    }
}

#[test]
fn a_loss_of_what_is_no_number_is_none() {
    let name = "a_loss_of_what_is_no_number_is_none";
    let Some(device) = device(name) else {
        return;
    };
    let (nan, inf) = (f32::NAN, f32::INFINITY);
    let labels = Targets::Labels(&[1, 0, 1]);
    let values = Targets::Values(&[1.0, -1.0, 1.0]);
    let cases = [
        (Objective::HalfSquaredError, 1, values),
        (Objective::BinaryCrossEntropy, 1, labels),
        (Objective::CrossEntropy, 3, labels),
    ];
    for (objective, outputs, targets) in cases {
        let layers = [Layer::from(Elementwise(Function::Identity))];
        let mut pair = Pair::new(&device, Shape::Features(outputs), &layers, objective, 3);
        pair.send();
        let mut loss = |x: &[f32]| {
            let back = Back::Loss(targets, 1.0);
            let got = pair.pass(x, 3, StepMode::Train, 0, back);
            (got.loss, got.d_input)
        };
        let mut x = vec![0.5; 3 * outputs];
        assert!(loss(&x).0.is_finite(), "{objective:?}");
        for non_finite in [nan, -nan, inf] {
            // Of three classes, the label's logit and the others'.
            for place in 0..outputs {
                x[outputs + place] = non_finite;
                let (loss, d) = loss(&x);
                assert!(
                    !loss.is_finite(),
                    "{objective:?} of {non_finite} at {place}: {loss}"
                );
                let is_lost = d.iter().any(|d| d.is_nan());
                assert!(
                    is_lost || !non_finite.is_nan(),
                    "{objective:?} of {non_finite} at {place}: {d:?}"
                );
                x[outputs + place] = 0.5;
            }
        }
    }
}
