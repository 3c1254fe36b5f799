//! Four numbers at a time: the one trait that every kernel is written above. Knows no kernel.
//!
//! Which implementation runs is settled when the module is built, never by a test at run time:
//! a WebAssembly module either contains SIMD instructions or it does not.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

mod double;
pub mod each;
mod elementary;
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
mod relaxed;
mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

pub use double::Double;
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
pub use relaxed::Relaxed;
pub use scalar::Scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use simd128::Simd128;

/// The fastest lanes of this build: one rounding for `a·b + c` where the machine has it.
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
pub type Best = Relaxed;
/// The fastest lanes of this build: bit for bit what `Scalar` gives.
#[cfg(all(
    target_arch = "wasm32",
    target_feature = "simd128",
    not(target_feature = "relaxed-simd")
))]
pub type Best = Simd128;
/// The fastest lanes of this build.
#[cfg(not(all(
    target_arch = "wasm32",
    any(target_feature = "simd128", target_feature = "relaxed-simd")
)))]
pub type Best = Scalar;

/// Numbers in one `Lanes`, in every implementation.
pub const WIDTH: usize = 4;

/// A floating-point number: `f32`, or `f64` where kernels are checked against differences.
pub trait Real:
    Copy
    + Debug
    + Default
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// The smallest positive number.
    const SMALLEST: Self;
    /// Rounds to the nearest.
    fn from_f64(value: f64) -> Self;
    /// Exact.
    fn to_f64(self) -> f64;
    /// Correctly rounded square root.
    fn sqrt(self) -> Self;
    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool;

    /// A count, rounded if it is beyond the mantissa.
    fn from_count(count: usize) -> Self {
        Self::from_f64(count as f64)
    }
}

macro_rules! real {
    ($real:ident) => {
        impl Real for $real {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const SMALLEST: Self = $real::from_bits(1);
            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $real
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $real::sqrt(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $real::is_finite(self)
            }
        }
    };
}

real!(f32);
real!(f64);

/// Four `Real`s on which arithmetic works side by side.
///
/// Every implementation does the same operations in the same order, so that two of them give the same bits,
/// except that `mul_add` may round once or twice.
pub trait Lanes:
    Copy
    + Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// What one lane holds.
    type Real: Real;
    /// Name shown to readers: `scalar`, `simd128`, `relaxed` or `double`.
    const NAME: &'static str;

    /// The four numbers, first to last.
    fn from_array(values: [Self::Real; WIDTH]) -> Self;
    /// The four numbers, first to last.
    fn to_array(self) -> [Self::Real; WIDTH];
    /// One number in every lane.
    fn splat(value: Self::Real) -> Self;
    /// `self·factor + addend`.
    fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// Correctly rounded square root.
    fn sqrt(self) -> Self;
    /// Without the sign.
    fn abs(self) -> Self;
    /// `other` where it is less, else `self`: a NaN in `self` stays.
    fn min(self, other: Self) -> Self;
    /// `other` where it is greater, else `self`: a NaN in `self` stays.
    fn max(self, other: Self) -> Self;
    /// `yes` where `self > bound`, else `no`; so `no` where either is NaN.
    fn select_greater(self, bound: Self, yes: Self, no: Self) -> Self;
    /// e to the power of `self`; in f32 within 4 units in the last place.
    fn exp(self) -> Self;
    /// Hyperbolic tangent, never beyond ±1; in f32 within 8 units in the last place.
    fn tanh(self) -> Self;
    /// Gauss error function, never beyond ±1; in f32 within 8 units in the last place.
    fn erf(self) -> Self;
    /// ln(1 + `self`) for `self` in 0..=1 only; in f32 within 4 units in the last place.
    fn ln_1p_of_fraction(self) -> Self;

    /// 0 in every lane.
    #[inline(always)]
    fn zero() -> Self {
        Self::splat(Self::Real::ZERO)
    }

    /// The first four numbers of a slice.
    ///
    /// # Panics
    /// If there are fewer.
    #[inline(always)]
    fn load(from: &[Self::Real]) -> Self {
        let from = &from[..WIDTH];
        Self::from_array([from[0], from[1], from[2], from[3]])
    }

    /// A slice of at most four numbers, then `fill`.
    ///
    /// # Panics
    /// If there are more than four.
    #[inline(never)]
    fn load_part(from: &[Self::Real], fill: Self::Real) -> Self {
        // By length: a copy of unknown length is a call of the machine's, ten times as long. Once, not wherever it is
        // needed: that would weigh.
        Self::from_array(match *from {
            [] => [fill; WIDTH],
            [a] => [a, fill, fill, fill],
            [a, b] => [a, b, fill, fill],
            [a, b, c] => [a, b, c, fill],
            [a, b, c, d] => [a, b, c, d],
            _ => panic!("{} numbers in four lanes", from.len()),
        })
    }

    /// Into the first four places of a slice.
    ///
    /// # Panics
    /// If there are fewer.
    #[inline(always)]
    fn store(self, into: &mut [Self::Real]) {
        into[..WIDTH].copy_from_slice(&self.to_array());
    }

    /// The first numbers, as many as the slice has room for.
    ///
    /// # Panics
    /// If it has room for more than four.
    #[inline(never)]
    fn store_part(self, into: &mut [Self::Real]) {
        let [a, b, c, d] = self.to_array();
        match into {
            [] => {}
            [to_a] => *to_a = a,
            [to_a, to_b] => (*to_a, *to_b) = (a, b),
            [to_a, to_b, to_c] => (*to_a, *to_b, *to_c) = (a, b, c),
            [to_a, to_b, to_c, to_d] => (*to_a, *to_b, *to_c, *to_d) = (a, b, c, d),
            _ => panic!("room for {} numbers of four lanes", into.len()),
        }
    }

    /// The four numbers added in one fixed order.
    #[inline(always)]
    fn sum(self) -> Self::Real {
        let [a, b, c, d] = self.to_array();
        (a + b) + (c + d)
    }

    /// Lane j of number i becomes lane i of number j.
    #[inline(always)]
    fn transpose(of: [Self; WIDTH]) -> [Self; WIDTH] {
        let of = of.map(Self::to_array);
        std::array::from_fn(|j| Self::from_array(of.map(|lanes| lanes[j])))
    }

    /// 1 / (1 + exp(−x)), with a small relative error on both sides.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        let one = Self::splat(Self::Real::ONE);
        one / (one + (-self).exp())
    }
}
