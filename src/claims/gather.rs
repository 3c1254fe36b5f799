//! What several claims read of reports, and how they sum up. Trains nothing.

use crate::jobs::JobReport;

/// Test accuracy by running averages.
pub fn accuracy(of: &JobReport) -> Vec<f32> {
    vec![of.accuracy.eval_running]
}

/// Test accuracy by running averages and by statistics of the whole training set.
pub fn accuracies(of: &JobReport) -> Vec<f32> {
    vec![of.accuracy.eval_running, of.accuracy.eval_full]
}

/// Loss of the mini-batches in training mode, mean of the last eighth of them.
pub fn late_loss(of: &JobReport) -> Vec<f32> {
    vec![of.curve.losses.last().copied().unwrap_or(f32::NAN)]
}

/// The largest first figure.
pub fn most(of: &[Vec<f32>]) -> f32 {
    of.iter().map(|of| of[0]).fold(f32::NEG_INFINITY, f32::max)
}

/// The smallest first figure.
pub fn least(of: &[Vec<f32>]) -> f32 {
    of.iter().map(|of| of[0]).fold(f32::INFINITY, f32::min)
}

/// 1 − accuracy.
pub fn error(of: &[f32]) -> f32 {
    1.0 - of[0]
}

/// How far a value is inside a range, in shares of the nearer bound's distance from its middle.
pub fn inside(value: f64, low: f64, high: f64) -> f32 {
    let (middle, half) = ((low + high) / 2.0, (high - low) / 2.0);
    (1.0 - (value - middle).abs() / half) as f32
}

/// How far a deviation stays below what is allowed, as a share of it: 1 where there is none, below 0 beyond it.
pub fn below(deviation: f64, allowed: f64) -> f32 {
    // Of what is no number, nothing holds.
    let room = 1.0 - deviation / allowed;
    if room.is_nan() { -1.0 } else { room as f32 }
}

/// The largest difference of two lists over the largest number of the first.
pub fn apart(own: &[f32], other: &[f32]) -> f64 {
    assert_eq!(own.len(), other.len(), "two lists of the same");
    let largest = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, f64::max);
    let off = own.iter().zip(other);
    let off = largest(&mut off.map(|(a, b)| f64::from((a - b).abs())));
    off / largest(&mut own.iter().map(|v| f64::from(v.abs()))).max(1e-30)
}
