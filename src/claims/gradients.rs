//! Through twenty layers: forward Batch Normalization keeps the signal at its size, backward the gradient grows.

use super::Claim;
use super::evidence::{Trained, a, b};
use super::gather::{below, inside};
use crate::jobs::{JobReport, Measure};

const LESSON: &str = "gradients";
const DEPTH: usize = 20;

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::trained(
        LESSON,
        "gradients-forward",
        &[
            fresh(b("", 0)),
            fresh(b("gain=0.1", 0)),
            fresh(b("gain=10", 0)),
        ],
        farthest_from_one,
        |of| {
            of.iter()
                .map(|of| below(f64::from(of[0]), 0.05))
                .fold(1.0, f32::min)
        },
    ),
    // √2 less than He's gain: (1/√2)^18 = 1/512 is left.
    Claim::trained(
        LESSON,
        "gradients-vanish",
        &[fresh(a("gain=0.707", 0))],
        last_over_second,
        |of| 1.0 - of[0][0] / 0.02,
    ),
    Claim::trained(
        LESSON,
        "gradients-explode",
        &[fresh(a("gain=1.414", 0))],
        last_over_second,
        |of| of[0][0] / 10.0 - 1.0,
    ),
    Claim::trained(
        LESSON,
        "gradients-growth",
        &[fresh(b("", 0))],
        growth,
        |of| inside(f64::from(of[0][0]), 1.12, 1.37),
    ),
    // The claim is of the start: after some hundred steps the first layer's gradient is no longer the largest by far.
    Claim::trained(
        LESSON,
        "gradients-training",
        &[later(b("", 400))],
        |of| vec![growth(of)[0].powi(DEPTH as i32 - 2)],
        |of| 1.0 - of[0][0] / 15.0,
    ),
];

const fn fresh(of: Trained) -> Trained {
    Trained {
        measure: || Measure {
            profile: vec![0],
            ..Measure::default()
        },
        ..of
    }
}

const fn later(of: Trained) -> Trained {
    Trained {
        measure: || Measure {
            profile: vec![400],
            ..Measure::default()
        },
        ..of
    }
}

/// Of the deviations of γ·x̂ + β the one that is farthest from 1.
fn farthest_from_one(of: &JobReport) -> Vec<f32> {
    let layers = of.measured.profile[0].1.layers.iter();
    let off = layers.map(|layer| layer.normalized.map_or(f32::NAN, |std| (std - 1.0).abs()));
    vec![off.fold(0.0, f32::max)]
}

/// Deviation of what the last activation is given over that of the second; the first sees two inputs.
fn last_over_second(of: &JobReport) -> Vec<f32> {
    let layers = &of.measured.profile[0].1.layers;
    vec![layers[DEPTH - 1].before / layers[1].before]
}

/// By what the norm of a weight's gradient is multiplied from each layer to the one before it, from the last to the second:
/// √(π/(π − 1)) = 1.211 in the limit of wide layers (Yang et al. 2019).
fn growth(of: &JobReport) -> Vec<f32> {
    let layers = &of.measured.profile[0].1.layers;
    let ratio = layers[1].weight_gradient / layers[DEPTH - 1].weight_gradient;
    vec![f64::from(ratio).powf(1.0 / (DEPTH - 2) as f64) as f32]
}
