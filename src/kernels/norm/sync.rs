//! Batch Normalization over a batch that lies in shards, as `torch.nn.SyncBatchNorm`: each shard sends its sums and
//! all normalise by the same moments. Shards may differ in size and may be empty. Sends nothing itself.

use super::batch::inverse_deviation;
use crate::lanes::{Lanes, Real, each};

/// Moments of all shards together from the moments of each (Chan, Golub and LeVeque 1979):
/// μ = Σ_r n_r·μ_r/n and σ² = Σ_r n_r·(σ_r² + (μ_r − μ)²)/n. A shard of no values adds nothing, whatever its moments.
///
/// # Shapes
/// `counts` `[R]`, values per feature of each shard; `means` and `variances` (biased) `[R, F]`; `mean`, `variance` `[F]`.
///
/// # Panics
/// If all shards are empty.
pub fn pool<R: Real>(
    counts: &[usize],
    means: &[R],
    variances: &[R],
    mean: &mut [R],
    variance: &mut [R],
) {
    let features = mean.len();
    let total: usize = counts.iter().sum();
    assert!(total > 0, "moments of {} empty shards", counts.len());
    assert_eq!(means.len(), counts.len() * features, "means of shards");
    assert_eq!(variances.len(), means.len(), "variances of shards");
    assert_eq!(variance.len(), features, "features");
    for f in 0..features {
        let shards = || {
            let filled = counts.iter().enumerate().filter(|(_, count)| **count > 0);
            filled.map(|(shard, count)| {
                let share = R::from_f64(*count as f64 / total as f64);
                (
                    share,
                    means[shard * features + f],
                    variances[shard * features + f],
                )
            })
        };
        // From the first shard's mean on, so that a large mean costs no digits.
        let start = shards().next().map_or(R::ZERO, |(_, mean, _)| mean);
        let centre = start + shards().fold(R::ZERO, |sum, (share, m, _)| sum + share * (m - start));
        mean[f] = centre;
        variance[f] = shards().fold(R::ZERO, |sum, (share, m, variance)| {
            let distance = m - centre;
            sum + share * (variance + distance * distance)
        });
    }
}

/// What a shard sends backwards, and its own parameters' gradients: d_γ = Σ d_y·x̂, d_β = Σ d_y over its own values.
///
/// # Shapes
/// `d_y`, `x_hat` `[F, N]`, N may be 0; `d_gamma`, `d_beta` `[F]`.
pub fn sums<L: Lanes>(
    d_y: &[L::Real],
    x_hat: &[L::Real],
    rows: usize,
    d_gamma: &mut [L::Real],
    d_beta: &mut [L::Real],
) {
    assert_eq!(d_y.len(), rows * d_gamma.len(), "values of a shard");
    assert_eq!(x_hat.len(), d_y.len(), "normalised values");
    assert_eq!(d_beta.len(), d_gamma.len(), "features");
    for f in 0..d_gamma.len() {
        let run = f * rows..(f + 1) * rows;
        (d_beta[f], d_gamma[f]) = each::sum_and_product::<L>(&d_y[run.clone()], &x_hat[run]);
    }
}

/// d_x of one shard in place of its d_y:
///
/// d_x = γ/√(σ² + ε) · ( d_y − Σd_y/n − x̂·Σ(d_y·x̂)/n )
///
/// 1. d_y: the direct way, the shard's own;
/// 2. Σd_y/n: through the common μ, over **all** shards' values;
/// 3. x̂·Σ(d_y·x̂)/n: through the common σ², likewise.
///
/// # Shapes
/// `d`, `x_hat` `[F, N]`, N may be 0; `variance`, γ if any, `sum_d`, `sum_d_x_hat` `[F]`; `total` is n of all shards.
pub fn backward_input<L: Lanes>(
    d: &mut [L::Real],
    x_hat: &[L::Real],
    rows: usize,
    variance: &[L::Real],
    epsilon: f64,
    gamma: Option<&[L::Real]>,
    sum_d: &[L::Real],
    sum_d_x_hat: &[L::Real],
    total: usize,
) {
    let features = variance.len();
    assert_eq!(d.len(), rows * features, "values of a shard");
    assert_eq!(x_hat.len(), d.len(), "normalised values");
    assert_eq!(sum_d.len(), features, "sums of gradients");
    assert_eq!(sum_d_x_hat.len(), features, "sums of products");
    assert!(total >= rows, "{rows} of {total} rows");
    let n = L::Real::from_count(total);
    for f in 0..features {
        let run = f * rows..(f + 1) * rows;
        let inverse = inverse_deviation(variance[f], epsilon);
        let scale = L::splat(gamma.map_or(inverse, |gamma| gamma[f] * inverse));
        let through_mean = L::splat(sum_d[f] / n);
        let through_variance = L::splat(sum_d_x_hat[f] / n);
        each::update::<L>(&mut d[run.clone()], &x_hat[run], |d, x_hat| {
            scale * ((d - through_mean) - x_hat * through_variance)
        });
    }
}
