//! Batch Renormalization (Ioffe 2017): the batch's moments, corrected towards the running ones within bounds.
//!
//! r = clip(σ_B/σ, 1/r_max, r_max) and d = clip((μ_B − μ)/σ, −d_max, d_max), with σ_B = √(σ_B² + ε) and μ, σ the
//! running averages **before** this batch moves them; y = γ·(r·x̂ + d) + β with x̂ = (x − μ_B)/σ_B.
//! r and d are constants to the gradient. So the layer is Batch Normalization with γ′ = γ·r and β′ = γ·d + β, and its
//! kernels do the work; here stand the two corrections and the way back from γ′, β′ to γ.

use super::batch::{self, Convention, Moments};
use crate::lanes::{Lanes, Real, each};

/// What the running average of the spread is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunningSpread {
    /// Of √(σ_B² + ε), as in the paper.
    #[default]
    Deviation,
    /// Of the unbiased variance, as in most libraries; then σ = √(variance + ε).
    Variance,
}

/// The bounds in force, which a schedule widens as training goes on: 1 and 0 are plain Batch Normalization.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Largest r, and 1/r_max the smallest.
    pub r_max: f64,
    /// Largest |d|.
    pub d_max: f64,
}

impl Bounds {
    /// Linear from plain Batch Normalization, up to update `from`, to these bounds at update `to` and after.
    ///
    /// # Panics
    /// If `to` is before `from`.
    pub fn at(self, updates: u64, from: u64, to: u64) -> Self {
        assert!(from <= to, "a schedule from {from} to {to}");
        let done = updates.saturating_sub(from) as f64;
        let share = (done / (to - from).max(1) as f64).min(1.0);
        Self {
            r_max: 1.0 + share * (self.r_max - 1.0),
            d_max: share * self.d_max,
        }
    }
}

/// σ of a running average.
pub fn running_deviation<R: Real>(running: R, state: RunningSpread, epsilon: f64) -> R {
    match state {
        RunningSpread::Deviation => running,
        RunningSpread::Variance => (running + R::from_f64(epsilon)).sqrt(),
    }
}

/// r and d of each feature.
///
/// # Shapes
/// All `[F]`; `moments` are the batch's, `running_spread` is what `state` says.
pub fn correct<R: Real>(
    moments: Moments<'_, R>,
    running_mean: &[R],
    running_spread: &[R],
    state: RunningSpread,
    epsilon: f64,
    bounds: Bounds,
    r: &mut [R],
    d: &mut [R],
) {
    let features = moments.mean.len();
    for (what, len) in [
        ("variances", moments.variance.len()),
        ("running means", running_mean.len()),
        ("running spreads", running_spread.len()),
        ("room for r", r.len()),
        ("room for d", d.len()),
    ] {
        assert_eq!(len, features, "{what}");
    }
    let clip = |value: R, low: f64, high: f64| {
        let (low, high) = (R::from_f64(low), R::from_f64(high));
        // In this order a NaN stays.
        if value < low {
            low
        } else if value > high {
            high
        } else {
            value
        }
    };
    for f in 0..features {
        let sigma = running_deviation(running_spread[f], state, epsilon);
        let batch = (moments.variance[f] + R::from_f64(epsilon)).sqrt();
        let distance = (moments.mean[f] - running_mean[f]) + moments.low(f);
        r[f] = clip(batch / sigma, 1.0 / bounds.r_max, bounds.r_max);
        d[f] = clip(distance / sigma, -bounds.d_max, bounds.d_max);
    }
}

/// γ′ = γ·r and β′ = γ·d + β, to be given to `batch::normalize` and, γ′, to `batch::backward_batch`.
///
/// # Shapes
/// All `[F]`; without `affine` γ is 1 and β 0.
pub fn effective<R: Real>(
    affine: Option<(&[R], &[R])>,
    r: &[R],
    d: &[R],
    gamma_prime: &mut [R],
    beta_prime: &mut [R],
) {
    assert_eq!(d.len(), r.len(), "corrections");
    assert_eq!(gamma_prime.len(), r.len(), "room for γ′");
    assert_eq!(beta_prime.len(), r.len(), "room for β′");
    for f in 0..r.len() {
        let (gamma, beta) = affine.map_or((R::ONE, R::ZERO), |(g, b)| (g[f], b[f]));
        gamma_prime[f] = gamma * r[f];
        beta_prime[f] = gamma * d[f] + beta;
    }
}

/// From d_γ′ = Σ d_y·x̂ and d_β = Σ d_y to d_γ = r·Σ d_y·x̂ + d·Σ d_y, in place.
///
/// # Shapes
/// All `[F]`.
pub fn backward_gamma<R: Real>(d_gamma: &mut [R], d_beta: &[R], r: &[R], d: &[R]) {
    assert_eq!(d_gamma.len(), r.len(), "gradients of γ");
    assert_eq!(d_beta.len(), r.len(), "gradients of β");
    assert_eq!(d.len(), r.len(), "corrections");
    for f in 0..r.len() {
        d_gamma[f] = r[f] * d_gamma[f] + d[f] * d_beta[f];
    }
}

/// Moves the running averages by one batch. A running deviation follows the biased one in either convention, as in the
/// paper.
///
/// # Shapes
/// All `[F]`; `values` are N, the values per feature, `variance` is biased.
pub fn move_running<L: Lanes>(
    running_mean: &mut [L::Real],
    running_spread: &mut [L::Real],
    mean: &[L::Real],
    variance: &[L::Real],
    values: usize,
    share: f64,
    convention: Convention,
    state: RunningSpread,
    epsilon: f64,
) {
    if state == RunningSpread::Variance {
        return batch::move_running::<L>(
            running_mean,
            running_spread,
            mean,
            variance,
            values,
            share,
            convention,
        );
    }
    let epsilon = L::splat(L::Real::from_f64(epsilon));
    each::update::<L>(running_mean, mean, batch::average(share));
    let average = batch::average(share);
    each::update::<L>(running_spread, variance, |running, variance: L| {
        average(running, (variance + epsilon).sqrt())
    });
}
