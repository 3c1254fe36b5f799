//! Whether what a layer is given drifts less with Batch Normalization, and whether that is why it helps.

use super::Claim;
use super::evidence::{Trained, a, b};
use super::gather::accuracy;
use crate::jobs::{DriftPlan, JobReport, Measure};

const LESSON: &str = "drift";

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::trained(
        LESSON,
        "drift-smaller",
        &[watched(a("", 1600)), watched(b("", 1600))],
        last_drift,
        |of| 1.0 - of[1][0] / of[0][0],
    ),
    // A rate at which the network without it hardly learns: what stands still does not drift.
    Claim::trained(
        LESSON,
        "drift-slow",
        &[watched(a("lr=0.01", 1600)), watched(b("lr=0.01", 1600))],
        last_drift,
        |of| of[1][0] / of[0][0] - 1.0,
    ),
    // The guess: it grows with depth.
    Claim::trained(
        LESSON,
        "drift-last",
        &[watched(a("", 1600))],
        first_and_last,
        |of| of[0][1] / of[0][0] - 1.0,
    ),
    // With shift and scale injected it drifts more than without normalisation.
    Claim::trained(
        LESSON,
        "drift-injected-more",
        &[
            watched(a("lr=0.03", 1600)),
            watched(b("b=noisy&lr=0.03", 1600)),
        ],
        last_drift,
        |of| of[1][0] / of[0][0] - 1.0,
    ),
    Claim::trained(
        LESSON,
        "drift-injected-learns",
        &[
            a("lr=0.01", 1600),
            b("b=noisy&lr=0.01", 1600),
            a("lr=0.03", 1600),
            b("b=noisy&lr=0.03", 1600),
        ],
        accuracy,
        |of| (of[1][0] - of[0][0]).min(of[3][0] - of[2][0]),
    ),
    Claim::trained(
        LESSON,
        "drift-injected-behind",
        &[
            a("lr=0.1&layers=32-32-32-32&batch=64", 1600),
            b("b=noisy&lr=0.1&layers=32-32-32-32&batch=64", 1600),
            a("layers=32-32-32-32&batch=64", 1600),
            b("b=noisy&layers=32-32-32-32&batch=64", 1600),
        ],
        accuracy,
        |of| (0.03 + of[1][0] - of[0][0]).min(0.1 + of[3][0] - of[2][0]),
    ),
];

/// With its distributions at every tenth state.
const fn watched(of: Trained) -> Trained {
    Trained {
        measure: || Measure {
            drift: Some(DriftPlan {
                every: 10,
                back: 10,
                rows: 128,
            }),
            ..Measure::default()
        },
        ..of
    }
}

/// Mean drift of each hidden layer over all states but the first, from one state to the next.
fn drifts(of: &JobReport) -> Vec<f32> {
    let states = &of.measured.drift[1..];
    let layers = 0..states[0].1.len();
    let mean = |layer: usize| {
        let sum: f32 = states.iter().map(|(_, layers)| layers[layer].drift).sum();
        sum / states.len() as f32
    };
    layers.map(mean).collect()
}

fn last_drift(of: &JobReport) -> Vec<f32> {
    vec![drifts(of).last().copied().unwrap_or(f32::NAN)]
}

fn first_and_last(of: &JobReport) -> Vec<f32> {
    let all = drifts(of);
    vec![all[0], all[all.len() - 1]]
}
