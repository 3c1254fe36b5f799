//! Sums of runs of memory, each with its factor: the output of an affine layer and the gradient of its inputs. Knows no
//! layer.
//!
//! Plain form: `y[k][n] = first[k] + Σ_s factor[k][s]·x[s][n]`, the sum in the order of s, whatever the sizes.
//! It walks over rows four lanes at a time with one factor in all lanes; eight sums are kept at once, so that a load
//! serves several products and no sum waits for itself.
//! What eight rows need of x lies N values apart. Where x is too much for the nearest cache, or N a power of two, whose
//! places push each other out, that was half as fast. There it is copied to a panel on the stack, all y are computed for
//! eight rows before the next eight, and sums go on from what y holds. Rows that do not fill four lanes are copied too:
//! a load of one to three values costs as much as thirty of four.

use std::ops::Range;

use crate::lanes::{Lanes, Real, WIDTH};

/// y kept in registers at once.
pub const BLOCK: usize = 4;
/// Rows kept in registers at once: two lanes.
const ROWS: usize = 2 * WIDTH;
/// Runs in a panel.
const DEPTH: usize = 128;
/// Values of x that are near enough to be read where they are.
const NEAR: usize = 8192;
/// Rows from which on the runs of x are too far apart for it.
const FAR: usize = 256;

/// The sums.
///
/// `four(k, range)` gives the factors of four y from the k-th on, for a range of s in its order, `one` those of one y:
/// as iterators, so that no bound is checked within a sum.
///
/// # Shapes
/// `x` `[S, N]`, `y` `[K, N]`.
#[inline(always)]
pub fn combine<L: Lanes, F, O>(
    x: &[L::Real],
    rows: usize,
    first: impl Fn(usize) -> L::Real,
    four: impl Fn(usize, Range<usize>) -> F,
    one: impl Fn(usize, Range<usize>) -> O,
    y: &mut [L::Real],
) where
    F: Iterator<Item = [L::Real; BLOCK]> + Clone,
    O: Iterator<Item = [L::Real; 1]> + Clone,
{
    if rows == 0 {
        return;
    }
    let (depth, outputs) = (x.len() / rows, y.len() / rows);
    let is_far = rows >= FAR && x.len() > NEAR;
    // Set to 0 only where it is used: a step of the lab's smallest networks would notice.
    let mut room;
    let panel: &mut [[L::Real; ROWS]] = if is_far || !rows.is_multiple_of(WIDTH) {
        room = [[L::Real::ZERO; ROWS]; DEPTH];
        &mut room
    } else {
        &mut []
    };
    let direct = if is_far { 0 } else { rows / WIDTH * WIDTH };
    let mut strip = 0..direct;
    while strip.start < rows {
        if strip.is_empty() {
            strip.end = rows.min(strip.start + ROWS);
        }
        let is_copied = strip.end > direct;
        let longest = if is_copied { DEPTH } else { depth.max(1) };
        let mut start = 0;
        // At least once: without any s, y is its first summand.
        while start == 0 || start < depth {
            let range = start..depth.min(start + longest);
            let (x, stride, at) = if is_copied {
                let panel = &mut panel[..range.len()];
                copy(&x[start * rows..], rows, strip.clone(), panel);
                (panel.as_flattened(), ROWS, strip.start)
            } else {
                (x, rows, 0)
            };
            let work = Strip {
                x,
                stride,
                at,
                rows: strip.clone(),
                goes_on: start > 0,
            };
            let mut k = 0;
            while k + BLOCK <= outputs {
                let y = &mut y[k * rows..][..BLOCK * rows];
                let first = std::array::from_fn(|j| first(k + j));
                work.add::<L, BLOCK>(first, four(k, range.clone()), y, rows);
                k += BLOCK;
            }
            for k in k..outputs {
                let y = &mut y[k * rows..][..rows];
                work.add::<L, 1>([first(k)], one(k, range.clone()), y, rows);
            }
            start += longest;
        }
        strip = strip.end..strip.end;
    }
}

/// Some rows of the first runs become lines of eight; what is missing keeps what stood there, whose sums nobody reads.
#[inline(never)]
fn copy<R: Real>(x: &[R], rows: usize, of: Range<usize>, panel: &mut [[R; ROWS]]) {
    for (line, x) in panel.iter_mut().zip(x.chunks_exact(rows)) {
        match x[of.start..].first_chunk() {
            Some(x) => *line = *x,
            None => line[..of.len()].copy_from_slice(&x[of.clone()]),
        }
    }
}

/// Rows that all y are computed for before the next ones.
struct Strip<'a, R> {
    /// Runs, `stride` apart, that begin with row `at`.
    x: &'a [R],
    stride: usize,
    at: usize,
    rows: Range<usize>,
    /// Whether y holds the sums so far.
    goes_on: bool,
}

impl<R: Real> Strip<'_, R> {
    /// B of the y.
    #[inline(always)]
    fn add<L: Lanes<Real = R>, const B: usize>(
        &self,
        first: [R; B],
        factors: impl Iterator<Item = [R; B]> + Clone,
        y: &mut [R],
        rows: usize,
    ) {
        let mut n = self.rows.start;
        while n + WIDTH < self.rows.end {
            let end = self.rows.end.min(n + ROWS);
            self.tile::<L, B, 2>(first, factors.clone(), y, rows, n..end);
            n = end;
        }
        if n < self.rows.end {
            self.tile::<L, B, 1>(first, factors, y, rows, n..self.rows.end);
        }
    }

    /// Up to V lanes of their rows.
    #[inline(always)]
    fn tile<L: Lanes<Real = R>, const B: usize, const V: usize>(
        &self,
        first: [R; B],
        factors: impl Iterator<Item = [R; B]>,
        y: &mut [R],
        rows: usize,
        of: Range<usize>,
    ) {
        let mut sums = first.map(|value| [L::splat(value); V]);
        if self.goes_on {
            let mut lines = y.chunks_exact(rows);
            for sums in &mut sums {
                let Some(y) = lines.next() else { break };
                let line = line(&y[of.clone()]);
                *sums = std::array::from_fn(|v| L::load(&line[v * WIDTH..]));
            }
        }
        let at = of.start - self.at;
        for (x, factors) in self.x.chunks_exact(self.stride).zip(factors) {
            let x = &x[at..at + V * WIDTH];
            let x: [L; V] = std::array::from_fn(|v| L::load(&x[v * WIDTH..]));
            for (sums, factor) in sums.iter_mut().zip(factors) {
                let factor = L::splat(factor);
                for (sum, x) in sums.iter_mut().zip(x) {
                    *sum = factor.mul_add(x, *sum);
                }
            }
        }
        // By the number of sums, which is known, not of lines: otherwise the sums would lie in memory.
        let mut lines = y.chunks_exact_mut(rows);
        for sums in sums {
            let Some(y) = lines.next() else { break };
            let y = &mut y[of.clone()];
            if y.len() == V * WIDTH {
                for (v, sum) in sums.iter().enumerate() {
                    sum.store(&mut y[v * WIDTH..]);
                }
            } else {
                let (whole, part) = y.split_at_mut((V - 1) * WIDTH);
                if V == 2 {
                    sums[0].store(whole);
                }
                sums[V - 1].store_part(part);
            }
        }
    }
}

/// Up to eight values.
#[inline(never)]
fn line<R: Real>(values: &[R]) -> [R; ROWS] {
    let mut line = [R::ZERO; ROWS];
    line[..values.len()].copy_from_slice(values);
    line
}
