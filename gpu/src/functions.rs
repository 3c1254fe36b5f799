//! The numbers by which `functions.wgsl` knows the activations, and other files the losses.

use batchnorm_lab::kernels::activation::Function;
use batchnorm_lab::network::Objective;

/// The function's number and its slope.
pub fn number(function: Function) -> (usize, f64) {
    match function {
        Function::Identity => (0, 0.0),
        Function::Sigmoid => (1, 0.0),
        Function::Tanh => (2, 0.0),
        Function::Relu => (3, 0.0),
        Function::LeakyRelu { slope } => (4, slope),
        Function::Gelu => (5, 0.0),
        Function::GeluTanh => (6, 0.0),
        Function::Silu => (7, 0.0),
    }
}

/// The loss's number.
pub fn objective_number(objective: Objective) -> usize {
    match objective {
        Objective::BinaryCrossEntropy => 0,
        Objective::CrossEntropy => 1,
        Objective::HalfSquaredError => 2,
    }
}

/// Needed by every file that activates.
pub const FILE: &str = include_str!("functions.wgsl");
/// Needed by every file that adds up over a workgroup.
pub const SUMS: &str = include_str!("sums.wgsl");
