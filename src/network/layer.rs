//! The layers a network can be listed from. Holds no numbers that learn.

use crate::choice::Activation;

/// One layer as its author writes it.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// y = W·x + b.
    Affine {
        /// Name of its parameters, e.g. `fc1`.
        name: String,
        /// Features it takes.
        inputs: usize,
        /// Features it gives.
        outputs: usize,
        /// Whether there is a b.
        bias: bool,
    },
    /// Batch Normalization in PyTorch's convention, with running averages.
    BatchNorm {
        /// Name of its parameters, e.g. `norm1`.
        name: String,
        /// Features it takes and gives.
        features: usize,
        /// ε, inside the root.
        epsilon: f64,
        /// Share of the new batch in the running averages; `None` averages all batches alike.
        momentum: Option<f64>,
        /// Whether there are γ and β.
        affine: bool,
    },
    /// A function of each value.
    Activation(Activation),
}
