//! Sums over some rows of one feature. Rows stand innermost, so that these are a span of every run of N: one for
//! features, H·W for a channel of images, T for a feature of sequences. Cuts no batch: `ghost` and `sync` do.

use std::ops::Range;

use super::moments::{centre_near, low_of_note, sum_and_low};
use crate::lanes::{Lanes, Real, each};

/// Where rows `rows` of N stand in feature `feature` of `[F, positions, N]`.
pub fn spans(
    feature: usize,
    positions: usize,
    n: usize,
    rows: Range<usize>,
) -> impl Iterator<Item = Range<usize>> + Clone {
    (0..positions).map(move |position| {
        let run = (feature * positions + position) * n;
        run + rows.start..run + rows.end
    })
}

/// Mean, its low part and biased variance of `count` values in these spans, none of which is empty; as
/// `moments::moments_of`.
pub fn moments<L: Lanes>(
    x: &[L::Real],
    spans: impl Iterator<Item = Range<usize>> + Clone,
    count: usize,
) -> (L::Real, L::Real, L::Real) {
    let n = L::Real::from_count(count);
    let first = centre_near(x[spans.clone().next().map_or(0, |span| span.start)]);
    let shift = L::splat(first);
    let distances = spans.clone().fold(L::Real::ZERO, |sum, span| {
        sum + each::sum::<L>(&x[span], first, |x| x - shift)
    });
    let (mean, low) = sum_and_low(first, distances / n);
    let centre = L::splat(mean);
    let squares = spans.fold(L::Real::ZERO, |sum, span| {
        let square = |x: L| (x - centre) * (x - centre);
        sum + each::sum::<L>(&x[span], mean, square)
    });
    let variance = squares / n - low * low;
    (mean, low_of_note(low, variance), variance)
}

/// Σd and Σd·x̂ over these spans.
pub fn sums<L: Lanes>(
    d: &[L::Real],
    x_hat: &[L::Real],
    spans: impl Iterator<Item = Range<usize>>,
) -> (L::Real, L::Real) {
    spans.fold((L::Real::ZERO, L::Real::ZERO), |(sum, product), span| {
        let (s, p) = each::sum_and_product::<L>(&d[span.clone()], &x_hat[span]);
        (sum + s, product + p)
    })
}
