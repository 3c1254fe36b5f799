//! Weights before a normalisation, all times the same: the output stays, the gradient is divided, and so the rate at which the
//! weights' direction turns is lr/‖W‖² (van Laarhoven 2017, L2 Regularization versus Batch and Weight Normalization).

use crate::architecture::HiddenLayer;
use crate::lanes::{Lanes, Real};
use crate::network::Network;

/// Multiplies the weights of every hidden layer that a normalisation follows.
pub fn scale_weights<L: Lanes>(network: &mut Network<L>, hidden: &[HiddenLayer], factor: f64) {
    let factor = L::Real::from_f64(factor);
    for layer in hidden.iter().filter(|layer| layer.norm.is_some()) {
        let view = network.view(&layer.weight);
        for weight in &mut network.parameters_mut()[view] {
            *weight = *weight * factor;
        }
    }
}

/// ‖W‖, Euclidean, of all these weights together; summed in f64 in their order.
pub fn weight_norm<L: Lanes>(network: &Network<L>, hidden: &[HiddenLayer]) -> f64 {
    let layers = hidden.iter().filter(|layer| layer.norm.is_some());
    let weights = layers.flat_map(|layer| network.parameter(&layer.weight));
    let squares = weights.map(|weight| weight.to_f64() * weight.to_f64());
    squares.sum::<f64>().sqrt()
}

/// lr/‖W‖².
pub fn effective_rate(learning_rate: f64, weight_norm: f64) -> f64 {
    learning_rate / (weight_norm * weight_norm)
}
