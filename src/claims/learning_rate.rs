//! With Batch Normalization a wide span of learning rates works; without it a narrow one.

use super::Claim;
use super::evidence::{a, b};
use super::gather::accuracy;

const LESSON: &str = "learning-rate";

/// Learning rates of the span, each of both sides.
const RATES: [f64; 9] = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];

/// Accuracy from which a learning rate is of use.
const USABLE: f32 = 0.93;

/// See the module.
pub const CLAIMS: &[Claim] = &[Claim::trained(
    LESSON,
    "learning-rate-span",
    &[
        a("lr=0.003", 1500),
        b("lr=0.003", 1500),
        a("lr=0.01", 1500),
        b("lr=0.01", 1500),
        a("lr=0.03", 1500),
        b("lr=0.03", 1500),
        a("lr=0.1", 1500),
        b("lr=0.1", 1500),
        a("lr=0.3", 1500),
        b("lr=0.3", 1500),
        a("lr=1", 1500),
        b("lr=1", 1500),
        a("lr=3", 1500),
        b("lr=3", 1500),
        a("lr=10", 1500),
        b("lr=10", 1500),
        a("lr=30", 1500),
        b("lr=30", 1500),
    ],
    accuracy,
    |of| span(of, 1) / (10.0 * span(of, 0)) - 1.0,
)];

/// The largest usable learning rate over the smallest, 1 where there is none; both sides stand in turn.
fn span(of: &[Vec<f32>], side: usize) -> f32 {
    let own = of.iter().skip(side).step_by(2);
    let mut usable = (RATES.iter().zip(own))
        .filter(|(_, of)| of[0] >= USABLE)
        .map(|(rate, _)| *rate);
    let Some(first) = usable.next() else {
        return 1.0;
    };
    let ratio = usable.next_back().unwrap_or(first) / first;
    // Rates are short decimals: their ratio is told without what binary numbers add to it.
    ((ratio * 1000.0).round() / 1000.0) as f32
}
