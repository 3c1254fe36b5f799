//! Batch Normalization (Ioffe and Szegedy 2015), with the semantics of `torch.nn.BatchNorm1d` and `BatchNorm2d`.
//!
//! Per feature, over its N values (all rows; for images all rows and positions):
//! - forward, training: μ = Σx/N, σ² = Σ(x − μ)²/N (**biased**), x̂ = (x − μ)/√(σ² + ε), y = γ·x̂ + β;
//! - running averages: mean ← (1 − m)·mean + m·μ, variance ← (1 − m)·variance + m·σ²·N/(N − 1) (**unbiased**);
//! - forward, inference: the same x̂ with the running averages in place of μ and σ².
//!
//! Holds no state: what a layer remembers is handed in.

use crate::error::Error;
use crate::lanes::{Lanes, Real, each};

/// Whose definition of momentum and of the running variance holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Convention {
    /// Momentum is the share of the new batch; the running variance is unbiased.
    #[default]
    Torch,
    /// Momentum is the share of the old average; the running variance is biased, as in Keras 3.
    Keras,
}

/// How one layer normalises and what it remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// ε, inside the root.
    pub epsilon: f64,
    /// Share of the new batch in the running averages; `None` averages all batches alike.
    pub momentum: Option<f64>,
    /// What momentum means.
    pub convention: Convention,
    /// Whether there are running averages; without them inference uses the batch too.
    pub tracks: bool,
    /// Whether the running averages are used and kept even in training (`layer.eval()` in PyTorch).
    pub freezes_statistics: bool,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            epsilon: 1e-5,
            momentum: Some(0.1),
            convention: Convention::Torch,
            tracks: true,
            freezes_statistics: false,
        }
    }
}

impl Rule {
    /// Whether the batch's own moments normalise it.
    pub fn uses_batch(&self, training: bool) -> bool {
        !self.tracks || (training && !self.freezes_statistics)
    }

    /// Whether the running averages move.
    pub fn moves(&self, training: bool) -> bool {
        self.tracks && training && !self.freezes_statistics
    }

    /// Share of the new batch in the running averages, where it is the `tracked`-th batch, from 1.
    pub fn new_share(&self, tracked: u64) -> f64 {
        match (self.momentum, self.convention) {
            (Some(momentum), Convention::Torch) => momentum,
            (Some(momentum), Convention::Keras) => 1.0 - momentum,
            (None, _) => 1.0 / tracked.max(1) as f64,
        }
    }
}

/// γ and β, each `[F]`.
pub type GammaBeta<'a, R> = (&'a [R], &'a [R]);

/// Refuses training statistics of a single value: its variance says nothing, and x̂ would always be 0.
///
/// # Errors
/// `values` per feature are fewer than 2.
pub fn require_values(layer: &str, values: usize) -> Result<(), Error> {
    if values < 2 {
        return Err(Error::TooFewValues {
            layer: layer.to_owned(),
            values,
        });
    }
    Ok(())
}

/// Mean and biased variance of some values.
///
/// Sums run over differences from the first value, so that a mean of 10⁴ costs no digits and equal values have
/// exactly their own mean and variance 0. Two passes, never Σx² − (Σx)². An infinity among them is their mean, and
/// their variance NaN, as in PyTorch.
///
/// # Panics
/// If there are no values.
pub fn moments_of<L: Lanes>(values: &[L::Real]) -> (L::Real, L::Real) {
    assert!(!values.is_empty(), "moments of no values");
    let n = L::Real::from_count(values.len());
    let first = centre_near(values[0]);
    let shift = L::splat(first);
    let mean = first + each::sum::<L>(values, first, |x| x - shift) / n;
    let centre = L::splat(mean);
    let squares = each::sum::<L>(values, mean, |x| {
        let distance = x - centre;
        distance * distance
    });
    (mean, squares / n)
}

/// From where differences are taken: the first value, or 0 where it has none.
pub(super) fn centre_near<R: Real>(first: R) -> R {
    if first.is_finite() { first } else { R::ZERO }
}

/// Mean and biased variance of each feature.
///
/// # Shapes
/// `x` `[F, N]` with N ≥ 1, `mean` and `variance` `[F]`.
// In one place: written into each caller it would weigh 2 kB more.
#[inline(never)]
pub fn moments<L: Lanes>(
    x: &[L::Real],
    rows: usize,
    mean: &mut [L::Real],
    variance: &mut [L::Real],
) {
    check(x.len(), rows, mean.len(), variance.len());
    for ((x, mean), variance) in x.chunks_exact(rows).zip(mean).zip(variance) {
        (*mean, *variance) = moments_of::<L>(x);
    }
}

/// x̂ = (x − mean)/√(variance + ε) and y = γ·x̂ + β, whoever's moments these are.
///
/// # Shapes
/// `x`, `x_hat`, `y` `[F, N]`; `mean`, `variance`, and of `affine` γ and β, `[F]`. Without `affine` y = x̂.
pub fn normalize<L: Lanes>(
    x: &[L::Real],
    rows: usize,
    mean: &[L::Real],
    variance: &[L::Real],
    epsilon: f64,
    affine: Option<GammaBeta<'_, L::Real>>,
    x_hat: &mut [L::Real],
    y: &mut [L::Real],
) {
    check(x.len(), rows, mean.len(), variance.len());
    check_affine(affine, mean.len());
    assert_eq!(x_hat.len(), x.len(), "room for normalised values");
    assert_eq!(y.len(), x.len(), "room for outputs");
    for f in 0..mean.len() {
        let run = f * rows..(f + 1) * rows;
        let centre = L::splat(mean[f]);
        let scale = L::splat(inverse_deviation(variance[f], epsilon));
        let (x, x_hat, y) = (&x[run.clone()], &mut x_hat[run.clone()], &mut y[run]);
        match affine {
            Some((gamma, beta)) => {
                let (gamma, beta) = (L::splat(gamma[f]), L::splat(beta[f]));
                each::map_to_two::<L>(x, x_hat, y, |x| {
                    let x_hat = (x - centre) * scale;
                    (x_hat, gamma.mul_add(x_hat, beta))
                });
            }
            None => {
                each::map::<L>(x, x_hat, |x| (x - centre) * scale);
                y.copy_from_slice(x_hat);
            }
        }
    }
}

/// The same y alone, in one pass over x.
///
/// # Shapes
/// As `normalize`.
pub fn normalize_alone<L: Lanes>(
    x: &[L::Real],
    rows: usize,
    mean: &[L::Real],
    variance: &[L::Real],
    epsilon: f64,
    affine: Option<GammaBeta<'_, L::Real>>,
    y: &mut [L::Real],
) {
    check(x.len(), rows, mean.len(), variance.len());
    check_affine(affine, mean.len());
    assert_eq!(y.len(), x.len(), "room for outputs");
    for (f, (x, y)) in x
        .chunks_exact(rows)
        .zip(y.chunks_exact_mut(rows))
        .enumerate()
    {
        let of_unit = unit::<L>(f, mean, variance, epsilon, affine);
        each::map::<L>(x, y, of_unit);
    }
}

/// y of one unit's x.
#[inline(always)]
fn unit<L: Lanes>(
    f: usize,
    mean: &[L::Real],
    variance: &[L::Real],
    epsilon: f64,
    affine: Option<GammaBeta<'_, L::Real>>,
) -> impl Fn(L) -> L {
    let centre = L::splat(mean[f]);
    let scale = L::splat(inverse_deviation(variance[f], epsilon));
    let one = L::Real::ONE;
    let (gamma, beta) = affine.map_or((one, L::Real::ZERO), |(g, b)| (g[f], b[f]));
    let (gamma, beta) = (L::splat(gamma), L::splat(beta));
    move |x| gamma.mul_add((x - centre) * scale, beta)
}

/// The same y in place, for inference that keeps nothing.
///
/// # Shapes
/// As `normalize`.
pub fn normalize_in_place<L: Lanes>(
    x: &mut [L::Real],
    rows: usize,
    mean: &[L::Real],
    variance: &[L::Real],
    epsilon: f64,
    affine: Option<GammaBeta<'_, L::Real>>,
) {
    check(x.len(), rows, mean.len(), variance.len());
    check_affine(affine, mean.len());
    for (f, x) in x.chunks_exact_mut(rows).enumerate() {
        each::update_alone::<L>(x, unit::<L>(f, mean, variance, epsilon, affine));
    }
}

/// Moves the running averages by one batch.
///
/// `share` is `Rule::new_share`; `values` are N, the values per feature.
///
/// # Shapes
/// All `[F]`.
pub fn move_running<L: Lanes>(
    running_mean: &mut [L::Real],
    running_variance: &mut [L::Real],
    mean: &[L::Real],
    variance: &[L::Real],
    values: usize,
    share: f64,
    convention: Convention,
) {
    assert!(values > 1, "an unbiased variance of {values} values");
    let unbias = match convention {
        Convention::Torch => values as f64 / (values as f64 - 1.0),
        Convention::Keras => 1.0,
    };
    let keep = L::splat(L::Real::from_f64(1.0 - share));
    let share_of_mean = L::splat(L::Real::from_f64(share));
    let share_of_variance = L::splat(L::Real::from_f64(share * unbias));
    each::update::<L>(running_mean, mean, |running, mean| {
        running * keep + share_of_mean * mean
    });
    each::update::<L>(running_variance, variance, |running, variance| {
        running * keep + share_of_variance * variance
    });
}

/// Gradients where the batch's own moments were used, in place of the gradient from above:
///
/// d_x = γ/√(σ² + ε) · ( d_y − Σd_y/N − x̂·Σ(d_y·x̂)/N )
///
/// 1. d_y: the direct way;
/// 2. Σd_y/N = d_β/N: the way through μ, which every row moved;
/// 3. x̂·Σ(d_y·x̂)/N = x̂·d_γ/N: the way through σ².
///
/// # Shapes
/// `d` (d_y in, d_x out) and `x_hat` `[F, N]`; `variance`, γ if any, `d_gamma`, `d_beta` `[F]`.
pub fn backward_batch<L: Lanes>(
    d: &mut [L::Real],
    x_hat: &[L::Real],
    rows: usize,
    variance: &[L::Real],
    epsilon: f64,
    gamma: Option<&[L::Real]>,
    d_gamma: &mut [L::Real],
    d_beta: &mut [L::Real],
) {
    check(d.len(), rows, d_gamma.len(), d_beta.len());
    assert_eq!(x_hat.len(), d.len(), "normalised values");
    assert_eq!(variance.len(), d_gamma.len(), "variances");
    let n = L::Real::from_count(rows);
    for (f, (d, x_hat)) in runs(d, x_hat, rows).enumerate() {
        (d_beta[f], d_gamma[f]) = each::sum_and_product::<L>(d, x_hat);
        let scale = slope(gamma, variance[f], f, epsilon);
        let through_mean = L::splat(d_beta[f] / n);
        let through_variance = L::splat(d_gamma[f] / n);
        let scale = L::splat(scale);
        each::update::<L>(d, x_hat, |d, x_hat| {
            scale * ((d - through_mean) - x_hat * through_variance)
        });
    }
}

/// Gradients where given moments were used (inference, frozen statistics): d_x = d_y·γ/√(variance + ε).
///
/// # Shapes
/// As `backward_batch`.
pub fn backward_fixed<L: Lanes>(
    d: &mut [L::Real],
    x_hat: &[L::Real],
    rows: usize,
    variance: &[L::Real],
    epsilon: f64,
    gamma: Option<&[L::Real]>,
    d_gamma: &mut [L::Real],
    d_beta: &mut [L::Real],
) {
    check(d.len(), rows, d_gamma.len(), d_beta.len());
    assert_eq!(x_hat.len(), d.len(), "normalised values");
    assert_eq!(variance.len(), d_gamma.len(), "variances");
    for (f, (d, x_hat)) in runs(d, x_hat, rows).enumerate() {
        (d_beta[f], d_gamma[f]) = each::sum_and_product::<L>(d, x_hat);
        let scale = L::splat(slope(gamma, variance[f], f, epsilon));
        each::update_alone::<L>(d, |d| d * scale);
    }
}

fn runs<'a, T>(
    d: &'a mut [T],
    x_hat: &'a [T],
    rows: usize,
) -> impl Iterator<Item = (&'a mut [T], &'a [T])> {
    d.chunks_exact_mut(rows).zip(x_hat.chunks_exact(rows))
}

/// γ/√(variance + ε) of feature `f`.
fn slope<R: Real>(gamma: Option<&[R]>, variance: R, f: usize, epsilon: f64) -> R {
    let inverse = inverse_deviation(variance, epsilon);
    gamma.map_or(inverse, |gamma| gamma[f] * inverse)
}

/// 1/√(variance + ε).
pub fn inverse_deviation<R: Real>(variance: R, epsilon: f64) -> R {
    R::ONE / (variance + R::from_f64(epsilon)).sqrt()
}

#[track_caller]
fn check(values: usize, rows: usize, features: usize, also_features: usize) {
    assert!(rows > 0, "a batch of no rows");
    assert_eq!(values, rows * features, "values of {features} features");
    assert_eq!(also_features, features, "features");
}

#[track_caller]
fn check_affine<T>(affine: Option<GammaBeta<'_, T>>, features: usize) {
    if let Some((gamma, beta)) = affine {
        assert_eq!(gamma.len(), features, "gammas");
        assert_eq!(beta.len(), features, "betas");
    }
}
