//! Lanes for every machine: an array of four f32. The reference for the order of operations.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::elementary::{self, Single};
use super::{Lanes, WIDTH};

/// Four f32 in an array; the compiler may still find vector instructions for it.
#[derive(Clone, Copy, Debug)]
pub struct Scalar([f32; WIDTH]);

impl Scalar {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let (a, b) = (self.0, other.0);
        Self([f(a[0], b[0]), f(a[1], b[1]), f(a[2], b[2]), f(a[3], b[3])])
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $operator:tt) => {
        impl $trait for Scalar {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.zip(other, |a, b| a $operator b)
            }
        }
    };
}

operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);
operator!(Div, div, /);

impl Neg for Scalar {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(self.0.map(|a| -a))
    }
}

impl Lanes for Scalar {
    type Real = f32;
    const NAME: &'static str = "scalar";

    #[inline(always)]
    fn from_array(values: [f32; WIDTH]) -> Self {
        Self(values)
    }
    #[inline(always)]
    fn to_array(self) -> [f32; WIDTH] {
        self.0
    }
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; WIDTH])
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        // Two roundings: a fused f32 product is a slow library call where the processor lacks it.
        self * factor + addend
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(self.0.map(f32::sqrt))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Self(self.0.map(f32::abs))
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.zip(other, |a, b| if b < a { b } else { a })
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a < b { b } else { a })
    }
    #[inline(always)]
    fn select_greater(self, bound: Self, yes: Self, no: Self) -> Self {
        Self(std::array::from_fn(|i| {
            if self.0[i] > bound.0[i] {
                yes.0[i]
            } else {
                no.0[i]
            }
        }))
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

impl Single for Scalar {
    #[inline(always)]
    fn shift_bits_to_exponent(self) -> Self {
        Self(self.0.map(|a| f32::from_bits(a.to_bits() << 23)))
    }
    #[inline(always)]
    fn clamp(self, low: f32, high: f32) -> Self {
        self.min(Self::splat(high)).max(Self::splat(low))
    }
}
