//! A network at inference without its Batch Normalization: each folded into the affine or convolutional layer before it.

use crate::architecture::{HiddenLayer, NetworkFactory};
use crate::error::Error;
use crate::kernels::norm::fold::fold;
use crate::lanes::Best;
use crate::network::Network;
use crate::settings::Settings;
use crate::settings::choice::Norm;

/// The network that these settings make without normalisation, with weights that compute what `network` does at inference.
///
/// # Errors
/// A normalisation stands behind what is neither affine nor a convolution, or is none over the batch.
pub fn fold_network(
    network: &Network<Best>,
    hidden: &[HiddenLayer],
    settings: &Settings,
    factory: NetworkFactory,
) -> Result<Network<Best>, Error> {
    let architecture = (factory.network)(Norm::None, settings)?;
    let (input, layers) = (architecture.input, &architecture.layers);
    let rows = network.max_rows();
    let mut plain = Network::with_input(input, layers, settings.loss_used(), rows)?;
    for (name, place) in plain.views().to_vec() {
        plain.parameters_mut()[place].copy_from_slice(network.parameter(&name));
    }
    for layer in hidden {
        let Some(norm) = layer.norm else {
            continue;
        };
        if !matches!(layer.kind, "affine" | "conv") {
            return Err(Error::Shape {
                layer: layer.kind.into(),
                got: "a normalisation of its last state".into(),
                needs: "an affine layer or a convolution before it".into(),
            });
        }
        let (mean, variance) = network.running(norm);
        // γ of all units, then β of all, where it has any.
        let own = network.layer_places()[norm].parameters.clone();
        let affine = (!own.is_empty()).then(|| network.parameters()[own].split_at(layer.width));
        let bias = bias_beside(&layer.weight);
        let mut folded_bias = plain.parameter(&bias).to_vec();
        let view = plain.view(&layer.weight);
        let weight = &mut plain.parameters_mut()[view];
        fold::<Best>(
            weight,
            &mut folded_bias,
            mean,
            variance,
            settings.epsilon,
            affine,
        );
        let view = plain.view(&bias);
        plain.parameters_mut()[view].copy_from_slice(&folded_bias);
    }
    Ok(plain)
}

/// The name of the bias that is added to what these weights give.
pub(crate) fn bias_beside(weight: &str) -> String {
    let layer = weight.strip_suffix("weight").unwrap_or(weight);
    [layer, "bias"].concat()
}
