//! Batch Normalization (Ioffe and Szegedy 2015), with the semantics of `torch.nn.BatchNorm1d` and `BatchNorm2d`.
//!
//! Per feature, over its N values (all rows; for images all rows and positions):
//! - forward, training: μ = Σx/N, σ² = Σ(x − μ)²/N (**biased**), x̂ = (x − μ)/√(σ² + ε), y = γ·x̂ + β;
//! - running averages: mean ← (1 − m)·mean + m·μ, variance ← (1 − m)·variance + m·σ²·N/(N − 1) (**unbiased**);
//! - forward, inference: the same x̂ with the running averages in place of μ and σ².
//!
//! Holds no state: what a layer remembers is handed in.

use super::moments::check;
pub use super::moments::{Moments, moments, moments_of};
use crate::error::Error;
use crate::lanes::{Lanes, Real, each};
pub use crate::settings::choice::Convention;

impl Convention {
    /// What a biased variance of so many values is multiplied by in the running average.
    pub fn unbias(self, values: usize) -> f64 {
        match self {
            Convention::Torch => values as f64 / (values as f64 - 1.0),
            Convention::Keras => 1.0,
        }
    }
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
/// `rows` of `positions` values per feature each are fewer than 2 values.
pub fn require_values(layer: &str, rows: usize, positions: usize) -> Result<(), Error> {
    let values = rows * positions;
    if values < 2 {
        return Err(Error::TooFewValues {
            layer: layer.to_owned(),
            values,
            batch: rows,
            chunk: None,
            nearest: [None, Some(2)],
        });
    }
    Ok(())
}

/// x̂ = (x − μ)/√(σ² + ε) and y = γ·x̂ + β, whoever's moments these are; x − mean is exact where x is near.
///
/// # Shapes
/// `x`, `x_hat`, `y` `[F, N]`; of `affine` γ and β `[F]`. Without `affine` y = x̂.
pub fn normalize<L: Lanes>(
    x: &[L::Real],
    rows: usize,
    moments: Moments<'_, L::Real>,
    epsilon: f64,
    affine: Option<GammaBeta<'_, L::Real>>,
    x_hat: &mut [L::Real],
    y: &mut [L::Real],
) {
    moments.check(x.len(), rows);
    check_affine(affine, moments.mean.len());
    assert_eq!(x_hat.len(), x.len(), "room for normalised values");
    assert_eq!(y.len(), x.len(), "room for outputs");
    for f in 0..moments.mean.len() {
        let run = f * rows..(f + 1) * rows;
        let (x, x_hat, y) = (&x[run.clone()], &mut x_hat[run.clone()], &mut y[run]);
        Transform::<L>::of(f, moments, epsilon, affine).apply(x, x_hat, y);
    }
}

/// What becomes of one feature's values: t = (x − mean)·scale, x̂ = t − offset, y = γ·t + β′. With offset = low·scale
/// and β′ = β − γ·offset the low part of μ costs y nothing, and x̂ only where there is one.
pub(super) struct Transform<L: Lanes> {
    mean: L,
    scale: L,
    offset: L::Real,
    gamma: L,
    beta: L,
}

impl<L: Lanes> Transform<L> {
    /// By the moments of feature `f`.
    #[inline(always)]
    pub(super) fn of(
        f: usize,
        moments: Moments<'_, L::Real>,
        epsilon: f64,
        affine: Option<GammaBeta<'_, L::Real>>,
    ) -> Self {
        let scale = inverse_deviation(moments.variance[f], epsilon);
        let offset = moments.low(f) * scale;
        let one = L::Real::ONE;
        let (gamma, beta) = affine.map_or((one, L::Real::ZERO), |(g, b)| (g[f], b[f]));
        Self {
            mean: L::splat(moments.mean[f]),
            scale: L::splat(scale),
            offset,
            gamma: L::splat(gamma),
            beta: L::splat(beta - gamma * offset),
        }
    }

    /// x̂ and y.
    #[inline(always)]
    pub(super) fn apply(&self, x: &[L::Real], x_hat: &mut [L::Real], y: &mut [L::Real]) {
        let Self {
            mean,
            scale,
            gamma,
            beta,
            ..
        } = *self;
        if self.offset == L::Real::ZERO {
            each::map_to_two::<L>(x, x_hat, y, |x| {
                let x_hat = (x - mean) * scale;
                (x_hat, gamma.mul_add(x_hat, beta))
            });
        } else {
            let offset = L::splat(self.offset);
            each::map_to_two::<L>(x, x_hat, y, |x| {
                let t = (x - mean) * scale;
                (t - offset, gamma.mul_add(t, beta))
            });
        }
    }

    /// y alone, the same bits.
    #[inline(always)]
    pub(super) fn y(&self, x: L) -> L {
        self.gamma.mul_add((x - self.mean) * self.scale, self.beta)
    }
}

/// The same y alone, in one pass over x.
///
/// # Shapes
/// As `normalize`.
pub fn normalize_alone<L: Lanes>(
    x: &[L::Real],
    rows: usize,
    moments: Moments<'_, L::Real>,
    epsilon: f64,
    affine: Option<GammaBeta<'_, L::Real>>,
    y: &mut [L::Real],
) {
    moments.check(x.len(), rows);
    check_affine(affine, moments.mean.len());
    assert_eq!(y.len(), x.len(), "room for outputs");
    for (f, (x, y)) in x
        .chunks_exact(rows)
        .zip(y.chunks_exact_mut(rows))
        .enumerate()
    {
        let transform = Transform::<L>::of(f, moments, epsilon, affine);
        each::map::<L>(x, y, |x| transform.y(x));
    }
}

/// The same y in place, for inference that keeps nothing.
///
/// # Shapes
/// As `normalize`.
pub fn normalize_in_place<L: Lanes>(
    x: &mut [L::Real],
    rows: usize,
    moments: Moments<'_, L::Real>,
    epsilon: f64,
    affine: Option<GammaBeta<'_, L::Real>>,
) {
    moments.check(x.len(), rows);
    check_affine(affine, moments.mean.len());
    for (f, x) in x.chunks_exact_mut(rows).enumerate() {
        let transform = Transform::<L>::of(f, moments, epsilon, affine);
        each::update_alone::<L>(x, |x| transform.y(x));
    }
}

/// Moves the running averages by one batch.
///
/// `share` is `Rule::new_share`; `values` are N, the values per feature. `variance` is biased.
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
    let unbias = L::splat(L::Real::from_f64(convention.unbias(values)));
    each::update::<L>(running_mean, mean, average(share));
    let average = average(share);
    each::update::<L>(running_variance, variance, |running, variance| {
        average(running, variance * unbias)
    });
}

/// (1 − share)·running + share·new, from the nearer of the two ends: an average that stands at `new` stays there, and
/// neither a large old value nor a large new one costs the other's digits.
pub(super) fn average<L: Lanes>(share: f64) -> impl Fn(L, L) -> L {
    let keep = L::splat(L::Real::from_f64(1.0 - share));
    let (starts_at_new, share) = (share > 0.5, L::splat(L::Real::from_f64(share)));
    move |running, new| match starts_at_new {
        true => (running - new).mul_add(keep, new),
        false => (new - running).mul_add(share, running),
    }
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
fn check_affine<T>(affine: Option<GammaBeta<'_, T>>, features: usize) {
    if let Some((gamma, beta)) = affine {
        assert_eq!(gamma.len(), features, "gammas");
        assert_eq!(beta.len(), features, "betas");
    }
}
