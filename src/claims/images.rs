//! In a convolutional network each channel is normalised over all pixels of the batch: a small batch hurts it less.

use super::Claim;
use super::evidence::b;
use super::gather::accuracy;

const LESSON: &str = "images";

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::trained(LESSON, "images-read", &[b("", 500)], accuracy, |of| {
        of[0][0] - 0.95
    })
    .on_digits(),
    Claim::trained(
        LESSON,
        "images-convolution",
        &[b("batch=2&lr=0.003", 1500), b("batch=32&lr=0.003", 1500)],
        accuracy,
        |of| 0.05 - (of[1][0] - of[0][0]),
    )
    .on_digits(),
    Claim::trained(
        LESSON,
        "images-dense",
        &[
            b("layers=32-32-32&batch=2&lr=0.003", 1500),
            b("layers=32-32-32&batch=32&lr=0.003", 1500),
        ],
        accuracy,
        |of| of[1][0] - of[0][0] - 0.5,
    )
    .on_digits(),
];
