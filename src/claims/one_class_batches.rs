//! Batches of one class each: what is learned from them, and what Batch Normalization only seems to learn.

use super::Claim;
use super::evidence::{a, b};
use super::gather::{accuracies, accuracy, late_loss};

const LESSON: &str = "one-class-batches";

/// Loss of who tells two classes by chance: ln 2.
const CHANCE: f32 = core::f32::consts::LN_2;

/// See the module.
pub const CLAIMS: &[Claim] = &[
    // By statistics of the whole training set.
    Claim::trained(
        LESSON,
        "one-class-batches-evaluated",
        &[a("", 1500)],
        accuracies,
        |of| 0.7 - of[0][1],
    ),
    // By running averages, which have seen the last few batches most.
    Claim::trained(
        LESSON,
        "one-class-batches-running",
        &[a("", 1500)],
        accuracy,
        |of| 0.7 - of[0][0],
    )
    .sometimes(0.6, 0.95),
    Claim::trained(
        LESSON,
        "one-class-batches-loss",
        &[a("", 1500)],
        late_loss,
        |of| CHANCE - of[0][0],
    ),
    Claim::trained(
        LESSON,
        "one-class-batches-group",
        &[b("", 1500)],
        accuracy,
        |of| of[0][0] - 0.93,
    ),
    // The same run on mixed batches: it is the batches, not the network.
    Claim::trained(
        LESSON,
        "one-class-batches-mixed",
        &[a("batches=shuffled", 1500)],
        accuracy,
        |of| of[0][0] - 0.93,
    ),
];
