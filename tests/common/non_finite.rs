//! What the activations make of what is no number.

use batchnorm_lab::kernels::activation::Function;

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

/// f and f′ at NaN, ∞ and −∞, by the formulas of PyTorch and IEEE 754.
pub const NON_FINITE: &[(Function, [f64; 3], [f64; 3])] = &[
    (Function::Identity, [NAN, INF, -INF], [1.0, 1.0, 1.0]),
    (Function::Sigmoid, [NAN, 1.0, 0.0], [NAN, 0.0, 0.0]),
    (Function::Tanh, [NAN, 1.0, -1.0], [NAN, 0.0, 0.0]),
    // `threshold_backward` gives 0 where x ≤ 0 and lets all else through.
    (Function::Relu, [NAN, INF, 0.0], [1.0, 1.0, 0.0]),
    // `leaky_relu_backward` asks whether x > 0.
    (
        Function::LeakyRelu { slope: 0.25 },
        [NAN, INF, -INF],
        [0.25, 1.0, 0.25],
    ),
    // x·0 at −∞, and x·density in the slope.
    (Function::Gelu, [NAN, INF, NAN], [NAN, NAN, NAN]),
    (Function::GeluTanh, [NAN, INF, NAN], [NAN, NAN, NAN]),
    (Function::Silu, [NAN, INF, NAN], [NAN, NAN, NAN]),
];
