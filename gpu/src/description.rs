//! What a network computes, as data, from the layers that its author wrote: one row a kind. Computes nothing.

use std::ops::Range;

use batchnorm_lab::error::Error;
use batchnorm_lab::kernels::activation::Function;
use batchnorm_lab::kernels::norm::batch;
use batchnorm_lab::kernels::norm::renorm::{Bounds, RunningSpread};
use batchnorm_lab::kernels::recurrent::Normalizes;
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::{
    Affine, Attention, AveragePool, BatchNorm, BatchRenorm, Conv, Dropout, Elementwise, Flatten,
    GhostBatchNorm, GroupNorm, Layer, LayerNorm, MaxPool, Network, Recurrent, RmsNorm, Scale,
    Shape, SyncBatchNorm, WithinRow,
};
use batchnorm_lab::numeric::rng::Rng;

use crate::faults::Fault;

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
    /// Batch Normalization and its variants.
    BatchNorm {
        /// How it normalises.
        rule: batch::Rule,
        /// Which γ and β there are.
        scale: Scale,
        /// Rows of the chunks that are normalised apart; `None` for the whole batch.
        chunk: Option<usize>,
        /// Of Batch Renormalization: bounds, schedule in updates, what the running spread is.
        renorm: Option<(Bounds, (u64, u64), RunningSpread)>,
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

/// Every layer of this network in its place; `layers` are those it was made of.
///
/// # Errors
/// `Error::Engine` where there is no description of a kind.
pub fn described(network: &Network<Best>, layers: &[Layer<Best>]) -> Result<Vec<Described>, Error> {
    let places = network.layer_places();
    assert_eq!(places.len(), layers.len(), "layers planned and listed");
    let described = places.into_iter().zip(layers).enumerate();
    described
        .map(|(number, (place, layer))| {
            let description = describe(layer, place.input).ok_or_else(|| Error::Engine {
                code: Fault::Unsupported.code(),
                detail: format!("layer {number} is not among those described"),
            })?;
            Ok(Described {
                description,
                input: place.input,
                output: place.output,
                parameters: place.parameters,
                buffers: place.buffers,
            })
        })
        .collect()
}

/// What a layer computes of such an input: a row for each kind.
fn describe(layer: &Layer<Best>, input: Shape) -> Option<Description> {
    let spec = layer.spec();
    macro_rules! rows {
        ($($kind:ident as $name:ident => $description:expr,)+) => {
            $(if let Some($name) = spec.downcast_ref::<$kind>() {
                return Some($description);
            })+
        };
    }
    let over_batch = |rule, scale, chunk, renorm| Description::BatchNorm {
        rule,
        scale,
        chunk,
        renorm,
    };
    rows! {
        Affine as l => Description::Affine { bias: l.bias },
        Attention as l => Description::Attention { epsilon: l.epsilon },
        AveragePool as _l => Description::AveragePool,
        BatchNorm as l => over_batch(l.rule, l.scale, None, None),
        SyncBatchNorm as l => over_batch(l.rule, l.scale, None, None),
        GhostBatchNorm as l => over_batch(l.rule, Scale::Learned, Some(l.chunk), None),
        BatchRenorm as l => {
            let renorm = (l.bounds, l.schedule, RunningSpread::Variance);
            over_batch(l.rule, Scale::Learned, None, Some(renorm))
        },
        Conv as l => Description::Conv { stride: l.stride, pad: l.pad, bias: l.bias },
        Dropout as l => Description::Dropout {
            probability: l.probability,
            seed: Rng::new(l.seed, &l.name).next_u64(),
        },
        Elementwise as l => Description::Elementwise(l.0),
        Flatten as _l => Description::Flatten,
        MaxPool as _l => Description::MaxPool,
        Recurrent as l => Description::Recurrent { normalizes: l.normalizes, epsilon: l.epsilon },
        LayerNorm as l => Description::Within(l.within(input)),
        RmsNorm as l => Description::Within(l.within(input)),
        GroupNorm as l => Description::Within(l.within(input)),
    }
    None
}
