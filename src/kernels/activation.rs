//! Activation functions and their derivatives, elementwise. Each function stands beside its derivative.

use crate::lanes::{Lanes, Real, each};
use crate::settings::choice::Activation;

/// A function of one number: those a reader can choose, and the forms of them that PyTorch also has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// x.
    Identity,
    /// 1 / (1 + exp(−x)).
    Sigmoid,
    /// tanh x.
    Tanh,
    /// max(x, 0), with slope 0 at 0.
    Relu,
    /// x where positive, slope·x elsewhere.
    LeakyRelu {
        /// What multiplies what is not positive.
        slope: f64,
    },
    /// x·Φ(x), exact (Hendrycks and Gimpel 2016).
    Gelu,
    /// Its approximation by tanh: 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
    GeluTanh,
    /// x·sigmoid(x).
    Silu,
}

/// Slope of the leaky rectifier offered to readers; PyTorch's default.
pub const LEAKY_SLOPE: f64 = 0.01;

impl From<Activation> for Function {
    fn from(activation: Activation) -> Self {
        match activation {
            Activation::Identity => Function::Identity,
            Activation::Sigmoid => Function::Sigmoid,
            Activation::Tanh => Function::Tanh,
            Activation::Relu => Function::Relu,
            Activation::LeakyRelu => Function::LeakyRelu { slope: LEAKY_SLOPE },
            Activation::Gelu => Function::Gelu,
            Activation::Silu => Function::Silu,
        }
    }
}

/// y = f(x).
///
/// # Shapes
/// Any, the same for both.
pub fn forward<L: Lanes>(function: Function, x: &[L::Real], y: &mut [L::Real]) {
    let zero = L::zero();
    match function {
        Function::Identity => each::map::<L>(x, y, |x| x),
        Function::Sigmoid => each::map::<L>(x, y, L::sigmoid),
        Function::Tanh => each::map::<L>(x, y, L::tanh),
        // `zero` where x is less, so that a NaN goes through.
        Function::Relu => each::map::<L>(x, y, |x| x.max(zero)),
        Function::LeakyRelu { slope } => {
            let slope = constant::<L>(slope);
            each::map::<L>(x, y, |x| x.select_greater(zero, x, slope * x));
        }
        Function::Gelu => each::map::<L>(x, y, |x| x * gaussian_share(x)),
        Function::GeluTanh => {
            let half = constant::<L>(0.5);
            each::map::<L>(x, y, |x| {
                half * x * (constant::<L>(1.0) + gelu_inner(x).tanh())
            });
        }
        Function::Silu => each::map::<L>(x, y, |x| x * x.sigmoid()),
    }
}

/// d := d·f′(x), in place. Sigmoid and tanh take their slope from `y`, the others from `x`.
///
/// # Shapes
/// Any, the same for all.
pub fn backward<L: Lanes>(function: Function, x: &[L::Real], y: &[L::Real], d: &mut [L::Real]) {
    assert_eq!(x.len(), y.len(), "values in and out");
    let zero = L::zero();
    let one = constant::<L>(1.0);
    let half = constant::<L>(0.5);
    match function {
        Function::Identity => assert_eq!(x.len(), d.len(), "values and their gradients"),
        Function::Sigmoid => each::update::<L>(d, y, |d, y| d * (y * (one - y))),
        Function::Tanh => each::update::<L>(d, y, |d, y| d * (one - y * y)),
        // Nothing where x is less than any positive number, so that a NaN lets its gradient through, as in PyTorch.
        Function::Relu => {
            let least = L::splat(L::Real::SMALLEST);
            each::update::<L>(d, x, |d, x| least.select_greater(x, zero, d));
        }
        Function::LeakyRelu { slope } => {
            let slope = constant::<L>(slope);
            each::update::<L>(d, x, |d, x| x.select_greater(zero, d, slope * d));
        }
        Function::Gelu => {
            let density_at_0 = constant::<L>(0.398_942_280_401_432_7);
            each::update::<L>(d, x, |d, x| {
                let density = density_at_0 * (-(half * x * x)).exp();
                d * x.mul_add(density, gaussian_share(x))
            });
        }
        Function::GeluTanh => each::update::<L>(d, x, |d, x| {
            let t = gelu_inner(x).tanh();
            let inner_slope = constant::<L>(3.0 * GELU_CUBIC).mul_add(x * x, one);
            let inner_slope = constant::<L>(GELU_SCALE) * inner_slope;
            d * (half * (one + t) + half * x * (one - t * t) * inner_slope)
        }),
        Function::Silu => each::update::<L>(d, x, |d, x| {
            let s = x.sigmoid();
            d * (s * (x * (one - s) + one))
        }),
    }
}

/// √(2/π).
const GELU_SCALE: f64 = 0.797_884_560_802_865_4;
const GELU_CUBIC: f64 = 0.044_715;

#[inline(always)]
fn constant<L: Lanes>(value: f64) -> L {
    L::splat(L::Real::from_f64(value))
}

/// Φ(x), the share of a standard Gaussian below x.
#[inline(always)]
fn gaussian_share<L: Lanes>(x: L) -> L {
    let half = constant::<L>(0.5);
    let scaled = x * constant::<L>(std::f64::consts::FRAC_1_SQRT_2);
    half * scaled.erf() + half
}

#[inline(always)]
fn gelu_inner<L: Lanes>(x: L) -> L {
    let cubic = constant::<L>(GELU_CUBIC) * (x * x);
    // Bounded, as the cube of a large x is no f32 and tanh is flat long before.
    let x = x.min(constant::<L>(100.0)).max(constant::<L>(-100.0));
    constant::<L>(GELU_SCALE) * cubic.mul_add(x, x)
}
