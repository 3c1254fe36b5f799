//! With Batch Normalization a ReLU network learns from weights of any size; a tanh network does not.

use super::Claim;
use super::evidence::{a, b};
use super::gather::{accuracy, least, most};

const LESSON: &str = "initialisation";

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::trained(
        LESSON,
        "initialisation-with",
        &[
            b("gain=0.05", 3000),
            b("gain=0.2", 3000),
            b("gain=1", 3000),
            b("gain=5", 3000),
            b("gain=30", 3000),
        ],
        accuracy,
        |of| least(of) - 0.93,
    ),
    // Near once He's gain it may learn; far from it never.
    Claim::trained(
        LESSON,
        "initialisation-without",
        &[
            a("gain=0.05", 3000),
            a("gain=0.2", 3000),
            a("gain=10", 3000),
            a("gain=30", 3000),
        ],
        accuracy,
        |of| 0.93 - most(of),
    ),
    Claim::trained(
        LESSON,
        "initialisation-once",
        &[a("gain=1", 3000)],
        accuracy,
        |of| of[0][0] - 0.93,
    ),
    Claim::trained(
        LESSON,
        "initialisation-tanh",
        &[
            a("layers=16-16-16-16&act=tanh&gain=3&batch=16", 1500),
            b("layers=16-16-16-16&act=tanh&gain=3&batch=16", 1500),
        ],
        accuracy,
        |of| of[0][0] - of[1][0],
    ),
];
