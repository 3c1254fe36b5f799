//! Under a handful of values per unit Batch Normalization breaks; at two it passes no gradient on.

use super::Claim;
use super::evidence::{Trained, b};
use super::gather::{accuracies, accuracy, error};
use crate::error::Error;
use crate::jobs::{JobReport, Measure};

const LESSON: &str = "small-batch";

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::trained(
        LESSON,
        "small-batch-batch",
        &[b("batch=2", 800), b("batch=64", 800)],
        accuracy,
        |of| error(&of[0]) / (5.0 * error(&of[1]).max(0.01)) - 1.0,
    ),
    Claim::trained(
        LESSON,
        "small-batch-group",
        &[b("b=group&batch=2", 800), b("b=group&batch=64", 800)],
        accuracy,
        |of| (2.0 * error(&of[1])).max(0.04) - error(&of[0]),
    ),
    // Where ε is too small to be felt; of 1e-5 a little passes through units in which two points nearly agree.
    Claim::trained(
        LESSON,
        "small-batch-gradient",
        &[
            watched("batch=2&lr=0.0001&eps=1e-12"),
            watched("batch=64&lr=0.0001&eps=1e-12"),
        ],
        middle_gradient,
        |of| 1.0 - of[0][0] / (0.02 * of[1][0]),
    ),
    Claim::checked(LESSON, "small-batch-one", |ground| {
        match ground.train(LESSON, "batch=1", 1, 1, Measure::default()) {
            Err(Error::TooFewValues { values: 1, .. }) => Ok(1.0),
            _ => Ok(-1.0),
        }
    }),
    // A larger batch is not always better: on a small noisy set the noise of a smaller one may help.
    Claim::trained(
        LESSON,
        "small-batch-larger",
        &[
            b("noise=40&samples=400&batch=16", 1500),
            b("noise=40&samples=400&batch=200", 1500),
        ],
        accuracy,
        |of| of[0][0] - of[1][0],
    )
    .sometimes(0.6, 0.95),
    // It is not only stale statistics: those of the whole training set do not save it.
    Claim::trained(
        LESSON,
        "small-batch-statistics",
        &[b("batch=2", 800), b("batch=64", 800)],
        accuracies,
        |of| (1.0 - of[0][1]) / (5.0 * (1.0 - of[1][1]).max(0.01)) - 1.0,
    ),
];

/// 21 batches of side B, whose weights hardly move.
const fn watched(more: &'static str) -> Trained {
    Trained {
        measure: || Measure {
            profile: (0..=20).collect(),
            ..Measure::default()
        },
        ..b(more, 20)
    }
}

/// Of the first layer's gradients the one in the middle: two points that nearly agree in a unit give a rare, huge one.
fn middle_gradient(of: &JobReport) -> Vec<f32> {
    let profile = of.measured.profile.iter();
    let mut norms: Vec<f32> = profile
        .map(|(_, at)| at.layers[0].weight_gradient)
        .collect();
    norms.sort_by(f32::total_cmp);
    vec![norms[norms.len() / 2]]
}
