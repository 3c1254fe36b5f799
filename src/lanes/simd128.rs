//! Lanes of WebAssembly's 128-bit SIMD, from safe constructors only. Also writes the body of the relaxed lanes.

macro_rules! v128_lanes {
    ($(#[$meta:meta])* $name:ident, $text:literal, |$a:ident, $b:ident, $c:ident| $mul_add:expr,
        $keeps_nan:ident) => {
        use core::arch::wasm32::*;
        use std::ops::{Add, Div, Mul, Neg, Sub};

        use crate::lanes::elementary::{self, Single};
        use crate::lanes::{Lanes, WIDTH};

        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name(v128);

        v128_lanes!(@operator $name, Add, add, f32x4_add);
        v128_lanes!(@operator $name, Sub, sub, f32x4_sub);
        v128_lanes!(@operator $name, Mul, mul, f32x4_mul);
        v128_lanes!(@operator $name, Div, div, f32x4_div);

        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self(f32x4_neg(self.0))
            }
        }

        impl Lanes for $name {
            type Real = f32;
            const NAME: &'static str = $text;

            #[inline(always)]
            fn from_array(values: [f32; WIDTH]) -> Self {
                // The compiler makes one load of these four.
                Self(f32x4(values[0], values[1], values[2], values[3]))
            }
            #[inline(always)]
            fn to_array(self) -> [f32; WIDTH] {
                [
                    f32x4_extract_lane::<0>(self.0),
                    f32x4_extract_lane::<1>(self.0),
                    f32x4_extract_lane::<2>(self.0),
                    f32x4_extract_lane::<3>(self.0),
                ]
            }
            #[inline(always)]
            fn splat(value: f32) -> Self {
                Self(f32x4_splat(value))
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, addend: Self) -> Self {
                let ($a, $b, $c) = (self.0, factor.0, addend.0);
                Self($mul_add)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                Self(f32x4_sqrt(self.0))
            }
            #[inline(always)]
            fn abs(self) -> Self {
                Self(f32x4_abs(self.0))
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                // "Pseudo-minimum": `other < self ? other : self`, one instruction on every processor.
                Self($keeps_nan(self.0, f32x4_pmin(self.0, other.0)))
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                Self($keeps_nan(self.0, f32x4_pmax(self.0, other.0)))
            }
            #[inline(always)]
            fn select_greater(self, bound: Self, yes: Self, no: Self) -> Self {
                Self(v128_bitselect(yes.0, no.0, f32x4_gt(self.0, bound.0)))
            }
            #[inline(always)]
            fn transpose(of: [Self; WIDTH]) -> [Self; WIDTH] {
                let [a, b, c, d] = of.map(|lanes| lanes.0);
                let ab_low = i32x4_shuffle::<0, 4, 1, 5>(a, b);
                let ab_high = i32x4_shuffle::<2, 6, 3, 7>(a, b);
                let cd_low = i32x4_shuffle::<0, 4, 1, 5>(c, d);
                let cd_high = i32x4_shuffle::<2, 6, 3, 7>(c, d);
                [
                    Self(i32x4_shuffle::<0, 1, 4, 5>(ab_low, cd_low)),
                    Self(i32x4_shuffle::<2, 3, 6, 7>(ab_low, cd_low)),
                    Self(i32x4_shuffle::<0, 1, 4, 5>(ab_high, cd_high)),
                    Self(i32x4_shuffle::<2, 3, 6, 7>(ab_high, cd_high)),
                ]
            }
            #[inline(always)]
            fn exp(self) -> Self {
                elementary::exp(self)
            }
            #[inline(always)]
            fn sigmoid(self) -> Self {
                elementary::sigmoid(self)
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                elementary::tanh(self)
            }
            #[inline(always)]
            fn erf(self) -> Self {
                elementary::erf(self)
            }
            #[inline(always)]
            fn ln_1p_of_fraction(self) -> Self {
                elementary::ln_1p_of_fraction(self)
            }
        }

        impl Single for $name {
            #[inline(always)]
            fn shift_bits_to_exponent(self) -> Self {
                Self(i32x4_shl(self.0, 23))
            }
            #[inline(always)]
            fn clamp(self, low: f32, high: f32) -> Self {
                let below = f32x4_pmin(self.0, f32x4_splat(high));
                Self($keeps_nan(self.0, f32x4_pmax(below, f32x4_splat(low))))
            }
        }
    };
    (@operator $name:ident, $trait:ident, $method:ident, $instruction:ident) => {
        impl $trait for $name {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self($instruction(self.0, other.0))
            }
        }
    };
}

#[cfg(target_feature = "relaxed-simd")]
pub(super) use v128_lanes;

v128_lanes!(
    /// One `v128` of four f32; the same bits as `Scalar`.
    Simd128,
    "simd128",
    |a, b, c| f32x4_add(f32x4_mul(a, b), c),
    as_it_is
);

/// Pseudo-minimum and -maximum keep the NaN of their first number by themselves.
#[inline(always)]
fn as_it_is(_: v128, result: v128) -> v128 {
    result
}
