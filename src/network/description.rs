//! What a network computes, as data: for engines that run it elsewhere. Computes nothing and names no such engine.

use std::ops::Range;

use super::batch_moments::Scale;
use super::layer::Layer;
pub use super::within_row::WithinRow;
use super::{Mode, Network, Shape};
use crate::error::{Error, Fault};
use crate::kernels::activation::Function;
use crate::kernels::norm::batch;
use crate::kernels::norm::renorm::{Bounds, State};
use crate::kernels::recurrent::Normalizes;
use crate::lanes::Lanes;

/// What a kind of layer computes; sizes that follow from its input are left out.
#[derive(Clone, Debug)]
pub enum Description {
    /// y = W·x + b.
    Affine {
        /// Whether there is a b.
        bias: bool,
    },
    /// Self-attention with Layer Normalization before it and a residual around it.
    Attention {
        /// ε of the normalisation.
        epsilon: f64,
    },
    /// The mean over positions or steps.
    AveragePool,
    /// Batch Normalization and its kin.
    BatchNorm {
        /// How it normalises.
        rule: batch::Rule,
        /// Which γ and β there are.
        scale: Scale,
        /// Rows of the chunks that are normalised apart; `None` for the whole batch.
        chunk: Option<usize>,
        /// Of Batch Renormalization: bounds, schedule in updates, what the running spread is.
        renorm: Option<(Bounds, (u64, u64), State)>,
    },
    /// Convolution by 3×3 weights.
    Conv {
        /// Positions from one output to the next.
        stride: usize,
        /// Zeros around the image.
        pad: usize,
        /// Whether there is a bias.
        bias: bool,
    },
    /// Inverted dropout.
    Dropout {
        /// Share of values that become 0.
        probability: f64,
        /// To which the number of updates is added for the seed of a step's mask.
        seed: u64,
    },
    /// A function of each value.
    Elementwise(Function),
    /// The same values in another shape.
    Flatten,
    /// The largest of each 2×2.
    MaxPool,
    /// An Elman recurrence.
    Recurrent {
        /// Where it normalises.
        normalizes: Normalizes,
        /// ε of the normalisation.
        epsilon: f64,
    },
    /// A normalisation within each row.
    Within(WithinRow),
}

/// A layer in its place.
#[derive(Clone, Debug)]
pub struct Described {
    /// What it computes.
    pub description: Description,
    /// What comes in.
    pub input: Shape,
    /// What comes out.
    pub output: Shape,
    /// Its parameters in the flat buffer.
    pub parameters: Range<usize>,
    /// Its buffers in the flat buffer.
    pub buffers: Range<usize>,
}

impl<L: Lanes> Network<L> {
    /// Every layer of this network in its place; `layers` are those it was made of.
    ///
    /// # Errors
    /// `Error::Engine` where a kind does not say what it computes.
    pub(crate) fn described(&self, layers: &[Layer<L>]) -> Result<Vec<Described>, Error> {
        let (nodes, listed) = (self.plan.nodes.len(), layers.len());
        assert_eq!(nodes, listed, "layers planned and listed");
        let described = self.plan.nodes.iter().zip(layers).enumerate();
        described
            .map(|(place, (node, layer))| {
                let description = layer.kind().describe(node.input);
                let description = description.ok_or_else(|| Error::Engine {
                    fault: Fault::Unsupported,
                    detail: format!("layer {place} does not describe itself"),
                })?;
                Ok(Described {
                    description,
                    input: node.input,
                    output: node.output,
                    parameters: node.parameters.clone(),
                    buffers: node.buffers.clone(),
                })
            })
            .collect()
    }

    /// What the network takes.
    pub(crate) fn input_shape(&self) -> Shape {
        self.plan.input
    }

    /// The most rows of a batch.
    pub(crate) fn max_rows(&self) -> usize {
        self.max_rows
    }

    /// Gradients of a backward pass made elsewhere are put here.
    pub(crate) fn gradients_mut(&mut self) -> &mut [L::Real] {
        &mut self.gradients
    }

    /// Whether any layer keeps running averages that move.
    pub(crate) fn tracks_any(&self) -> bool {
        self.tracks_any
    }

    /// Refuses what `forward` would refuse.
    ///
    /// # Errors
    /// `Error::TooFewValues`.
    pub(crate) fn check_rows(&self, rows: usize, mode: Mode<'_, L::Real>) -> Result<(), Error> {
        self.plan
            .operations()
            .try_for_each(|operation| operation.check_rows(rows, mode))
    }
}
