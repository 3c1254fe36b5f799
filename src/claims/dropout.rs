//! Two kinds of noise in training, on a small noisy set: Batch Normalization's and dropout's.

use super::Claim;
use super::evidence::{a, b};
use super::gather::{accuracy, late_loss};

const LESSON: &str = "dropout";

/// Without dropout.
const PLAIN: &str = "layers=32-32";

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::trained(
        LESSON,
        "dropout-batch-loss",
        &[a(PLAIN, 2000), b(PLAIN, 2000)],
        late_loss,
        |of| of[1][0] - of[0][0],
    ),
    Claim::trained(
        LESSON,
        "dropout-dropout-loss",
        &[a(PLAIN, 2000), a("", 2000)],
        late_loss,
        |of| of[1][0] - of[0][0],
    ),
    Claim::trained(
        LESSON,
        "dropout-combined",
        &[a("", 2000), b(PLAIN, 2000), b("", 2000)],
        accuracy,
        |of| of[2][0] - of[0][0].max(of[1][0]),
    )
    .sometimes(0.2, 0.7),
    // It does not replace dropout.
    Claim::trained(
        LESSON,
        "dropout-replaced",
        &[a("", 2000), b(PLAIN, 2000)],
        accuracy,
        |of| of[0][0] - of[1][0],
    )
    .sometimes(0.35, 0.85),
];
