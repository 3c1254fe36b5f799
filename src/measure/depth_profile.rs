//! How the signal goes through the depth of a network: forward deviations and gradient norms, layer by layer, of one
//! mini-batch in training mode. Moves no parameter; running averages move, so it is given a copy.

use crate::architecture::HiddenLayer;
use crate::error::Error;
use crate::lanes::{Lanes, Real};
use crate::network::{Network, Targets};

/// One hidden layer. Deviations are biased and of all its values together: units, rows, positions.
#[derive(Clone, Debug, PartialEq)]
pub struct DepthLayer {
    /// What it is, e.g. `affine`.
    pub kind: &'static str,
    /// Standard deviation before normalisation: of W·x + b.
    pub before: f32,
    /// The same after normalisation, of γ·x̂ + β; `None` where nothing is normalised.
    pub normalized: Option<f32>,
    /// Of what the next layer is given: after the activation.
    pub output: f32,
    /// Euclidean norm of the loss's gradient by the weights W.
    pub weight_gradient: f32,
    /// Euclidean norm of the loss's gradient by what the layer was given, of all rows together; the loss is a mean per
    /// row, so that it falls with √rows.
    pub input_gradient: f32,
}

/// The whole network.
#[derive(Clone, Debug, PartialEq)]
pub struct DepthProfile {
    /// Of the mini-batch, mean per row.
    pub loss: f32,
    /// Hidden layers, first to last.
    pub layers: Vec<DepthLayer>,
}

/// The profile of these rows, in one pass forward and back.
///
/// # Shapes
/// As `Network::train_step`.
///
/// # Errors
/// A normalisation would have to use the moments of a single row.
pub fn depth_profile<L: Lanes>(
    network: &mut Network<L>,
    hidden: &[HiddenLayer],
    x: &[L::Real],
    targets: Targets<'_, L::Real>,
    rows: usize,
) -> Result<DepthProfile, Error> {
    let mut norms = vec![0.0; hidden.len()];
    let loss = network.differentiate(x, targets, rows, |place, gradient| {
        if let Some(layer) = hidden.iter().position(|layer| layer.product == place) {
            norms[layer] = norm(gradient);
        }
    })?;
    // Found here: a second caller of `gradient` would have it stand by itself in workers that call it once.
    let gradient = |name: &str| {
        let view = network.views().iter().find(|(known, _)| known == name);
        view.map_or(&[][..], |(_, place)| &network.gradients()[place.clone()])
    };
    let of = |layer: usize| deviation(network.activation(layer).values());
    let layers = hidden
        .iter()
        .zip(norms)
        .map(|(layer, input_gradient)| DepthLayer {
            kind: layer.kind,
            before: of(layer.product),
            normalized: layer.norm.map(of),
            output: of(layer.last),
            weight_gradient: norm(gradient(&layer.weight)),
            input_gradient,
        });
    Ok(DepthProfile {
        loss: loss.to_f64() as f32,
        layers: layers.collect(),
    })
}

/// Two passes, summed in f64 in the order of the values.
fn deviation<R: Real>(values: &[R]) -> f32 {
    let n = values.len() as f64;
    let mean = values.iter().map(|v| v.to_f64()).sum::<f64>() / n;
    let squares = values.iter().map(|v| (v.to_f64() - mean).powi(2));
    (squares.sum::<f64>() / n).sqrt() as f32
}

/// Euclidean, summed in f64 in the order of the values.
fn norm<R: Real>(values: &[R]) -> f32 {
    let squares = values.iter().map(|v| v.to_f64() * v.to_f64());
    squares.sum::<f64>().sqrt() as f32
}
