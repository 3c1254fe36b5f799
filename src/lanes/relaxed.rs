//! Lanes of relaxed SIMD: as `simd128`, but `a·b + c` is one instruction, with one rounding or two as the machine likes.

use super::simd128::v128_lanes;

v128_lanes!(
    /// One `v128` of four f32 with fused products; last bits differ between machines.
    Relaxed,
    "relaxed",
    |a, b, c| f32x4_relaxed_madd(a, b, c),
    nan_of
);

/// The first number where it is NaN, else the result. In this build the compiler makes relaxed minima and maxima of all,
/// which may give either number where one is NaN: a run that diverged would come back to life.
#[inline(always)]
fn nan_of(first: v128, result: v128) -> v128 {
    v128_bitselect(first, result, f32x4_ne(first, first))
}
