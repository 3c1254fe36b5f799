//! Batch Normalization at inference folded into the affine or convolutional layer before it: one layer, the same y.
//!
//! With s = γ/√(variance + ε) of the running variance: W′ = s·W and b′ = (b − mean)·s + β, output by output.

use super::batch::{GammaBeta, inverse_deviation};
use crate::lanes::{Lanes, each};

/// Scales the weights and shifts the biases in place.
///
/// # Shapes
/// `weight` `[K, M]`, M = I of an affine layer or C·3·3 of a convolution; `bias` `[K]`, zeros where the layer has
/// none; `mean`, `variance`, and of `affine` γ and β, `[K]`.
pub fn fold<L: Lanes>(
    weight: &mut [L::Real],
    bias: &mut [L::Real],
    mean: &[L::Real],
    variance: &[L::Real],
    epsilon: f64,
    affine: Option<GammaBeta<'_, L::Real>>,
) {
    let outputs = bias.len();
    assert!(outputs > 0, "a layer of no outputs");
    assert_eq!(weight.len() % outputs, 0, "weights of {outputs} outputs");
    assert_eq!(mean.len(), outputs, "means");
    assert_eq!(variance.len(), outputs, "variances");
    let inputs = weight.len() / outputs;
    for k in 0..outputs {
        let inverse = inverse_deviation(variance[k], epsilon);
        let scale = affine.map_or(inverse, |(gamma, _)| gamma[k] * inverse);
        let factor = L::splat(scale);
        each::update_alone::<L>(&mut weight[k * inputs..][..inputs], |w| w * factor);
        let centred = (bias[k] - mean[k]) * scale;
        bias[k] = affine.map_or(centred, |(_, beta)| centred + beta[k]);
    }
}
