//! Lanes of f64: the same kernels, precise enough to be checked against central differences. Not for speed.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{Lanes, WIDTH};

/// Four f64 in an array.
#[derive(Clone, Copy, Debug)]
pub struct Double([f64; WIDTH]);

macro_rules! operator {
    ($trait:ident, $method:ident, $operator:tt) => {
        impl $trait for Double {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                Self(std::array::from_fn(|i| self.0[i] $operator other.0[i]))
            }
        }
    };
}

operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);
operator!(Div, div, /);

impl Neg for Double {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.map(|a| -a))
    }
}

impl Lanes for Double {
    type Real = f64;
    const NAME: &'static str = "double";

    fn from_array(values: [f64; WIDTH]) -> Self {
        Self(values)
    }
    fn to_array(self) -> [f64; WIDTH] {
        self.0
    }
    fn splat(value: f64) -> Self {
        Self([value; WIDTH])
    }
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        self * factor + addend
    }
    fn sqrt(self) -> Self {
        Self(self.0.map(f64::sqrt))
    }
    fn abs(self) -> Self {
        Self(self.0.map(f64::abs))
    }
    fn min(self, other: Self) -> Self {
        self.select_greater(other, other, self)
    }
    fn max(self, other: Self) -> Self {
        other.select_greater(self, other, self)
    }
    fn select_greater(self, bound: Self, yes: Self, no: Self) -> Self {
        Self(std::array::from_fn(|i| {
            if self.0[i] > bound.0[i] {
                yes.0[i]
            } else {
                no.0[i]
            }
        }))
    }
    fn exp(self) -> Self {
        Self(self.0.map(libm::exp))
    }
    fn tanh(self) -> Self {
        Self(self.0.map(libm::tanh))
    }
    fn erf(self) -> Self {
        Self(self.0.map(libm::erf))
    }
    fn ln_1p_of_fraction(self) -> Self {
        Self(self.0.map(libm::log1p))
    }
}
