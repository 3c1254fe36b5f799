//! Batch Normalization over a batch that lies in shards, as `torch.nn.SyncBatchNorm`: each shard sends its sums and
//! all normalise by the same moments. Shards may differ in size and may be empty. Sends nothing itself.

use std::ops::Range;

use super::batch::inverse_deviation;
use super::moments::{Moments, centre_near, low_of_note, sum_and_low};
use super::spans;
use crate::lanes::{Lanes, Real, each};

/// A batch and the shards in which it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shards {
    /// F.
    pub features: usize,
    /// Runs of rows of each feature: 1, the positions of an image or the steps of a sequence.
    pub positions: usize,
    /// N, the rows of the batch.
    pub rows: usize,
    /// R.
    pub count: usize,
}

impl Shards {
    /// Rows of shard `index`: the first N mod R shards have one more than the others, which are empty where N < R.
    pub fn rows_of(self, index: usize) -> Range<usize> {
        let (each, more) = (self.rows / self.count, self.rows % self.count);
        let start = index * each + index.min(more);
        start..start + each + usize::from(index < more)
    }

    /// Values per feature of shard `index`.
    pub fn values(self, index: usize) -> usize {
        self.rows_of(index).len() * self.positions
    }

    fn spans(self, feature: usize, index: usize) -> impl Iterator<Item = Range<usize>> + Clone {
        spans::spans(feature, self.positions, self.rows, self.rows_of(index))
    }

    #[track_caller]
    fn check(self, values: usize) {
        let all = self.features * self.positions * self.rows;
        assert!(self.count > 0 && all > 0, "no values in {self:?}");
        assert_eq!(values, all, "values of {self:?}");
    }
}

/// Moments of each shard by itself, of which `pool` makes one; those of an empty shard are left as they are.
///
/// # Shapes
/// `x` `[F, positions, N]`; `counts` `[R]`; `means`, `means_low`, `variances` (biased) `[R, F]`.
pub fn moments<L: Lanes>(
    x: &[L::Real],
    shards: Shards,
    counts: &mut [usize],
    means: &mut [L::Real],
    means_low: &mut [L::Real],
    variances: &mut [L::Real],
) {
    shards.check(x.len());
    assert_eq!(counts.len(), shards.count, "counts of {shards:?}");
    assert_eq!(
        means.len(),
        shards.count * shards.features,
        "means of {shards:?}"
    );
    assert_eq!(means_low.len(), means.len(), "low parts of {shards:?}");
    assert_eq!(variances.len(), means.len(), "variances of {shards:?}");
    for (index, count) in counts.iter_mut().enumerate() {
        *count = shards.values(index);
        for f in (0..shards.features).filter(|_| *count > 0) {
            let place = index * shards.features + f;
            (means[place], means_low[place], variances[place]) =
                spans::moments::<L>(x, shards.spans(f, index), *count);
        }
    }
}

/// The sums of all shards' gradients: d_γ = Σ_r Σd_y·x̂ and d_β = Σ_r Σd_y, each shard's own before they are added.
///
/// # Shapes
/// `d_y`, `x_hat` `[F, positions, N]`; `d_gamma`, `d_beta` `[F]`.
pub fn sums_of_all<L: Lanes>(
    d_y: &[L::Real],
    x_hat: &[L::Real],
    shards: Shards,
    d_gamma: &mut [L::Real],
    d_beta: &mut [L::Real],
) {
    shards.check(d_y.len());
    assert_eq!(x_hat.len(), d_y.len(), "normalised values");
    assert_eq!(d_gamma.len(), shards.features, "gradients of γ");
    assert_eq!(d_beta.len(), shards.features, "gradients of β");
    for f in 0..shards.features {
        (d_beta[f], d_gamma[f]) = (L::Real::ZERO, L::Real::ZERO);
        for index in 0..shards.count {
            let (sum, product) = spans::sums::<L>(d_y, x_hat, shards.spans(f, index));
            d_beta[f] += sum;
            d_gamma[f] += product;
        }
    }
}

/// Moments of all shards together from the moments of each (Chan, Golub and LeVeque 1979):
/// μ = Σ_r n_r·μ_r/n and σ² = Σ_r n_r·(σ_r² + (μ_r − μ)²)/n. A shard of no values adds nothing, whatever its moments.
///
/// # Shapes
/// `counts` `[R]`, values per feature of each shard; `shards` each `[R, F]`; `mean`, `mean_low`, `variance` `[F]`.
///
/// # Panics
/// If all shards are empty.
pub fn pool<R: Real>(
    counts: &[usize],
    shards: Moments<'_, R>,
    mean: &mut [R],
    mean_low: &mut [R],
    variance: &mut [R],
) {
    let features = mean.len();
    let total: usize = counts.iter().sum();
    assert!(total > 0, "moments of {} empty shards", counts.len());
    assert_eq!(
        shards.mean.len(),
        counts.len() * features,
        "means of shards"
    );
    assert_eq!(
        shards.variance.len(),
        shards.mean.len(),
        "variances of shards"
    );
    assert_eq!(mean_low.len(), features, "low parts of means");
    assert_eq!(variance.len(), features, "features");
    for f in 0..features {
        // Share of all values, and where the shard's moments stand.
        let filled = || {
            let filled = counts.iter().enumerate().filter(|(_, count)| **count > 0);
            filled.map(|(shard, count)| {
                let share = R::from_f64(*count as f64 / total as f64);
                (share, shard * features + f)
            })
        };
        // From the first shard's mean on, so that a large mean costs no digits.
        let start = filled()
            .next()
            .map_or(R::ZERO, |(_, at)| centre_near(shards.mean[at]));
        let distance_from = |centre: R, at: usize| (shards.mean[at] - centre) + shards.low(at);
        let from_start = filled().fold(R::ZERO, |sum, (share, at)| {
            sum + share * distance_from(start, at)
        });
        let (centre, low) = sum_and_low(start, from_start);
        variance[f] = filled().fold(R::ZERO, |sum, (share, at)| {
            let distance = distance_from(centre, at) - low;
            sum + share * (shards.variance[at] + distance * distance)
        });
        (mean[f], mean_low[f]) = (centre, low_of_note(low, variance[f]));
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
