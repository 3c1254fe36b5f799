//! y = W·x + b and its three gradients, in blocks that stay in registers. Applies no activation.
//!
//! Plain form, for every output k and row n:
//! `y[k][n] = b[k] + Σ_i W[k][i]·x[i][n]`, the sum in the order of i;
//! `d_x[i][n] = Σ_k W[k][i]·d_y[k][n]`; `d_W[k][i] = Σ_n d_y[k][n]·x[i][n]`; `d_b[k] = Σ_n d_y[k][n]`.
//! The first two walk over rows four lanes at a time with one weight in all lanes; eight sums are kept at once,
//! so that a load serves several products and no sum waits for itself.

mod product;

use crate::lanes::{Lanes, WIDTH, each};

/// Outputs (or inputs, backwards) kept in registers at once.
const BLOCK: usize = 4;
/// Lanes of rows kept in registers at once.
const PAIR: usize = 2;

/// The sizes of an affine layer and its batch.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// I.
    pub inputs: usize,
    /// K.
    pub outputs: usize,
    /// N.
    pub rows: usize,
}

impl Size {
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
    size: Size,
) {
    size.check(x.len(), weight.len(), y.len());
    if let Some(bias) = bias {
        assert_eq!(bias.len(), size.outputs, "biases for {size:?}");
    }
    let inputs = size.inputs;
    let start = |k: usize| bias.map_or(L::Real::default(), |bias| bias[k]);
    let row = |k: usize| weight[k * inputs..][..inputs].iter().copied();
    let mut k = 0;
    while k + BLOCK <= size.outputs {
        let first = std::array::from_fn(|j| start(k + j));
        let pairs = row(k).zip(row(k + 1)).zip(row(k + 2).zip(row(k + 3)));
        let factors = pairs.map(|((a, b), (c, d))| [a, b, c, d]);
        let y = &mut y[k * size.rows..][..BLOCK * size.rows];
        combine::<L, BLOCK>(x, size.rows, first, factors, y);
        k += BLOCK;
    }
    for k in k..size.outputs {
        let y = &mut y[k * size.rows..][..size.rows];
        combine::<L, 1>(x, size.rows, [start(k)], row(k).map(|w| [w]), y);
    }
}

/// The gradient towards the inputs.
///
/// # Shapes
/// `d_y` `[K, N]`, `weight` `[K, I]`, `d_x` `[I, N]`.
pub fn backward_input<L: Lanes>(
    d_y: &[L::Real],
    weight: &[L::Real],
    d_x: &mut [L::Real],
    size: Size,
) {
    size.check(d_x.len(), weight.len(), d_y.len());
    let (inputs, rows) = (size.inputs, size.rows);
    let zero = L::Real::default();
    let mut i = 0;
    while i + BLOCK <= inputs {
        let factors = weight.chunks_exact(inputs).map(|row| {
            let row = &row[i..i + BLOCK];
            [row[0], row[1], row[2], row[3]]
        });
        let d_x = &mut d_x[i * rows..][..BLOCK * rows];
        combine::<L, BLOCK>(d_y, rows, [zero; BLOCK], factors, d_x);
        i += BLOCK;
    }
    for i in i..inputs {
        let factors = weight.chunks_exact(inputs).map(|row| [row[i]]);
        combine::<L, 1>(d_y, rows, [zero], factors, &mut d_x[i * rows..][..rows]);
    }
}

/// `y[j] = first[j] + Σ_s factors[s][j]·x[s]` for the B rows of `y`, where `x[s]` are runs of N values.
///
/// Factors come from an iterator, not by index: so no bound is checked within the sum.
#[inline(always)]
fn combine<L: Lanes, const B: usize>(
    x: &[L::Real],
    rows: usize,
    first: [L::Real; B],
    factors: impl Iterator<Item = [L::Real; B]> + Clone,
    y: &mut [L::Real],
) {
    let mut n = 0;
    while n + PAIR * WIDTH <= rows {
        tile::<L, B, PAIR>(x, rows, first, factors.clone(), y, n);
        n += PAIR * WIDTH;
    }
    if n + WIDTH <= rows {
        tile::<L, B, 1>(x, rows, first, factors.clone(), y, n);
        n += WIDTH;
    }
    if n < rows {
        let mut sums = first.map(L::splat);
        for (x, factors) in x.chunks_exact(rows).zip(factors) {
            let x = L::load_part(&x[n..], L::Real::default());
            for (sum, factor) in sums.iter_mut().zip(factors) {
                *sum = L::splat(factor).mul_add(x, *sum);
            }
        }
        for (y, sum) in y.chunks_exact_mut(rows).zip(&sums) {
            sum.store_part(&mut y[n..]);
        }
    }
}

/// `combine` for V lanes of rows from `n` on.
#[inline(always)]
fn tile<L: Lanes, const B: usize, const V: usize>(
    x: &[L::Real],
    rows: usize,
    first: [L::Real; B],
    factors: impl Iterator<Item = [L::Real; B]>,
    y: &mut [L::Real],
    n: usize,
) {
    let mut sums = first.map(|value| [L::splat(value); V]);
    for (x, factors) in x.chunks_exact(rows).zip(factors) {
        let x = &x[n..n + V * WIDTH];
        let x: [L; V] = std::array::from_fn(|v| L::load(&x[v * WIDTH..]));
        for (sums, factor) in sums.iter_mut().zip(factors) {
            let factor = L::splat(factor);
            for (sum, x) in sums.iter_mut().zip(x) {
                *sum = factor.mul_add(x, *sum);
            }
        }
    }
    for (y, sums) in y.chunks_exact_mut(rows).zip(&sums) {
        let y = &mut y[n..n + V * WIDTH];
        for (v, sum) in sums.iter().enumerate() {
            sum.store(&mut y[v * WIDTH..]);
        }
    }
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
    size: Size,
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
