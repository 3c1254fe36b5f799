//! C = A·Bᵀ, where both are read along their rows: the gradient of a weight. Knows no layer.
//!
//! Plain form: `C[k][i] = Σ_n A[k][n]·B[i][n]`: sums over up to 64 n in their order, then these sums in theirs, so that
//! thousands of rows cost few digits.
//! Inner products over lanes of n, as this was before, load six vectors for eight products from six runs of memory and
//! end in additions across lanes: 28 GFLOP/s. Here both are transposed, in registers, into panels with n outermost:
//! four of A and eight of B are two runs of memory, read at fixed distances by a loop that keeps 32 sums: 37 GFLOP/s.
//! The panels are small enough to be made anew in each call, so nobody has to keep room for them.

use crate::lanes::{Lanes, Real, WIDTH};

/// Rows of A in one tile.
const TALL: usize = WIDTH;
/// Rows of B in one tile: two lanes.
const WIDE: usize = 2 * WIDTH;
/// The longest sum over one panel; and of a panel for few values.
const DEPTH: usize = 64;
const SHALLOW: usize = 32;

/// The product.
///
/// # Shapes
/// `a` `[K, N]`, `b` `[I, N]`, `c` `[K, I]`; N ≥ 1.
pub fn product<L: Lanes>(
    a: &[L::Real],
    b: &[L::Real],
    c: &mut [L::Real],
    inputs: usize,
    rows: usize,
) {
    // A panel of B is made anew for every group of panels of A, so groups should be large; but a step of the lab's own
    // small networks would spend a tenth of its time on setting large panels to 0.
    if rows <= SHALLOW && a.len() <= 4 * TALL * rows {
        in_groups::<L, 4, SHALLOW>(a, b, c, inputs, rows);
    } else {
        in_groups::<L, 16, DEPTH>(a, b, c, inputs, rows);
    }
}

/// The product by panels of A made G at a time.
#[inline(always)]
fn in_groups<L: Lanes, const G: usize, const D: usize>(
    a: &[L::Real],
    b: &[L::Real],
    c: &mut [L::Real],
    inputs: usize,
    rows: usize,
) {
    let zero = L::Real::ZERO;
    let mut left = [[[zero; TALL]; D]; G];
    let mut right = [[zero; WIDE]; D];
    let height = G * TALL;
    for start in (0..rows).step_by(D) {
        let depth = D.min(rows - start);
        let groups = a.chunks(height * rows).zip(c.chunks_mut(height * inputs));
        for (a, c) in groups {
            for (a, panel) in a.chunks(TALL * rows).zip(&mut left) {
                transpose::<L, TALL>(a, rows, start, &mut panel[..depth]);
            }
            for (i, b) in b.chunks(WIDE * rows).enumerate() {
                let right = &mut right[..depth];
                transpose::<L, WIDE>(b, rows, start, right);
                for (c, left) in c.chunks_mut(TALL * inputs).zip(&left) {
                    let sums = tile::<L>(&left[..depth], right);
                    for (c, sums) in c.chunks_exact_mut(inputs).zip(sums) {
                        let c = &mut c[i * WIDE..];
                        let width = WIDE.min(c.len());
                        put(sums, &mut c[..width], start == 0);
                    }
                }
            }
        }
    }
}

/// Values from `start` on of up to P runs of `rows` become lines of P; what is missing keeps what stood there, whose
/// sums nobody reads.
#[inline(always)]
fn transpose<L: Lanes, const P: usize>(
    runs: &[L::Real],
    rows: usize,
    start: usize,
    panel: &mut [[L::Real; P]],
) {
    let depth = panel.len();
    for (block, four) in runs.chunks(WIDTH * rows).enumerate() {
        let at = block * WIDTH;
        if four.len() < WIDTH * rows {
            for (j, run) in four.chunks_exact(rows).enumerate() {
                for (line, value) in panel.iter_mut().zip(&run[start..start + depth]) {
                    line[at + j] = *value;
                }
            }
            continue;
        }
        let run = |j: usize| &four[j * rows + start..][..depth];
        let runs: [&[L::Real]; WIDTH] = std::array::from_fn(run);
        let runs = runs.map(|run| run.as_chunks::<WIDTH>());
        let (fours, rest) = panel.as_chunks_mut::<WIDTH>();
        for (q, lines) in fours.iter_mut().enumerate() {
            let transposed = L::transpose(runs.map(|(fours, _)| L::from_array(fours[q])));
            for (line, lanes) in lines.iter_mut().zip(transposed) {
                lanes.store(&mut line[at..]);
            }
        }
        for (u, line) in rest.iter_mut().enumerate() {
            for (j, (_, rest)) in runs.iter().enumerate() {
                line[at + j] = rest[u];
            }
        }
    }
}

/// The sums of four by eight.
#[inline(always)]
fn tile<L: Lanes>(left: &[[L::Real; TALL]], right: &[[L::Real; WIDE]]) -> [[L; 2]; TALL] {
    let mut sums = [[L::zero(); 2]; TALL];
    for (left, right) in left.iter().zip(right) {
        let right = [L::load(right), L::load(&right[WIDTH..])];
        for (sums, factor) in sums.iter_mut().zip(left) {
            let factor = L::splat(*factor);
            for (sum, x) in sums.iter_mut().zip(right) {
                *sum = factor.mul_add(x, *sum);
            }
        }
    }
    sums
}

/// Sets up to eight values, or adds to them.
#[inline(always)]
fn put<L: Lanes>(sums: [L; 2], into: &mut [L::Real], is_first: bool) {
    for (into, sum) in into.chunks_mut(WIDTH).zip(sums) {
        match (into.len() == WIDTH, is_first) {
            (true, true) => sum.store(into),
            (true, false) => (L::load(into) + sum).store(into),
            (false, true) => sum.store_part(into),
            (false, false) => (L::load_part(into, L::Real::ZERO) + sum).store_part(into),
        }
    }
}
