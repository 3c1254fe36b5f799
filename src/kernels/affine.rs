//! y = W·x + b and its three gradients, in blocks that stay in registers. Applies no activation.
//!
//! Plain form, for every output k and row n:
//! `y[k][n] = b[k] + Σ_i W[k][i]·x[i][n]`, the sum in the order of i;
//! `d_x[i][n] = Σ_k W[k][i]·d_y[k][n]`; `d_W[k][i] = Σ_n d_y[k][n]·x[i][n]`; `d_b[k] = Σ_n d_y[k][n]`.
//! The first two are one sum (`combine`) with the weights read along or across, the third is a product (`product`).

mod combine;
mod product;

use std::ops::Range;

use crate::lanes::{Lanes, Real, WIDTH, each};
use combine::{BLOCK, combine};

/// Lanes added before the counter is looked at.
const PAIR: usize = 2;

/// The sizes of an affine layer and its batch.
#[derive(Clone, Copy, Debug)]
pub struct AffineSize {
    /// I.
    pub inputs: usize,
    /// K.
    pub outputs: usize,
    /// N, the rows of the batch.
    pub rows: usize,
}

impl AffineSize {
    #[track_caller]
    fn check(self, x: usize, weight: usize, y: usize) {
        assert_eq!(x, self.inputs * self.rows, "inputs for {self:?}");
        assert_eq!(weight, self.outputs * self.inputs, "weights for {self:?}");
        assert_eq!(y, self.outputs * self.rows, "outputs for {self:?}");
    }
}

/// y = W·x + b.
///
/// # Shapes
/// `x` `[I, N]`, `weight` `[K, I]`, `bias` `[K]` if any, `y` `[K, N]`.
pub fn forward<L: Lanes>(
    x: &[L::Real],
    weight: &[L::Real],
    bias: Option<&[L::Real]>,
    y: &mut [L::Real],
    size: AffineSize,
) {
    size.check(x.len(), weight.len(), y.len());
    if let Some(bias) = bias {
        assert_eq!(bias.len(), size.outputs, "biases for {size:?}");
    }
    let inputs = size.inputs;
    let first = |k: usize| bias.map_or(L::Real::ZERO, |bias| bias[k]);
    let part = |k: usize, of: Range<usize>| weight[k * inputs..][of].iter().copied();
    let four = |k: usize, of: Range<usize>| {
        let row = |j: usize| part(k + j, of.clone());
        let pairs = row(0).zip(row(1)).zip(row(2).zip(row(3)));
        pairs.map(|((a, b), (c, d))| [a, b, c, d])
    };
    let one = |k: usize, of: Range<usize>| part(k, of).map(|w| [w]);
    combine::<L, _, _>(x, size.rows, first, four, one, y);
}

/// The gradient towards the inputs.
///
/// # Shapes
/// `d_y` `[K, N]`, `weight` `[K, I]`, `d_x` `[I, N]`.
pub fn backward_input<L: Lanes>(
    d_y: &[L::Real],
    weight: &[L::Real],
    d_x: &mut [L::Real],
    size: AffineSize,
) {
    size.check(d_x.len(), weight.len(), d_y.len());
    let inputs = size.inputs;
    let rows = |of: Range<usize>| weight[of.start * inputs..of.end * inputs].chunks_exact(inputs);
    let four = |i: usize, of: Range<usize>| {
        rows(of).map(move |row| {
            let row = &row[i..i + BLOCK];
            [row[0], row[1], row[2], row[3]]
        })
    };
    let one = |i: usize, of: Range<usize>| rows(of).map(move |row| [row[i]]);
    combine::<L, _, _>(d_y, size.rows, |_| L::Real::ZERO, four, one, d_x);
}

/// The gradients towards weights and biases.
///
/// # Shapes
/// `x` `[I, N]`, `d_y` `[K, N]`, `d_weight` `[K, I]`, `d_bias` `[K]` if any.
pub fn backward_parameters<L: Lanes>(
    x: &[L::Real],
    d_y: &[L::Real],
    d_weight: &mut [L::Real],
    d_bias: Option<&mut [L::Real]>,
    size: AffineSize,
) {
    size.check(x.len(), d_weight.len(), d_y.len());
    let rows = size.rows;
    product::product::<L>(d_y, x, d_weight, size.inputs, rows);
    if let Some(d_bias) = d_bias {
        assert_eq!(d_bias.len(), size.outputs, "bias gradients for {size:?}");
        for (k, d_bias) in d_bias.iter_mut().enumerate() {
            let zero = L::Real::default();
            *d_bias = each::sum::<L>(&d_y[k * rows..][..rows], zero, |d| d);
        }
    }
}

/// Adds Σ_n a[j][n]·x[i][n] to the sums, lane by lane.
///
/// # Panics
/// If the runs differ in length.
#[inline(always)]
pub(super) fn accumulate<L: Lanes, const B: usize, const C: usize>(
    x: [&[L::Real]; C],
    a: [&[L::Real]; B],
    sums: &mut [[L; C]; B],
) {
    let len = x[0].len();
    let x = x.map(|x| &x[..len]);
    let a = a.map(|a| &a[..len]);
    // Two at a time: the second reads at a fixed distance from the first.
    let mut n = 0;
    while n + PAIR * WIDTH <= len {
        let a = a.map(|a| &a[n..n + PAIR * WIDTH]);
        let x = x.map(|x| &x[n..n + PAIR * WIDTH]);
        add(a.map(|a| L::load(a)), x.map(|x| L::load(x)), sums);
        let (a, x) = (a.map(|a| &a[WIDTH..]), x.map(|x| &x[WIDTH..]));
        add(a.map(|a| L::load(a)), x.map(|x| L::load(x)), sums);
        n += PAIR * WIDTH;
    }
    if n + WIDTH <= len {
        let (a, x) = (a.map(|a| &a[n..]), x.map(|x| &x[n..]));
        add(a.map(|a| L::load(a)), x.map(|x| L::load(x)), sums);
        n += WIDTH;
    }
    if n < len {
        let zero = L::Real::default();
        let (a, x) = (a.map(|a| &a[n..]), x.map(|x| &x[n..]));
        add(
            a.map(|a| L::load_part(a, zero)),
            x.map(|x| L::load_part(x, zero)),
            sums,
        );
    }
}

/// Every product of one of `a` with one of `x`, added.
#[inline(always)]
fn add<L: Lanes, const B: usize, const C: usize>(a: [L; B], x: [L; C], sums: &mut [[L; C]; B]) {
    for (sums, a) in sums.iter_mut().zip(a) {
        for (sum, x) in sums.iter_mut().zip(x) {
            *sum = a.mul_add(x, *sum);
        }
    }
}
