//! Ghost Batch Normalization (Hoffer et al. 2017): each small chunk of a large batch by its own moments.
//!
//! Rows stand innermost, so a chunk of rows is one span of every run of N; a feature of an image `[C, H·W, N]` has
//! H·W such spans. The formulas are those of `batch`, with a chunk for the batch. Moves no running average: the
//! caller does, once a chunk, with `batch::move_running`.

use std::ops::Range;

use super::batch::{GammaBeta, Moments, Transform, inverse_deviation};
use super::spans;
use crate::lanes::{Lanes, Real, each};

/// A batch and how it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GhostSize {
    /// F.
    pub features: usize,
    /// Runs of rows of each feature: 1, or the positions of an image.
    pub positions: usize,
    /// N, the rows of the batch.
    pub rows: usize,
    /// Rows of a chunk; the last may be smaller.
    pub chunk: usize,
}

impl GhostSize {
    /// G.
    pub fn chunks(self) -> usize {
        self.rows.div_ceil(self.chunk)
    }

    /// Values per feature of chunk `index`.
    pub fn values(self, index: usize) -> usize {
        self.rows_of(index).len() * self.positions
    }

    /// Whether every chunk has the two values per feature that a variance needs.
    pub fn is_enough(self) -> bool {
        self.values(0).min(self.values(self.chunks() - 1)) > 1
    }

    fn rows_of(self, index: usize) -> Range<usize> {
        let start = index * self.chunk;
        start..(start + self.chunk).min(self.rows)
    }

    /// The spans of one feature in one chunk.
    fn spans(self, feature: usize, index: usize) -> impl Iterator<Item = Range<usize>> + Clone {
        spans::spans(feature, self.positions, self.rows, self.rows_of(index))
    }

    #[track_caller]
    fn check(self, values: usize, moments: usize) {
        let all = self.features * self.positions * self.rows;
        assert!(self.chunk > 0 && all > 0, "no values in {self:?}");
        assert_eq!(values, all, "values of {self:?}");
        assert_eq!(
            moments,
            self.chunks() * self.features,
            "moments of {self:?}"
        );
    }
}

/// Moments of every chunk, x̂ and y.
///
/// # Shapes
/// `x`, `x_hat`, `y` `[F, positions, N]`; `mean`, `mean_low`, `variance` (biased) `[G, F]`; of `affine` γ and β `[F]`.
pub fn forward<L: Lanes>(
    x: &[L::Real],
    size: GhostSize,
    epsilon: f64,
    affine: Option<GammaBeta<'_, L::Real>>,
    mean: &mut [L::Real],
    mean_low: &mut [L::Real],
    variance: &mut [L::Real],
    x_hat: &mut [L::Real],
    y: &mut [L::Real],
) {
    size.check(x.len(), mean.len());
    assert_eq!(mean_low.len(), mean.len(), "low parts of means");
    assert_eq!(variance.len(), mean.len(), "variances");
    assert_eq!(x_hat.len(), x.len(), "room for normalised values");
    assert_eq!(y.len(), x.len(), "room for outputs");
    for index in 0..size.chunks() {
        for f in 0..size.features {
            let spans = size.spans(f, index);
            let place = index * size.features + f;
            (mean[place], mean_low[place], variance[place]) =
                spans::moments::<L>(x, spans.clone(), size.values(index));
            let of_chunk = index * size.features..(index + 1) * size.features;
            let moments = Moments {
                mean: &mean[of_chunk.clone()],
                mean_low: &mean_low[of_chunk.clone()],
                variance: &variance[of_chunk],
            };
            let transform = Transform::<L>::of(f, moments, epsilon, affine);
            for span in spans {
                let (x_hat, y) = (&mut x_hat[span.clone()], &mut y[span.clone()]);
                transform.apply(&x[span], x_hat, y);
            }
        }
    }
}

/// Gradients in place of the gradient from above, as `batch::backward_batch` within each chunk of n values:
///
/// d_x = γ/√(σ² + ε) · ( d_y − Σd_y/n − x̂·Σ(d_y·x̂)/n )
///
/// 1. d_y: the direct way;
/// 2. Σd_y/n: through the chunk's own μ;
/// 3. x̂·Σ(d_y·x̂)/n: through the chunk's own σ².
///
/// d_γ and d_β are sums over all chunks.
///
/// # Shapes
/// `d` (d_y in, d_x out), `x_hat` `[F, positions, N]`; `variance` `[G, F]`; γ if any, `d_gamma`, `d_beta` `[F]`.
pub fn backward<L: Lanes>(
    d: &mut [L::Real],
    x_hat: &[L::Real],
    size: GhostSize,
    variance: &[L::Real],
    epsilon: f64,
    gamma: Option<&[L::Real]>,
    d_gamma: &mut [L::Real],
    d_beta: &mut [L::Real],
) {
    size.check(d.len(), variance.len());
    assert_eq!(x_hat.len(), d.len(), "normalised values");
    assert_eq!(d_gamma.len(), size.features, "gradients of γ");
    assert_eq!(d_beta.len(), size.features, "gradients of β");
    for f in 0..size.features {
        (d_gamma[f], d_beta[f]) = (L::Real::ZERO, L::Real::ZERO);
        for index in 0..size.chunks() {
            let n = L::Real::from_count(size.values(index));
            let (sum, product) = spans::sums::<L>(d, x_hat, size.spans(f, index));
            d_beta[f] += sum;
            d_gamma[f] += product;
            let inverse = inverse_deviation(variance[index * size.features + f], epsilon);
            let scale = L::splat(gamma.map_or(inverse, |gamma| gamma[f] * inverse));
            let (through_mean, through_variance) = (L::splat(sum / n), L::splat(product / n));
            for span in size.spans(f, index) {
                each::update::<L>(&mut d[span.clone()], &x_hat[span], |d, x_hat| {
                    scale * ((d - through_mean) - x_hat * through_variance)
                });
            }
        }
    }
}
