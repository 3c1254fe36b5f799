//! Normalisations within a row, which no other row touches: Layer, Group and Instance Normalization and RMSNorm
//! (Ba et al. 2016; Wu and He 2018; Ulyanov et al. 2016; Zhang and Sennrich 2019). Knows no batch and no memory.
//!
//! They differ only in what is taken together. A block is `[G·M, N]`: G groups of M runs, each a run of N rows.
//! For every group and row, over its M values:
//! - μ = Σx/M, σ² = Σ(x − μ)²/M (biased), x̂ = (x − μ)/√(σ² + ε), y = γ·x̂ + β;
//! - RMSNorm takes no mean away: x̂ = x/√(Σx²/M + ε), and has no β.
//!
//! Layer Normalization is one group of everything; Group Normalization of an image `[C, H·W, N]` has M = C/G·H·W;
//! Instance Normalization is a group a channel. Four rows fill four lanes, so no sum runs across lanes.

use super::moments::NEGLIGIBLE;
use crate::lanes::{Lanes, Real, WIDTH, each};

/// What is taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowNormSize {
    /// G.
    pub groups: usize,
    /// M, the values of one row in one group.
    pub runs: usize,
    /// N, the rows of the batch.
    pub rows: usize,
    /// Neighbouring runs with the same γ and β: 1, or the positions of an image with a γ a channel.
    pub share: usize,
}

impl RowNormSize {
    /// Values of γ.
    pub fn parameters(self) -> usize {
        self.groups * self.runs / self.share
    }

    #[track_caller]
    fn check(self, values: usize, gamma: Option<usize>, beta: Option<usize>) {
        let runs = self.groups * self.runs;
        assert!(self.runs > 0 && self.share > 0, "no values in {self:?}");
        assert_eq!(runs % self.share, 0, "runs of one γ in {self:?}");
        assert_eq!(values, runs * self.rows, "values of {self:?}");
        assert_eq!(gamma.unwrap_or(self.parameters()), self.parameters(), "γ");
        assert_eq!(beta.unwrap_or(self.parameters()), self.parameters(), "β");
    }
}

/// How a row is normalised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// ε, inside the root.
    pub epsilon: f64,
    /// Whether the mean is taken away; RMSNorm does not.
    pub centres: bool,
}

/// x̂ and y.
///
/// # Shapes
/// `x`, `x_hat`, `y` `[G·M, N]`; γ and β, if any, `[G·M/share]`; `inverse` `[G, N]` becomes 1/√(σ² + ε).
pub fn forward<L: Lanes>(
    x: &[L::Real],
    size: RowNormSize,
    rule: Rule,
    gamma: Option<&[L::Real]>,
    beta: Option<&[L::Real]>,
    inverse: &mut [L::Real],
    x_hat: &mut [L::Real],
    y: &mut [L::Real],
) {
    size.check(x.len(), gamma.map(<[_]>::len), beta.map(<[_]>::len));
    assert_eq!(inverse.len(), size.groups * size.rows, "inverse deviations");
    assert_eq!(x_hat.len(), x.len(), "room for normalised values");
    assert_eq!(y.len(), x.len(), "room for outputs");
    let (rows, one) = (size.rows, L::Real::ONE);
    let count = L::splat(L::Real::from_count(size.runs));
    let epsilon = L::splat(L::Real::from_f64(rule.epsilon));
    let negligible = L::splat(L::Real::from_f64(NEGLIGIBLE));
    for group in 0..size.groups {
        let first_run = group * size.runs;
        let mut n = 0;
        while n < rows {
            let width = WIDTH.min(rows - n);
            let place = |run: usize| (first_run + run) * rows + n;
            let at = |run: usize| each::load_up_to::<L>(&x[place(run)..], width);
            let (mean, low) = if rule.centres {
                // From the first value on, so that a large mean costs no digits.
                let first = at(0);
                let distances = (1..size.runs).fold(L::zero(), |sum, run| sum + (at(run) - first));
                let from_first = distances / count;
                let mean = first + from_first;
                // Exactly what rounding took where |first| is the larger, as in `batch`.
                (mean, from_first - (mean - first))
            } else {
                (L::zero(), L::zero())
            };
            let squares = (0..size.runs).fold(L::zero(), |sum, run| {
                let distance = at(run) - mean;
                distance.mul_add(distance, sum)
            });
            // As in `moments::moments_of`: what rounding took from the mean is taken back, where it is of note.
            let variance = squares / count - low * low;
            let low = (low * low).select_greater(variance * negligible, low, L::zero());
            let scale = L::splat(one) / (variance + epsilon).sqrt();
            each::store_up_to(scale, &mut inverse[group * rows + n..], width);
            for run in 0..size.runs {
                let normal = ((at(run) - mean) - low) * scale;
                each::store_up_to(normal, &mut x_hat[place(run)..], width);
                let parameter = (first_run + run) / size.share;
                let scaled = gamma.map_or(normal, |gamma| L::splat(gamma[parameter]) * normal);
                let shifted = beta.map_or(scaled, |beta| scaled + L::splat(beta[parameter]));
                each::store_up_to(shifted, &mut y[place(run)..], width);
            }
            n += width;
        }
    }
}

/// Gradients in place of the gradient from above; with g = γ·d_y and sums over the M values of a group's row:
///
/// d_x = 1/√(σ² + ε) · ( g − Σg/M − x̂·Σ(g·x̂)/M )
///
/// 1. g: the direct way;
/// 2. Σg/M: the way through μ, missing where no mean was taken away;
/// 3. x̂·Σ(g·x̂)/M: the way through σ².
///
/// # Shapes
/// `d` (d_y in, d_x out) and `x_hat` `[G·M, N]`; `inverse` `[G, N]`; γ, `d_gamma`, `d_beta`, if any, `[G·M/share]`.
pub fn backward<L: Lanes>(
    d: &mut [L::Real],
    x_hat: &[L::Real],
    inverse: &[L::Real],
    size: RowNormSize,
    rule: Rule,
    gamma: Option<&[L::Real]>,
    d_gamma: Option<&mut [L::Real]>,
    d_beta: Option<&mut [L::Real]>,
) {
    size.check(d.len(), gamma.map(<[_]>::len), None);
    assert_eq!(x_hat.len(), d.len(), "normalised values");
    assert_eq!(inverse.len(), size.groups * size.rows, "inverse deviations");
    parameters::<L>(d, x_hat, size, d_gamma, d_beta);
    let rows = size.rows;
    let count = L::splat(L::Real::from_count(size.runs));
    for group in 0..size.groups {
        let first_run = group * size.runs;
        let mut n = 0;
        while n < rows {
            let width = WIDTH.min(rows - n);
            let place = |run: usize| (first_run + run) * rows + n;
            let scaled = |d: &[L::Real], run: usize| {
                let d = each::load_up_to::<L>(&d[place(run)..], width);
                let parameter = (first_run + run) / size.share;
                gamma.map_or(d, |gamma| L::splat(gamma[parameter]) * d)
            };
            let normal = |run: usize| each::load_up_to::<L>(&x_hat[place(run)..], width);
            let (mut sum, mut product) = (L::zero(), L::zero());
            for run in 0..size.runs {
                let g = scaled(d, run);
                sum = sum + g;
                product = g.mul_add(normal(run), product);
            }
            let through_mean = if rule.centres { sum / count } else { L::zero() };
            let through_variance = product / count;
            let scale = each::load_up_to::<L>(&inverse[group * rows + n..], width);
            for run in 0..size.runs {
                let g = scaled(d, run);
                let d_x = scale * ((g - through_mean) - normal(run) * through_variance);
                each::store_up_to(d_x, &mut d[place(run)..], width);
            }
            n += width;
        }
    }
}

/// d_γ = Σ d_y·x̂ and d_β = Σ d_y over all rows and all runs that share the parameter.
fn parameters<L: Lanes>(
    d: &[L::Real],
    x_hat: &[L::Real],
    size: RowNormSize,
    d_gamma: Option<&mut [L::Real]>,
    d_beta: Option<&mut [L::Real]>,
) {
    let values = size.share * size.rows;
    let run = |p: usize| p * values..(p + 1) * values;
    if let Some(d_gamma) = d_gamma {
        assert_eq!(d_gamma.len(), size.parameters(), "gradients of γ");
        for (p, d_gamma) in d_gamma.iter_mut().enumerate() {
            (_, *d_gamma) = each::sum_and_product::<L>(&d[run(p)], &x_hat[run(p)]);
        }
    }
    if let Some(d_beta) = d_beta {
        assert_eq!(d_beta.len(), size.parameters(), "gradients of β");
        for (p, d_beta) in d_beta.iter_mut().enumerate() {
            *d_beta = each::sum::<L>(&d[run(p)], L::Real::ZERO, |d| d);
        }
    }
}
