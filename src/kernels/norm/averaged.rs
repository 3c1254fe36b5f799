//! A batch in shards whose variances are averaged: the mistake that `sync` does not make. What lies between the shards'
//! means is lost, so that σ² is too small; it trains, and is another function. Sends nothing itself.

use super::batch::inverse_deviation;
use super::moments::Moments;
use crate::lanes::{Lanes, Real, each};

/// The mean of the shards' means and the mean of their variances, of those that have any values:
/// μ = Σ_r μ_r/R, σ² = Σ_r σ_r²/R.
///
/// # Shapes
/// `counts` `[R]`, values per feature of each shard; `shards` each `[R, F]`; `mean`, `variance` `[F]`.
///
/// # Panics
/// If all shards are empty.
pub fn pool<R: Real>(counts: &[usize], shards: Moments<'_, R>, mean: &mut [R], variance: &mut [R]) {
    let features = mean.len();
    let all = counts.len() * features;
    assert_eq!(shards.mean.len(), all, "means of shards");
    assert_eq!(shards.variance.len(), all, "variances of shards");
    assert_eq!(variance.len(), features, "features");
    let filled = counts.iter().filter(|count| **count > 0).count();
    assert!(filled > 0, "moments of {} empty shards", counts.len());
    let n = R::from_count(filled);
    for f in 0..features {
        let (mut mean_sum, mut variance_sum) = (R::ZERO, R::ZERO);
        for (shard, _) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            mean_sum += shards.mean[shard * features + f];
            variance_sum += shards.variance[shard * features + f];
        }
        (mean[f], variance[f]) = (mean_sum / n, variance_sum / n);
    }
}

/// d_x of shard r in place of its d_y, with its own mean μ_r and n_r values per feature among R that have any:
///
/// d_x = γ·s · ( d_y − Σd_y/(R·n_r) − (x̂ − (μ_r − μ)·s)·Σ(d_y·x̂)/(R·n_r) ), s = 1/√(σ² + ε)
///
/// with sums over all shards: the exact gradient of what `pool` makes, for σ_r² is taken around μ_r.
///
/// # Shapes
/// `d`, `x_hat` `[F, n_r]`; `of_all` and `own_mean`, γ if any, `sum_d`, `sum_d_x_hat` `[F]`.
pub fn backward_input<L: Lanes>(
    d: &mut [L::Real],
    x_hat: &[L::Real],
    values: usize,
    filled: usize,
    of_all: Moments<'_, L::Real>,
    own_mean: &[L::Real],
    epsilon: f64,
    gamma: Option<&[L::Real]>,
    sum_d: &[L::Real],
    sum_d_x_hat: &[L::Real],
) {
    let features = of_all.mean.len();
    assert_eq!(d.len(), values * features, "values of a shard");
    assert_eq!(x_hat.len(), d.len(), "normalised values");
    assert_eq!(own_mean.len(), features, "own means");
    assert_eq!(sum_d.len(), features, "sums of gradients");
    assert_eq!(sum_d_x_hat.len(), features, "sums of products");
    let n = L::Real::from_count(filled * values);
    for f in 0..features {
        let run = f * values..(f + 1) * values;
        let inverse = inverse_deviation(of_all.variance[f], epsilon);
        let scale = L::splat(gamma.map_or(inverse, |gamma| gamma[f] * inverse));
        let shift = L::splat((own_mean[f] - of_all.mean[f]) * inverse);
        let through_mean = L::splat(sum_d[f] / n);
        let through_variance = L::splat(sum_d_x_hat[f] / n);
        each::update::<L>(&mut d[run.clone()], &x_hat[run], |d, x_hat| {
            scale * ((d - through_mean) - (x_hat - shift) * through_variance)
        });
    }
}
