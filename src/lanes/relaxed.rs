//! Lanes of relaxed SIMD: as `simd128`, but `a·b + c` is one instruction, with one rounding or two as the machine likes.

use super::simd128::v128_lanes;

v128_lanes!(
    /// One `v128` of four f32 with fused products; last bits differ between machines.
    Relaxed,
    "relaxed",
    |a, b, c| f32x4_relaxed_madd(a, b, c)
);
