//! Mean and variance of values, and what rounding takes from a mean that the numbers cannot hold. Normalises nothing.

use crate::lanes::{Lanes, Real, each};

/// Moments to normalise by, each `[F]`. The mean is `mean + mean_low`.
#[derive(Clone, Copy, Debug)]
pub struct Moments<'a, R> {
    /// μ, rounded to what R holds: near 10⁷ an f32 has no halves.
    pub mean: &'a [R],
    /// What that rounding took from μ, or 0 where that does not matter; empty for running averages, of which nothing
    /// more is known.
    pub mean_low: &'a [R],
    /// σ², biased.
    pub variance: &'a [R],
}

impl<R: Real> Moments<'_, R> {
    pub(super) fn low(&self, f: usize) -> R {
        self.mean_low.get(f).copied().unwrap_or(R::ZERO)
    }

    #[track_caller]
    pub(super) fn check(&self, values: usize, rows: usize) {
        check(values, rows, self.mean.len(), self.variance.len());
        let low = self.mean_low.len();
        assert!(
            low == 0 || low == self.mean.len(),
            "{low} low parts of {} means",
            self.mean.len()
        );
    }
}

/// Mean, what rounding took from it, and biased variance of some values.
///
/// Sums run over differences from the first value, so that a large mean costs no digits and equal values have exactly
/// their own mean and variance 0. Two passes, never Σx² − (Σx)². Where the mean is so large that R rounds it by as much
/// as the values differ, σ² = Σ(x − mean)²/N − low² takes that back; low² is never more than half of the first term.
/// Where what was rounded is less than a millionth of the deviation it is told as 0. An infinity among them is their
/// mean, and their variance NaN, as in PyTorch.
///
/// # Panics
/// If there are no values.
pub fn moments_of<L: Lanes>(values: &[L::Real]) -> (L::Real, L::Real, L::Real) {
    assert!(!values.is_empty(), "moments of no values");
    let n = L::Real::from_count(values.len());
    let first = centre_near(values[0]);
    let shift = L::splat(first);
    let (mean, low) = sum_and_low(first, each::sum::<L>(values, first, |x| x - shift) / n);
    let centre = L::splat(mean);
    let squares = each::sum::<L>(values, mean, |x| {
        let distance = x - centre;
        distance * distance
    });
    let variance = squares / n - low * low;
    (mean, low_of_note(low, variance), variance)
}

/// a + b, rounded, and what that rounding took (Dekker's FastTwoSum): exactly where |b| ≤ |a|, which is where the mean
/// is far from 0 for its deviation; elsewhere what is told is far below the deviation.
pub(super) fn sum_and_low<R: Real>(a: R, b: R) -> (R, R) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// The square of the share of a deviation, 2⁻²⁰, up to which the low part of a mean is left out.
pub(super) const NEGLIGIBLE: f64 = 1.0 / (1_u64 << 40) as f64;

/// The low part of a mean where it is of any note, else 0; so too where the variance is NaN.
pub(super) fn low_of_note<R: Real>(low: R, variance: R) -> R {
    if low * low > variance * R::from_f64(NEGLIGIBLE) {
        low
    } else {
        R::ZERO
    }
}

/// From where differences are taken: the first value, or 0 where it has none.
pub(super) fn centre_near<R: Real>(first: R) -> R {
    if first.is_finite() { first } else { R::ZERO }
}

/// Mean, its low part and biased variance of each feature.
///
/// # Shapes
/// `x` `[F, N]` with N ≥ 1; `mean`, `mean_low` and `variance` `[F]`.
// In one place: written into each caller it would weigh 2 kB more.
#[inline(never)]
pub fn moments<L: Lanes>(
    x: &[L::Real],
    rows: usize,
    mean: &mut [L::Real],
    mean_low: &mut [L::Real],
    variance: &mut [L::Real],
) {
    check(x.len(), rows, mean.len(), variance.len());
    assert_eq!(mean_low.len(), mean.len(), "low parts of means");
    for (f, x) in x.chunks_exact(rows).enumerate() {
        (mean[f], mean_low[f], variance[f]) = moments_of::<L>(x);
    }
}

#[track_caller]
pub(super) fn check(values: usize, rows: usize, features: usize, also_features: usize) {
    assert!(rows > 0, "a batch of no rows");
    assert_eq!(values, rows * features, "values of {features} features");
    assert_eq!(also_features, features, "features");
}
