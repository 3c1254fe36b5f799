//! The kernels of each kind of layer: one file a kind, its `.wgsl` beside it. Decides nothing about networks.

use super::compile::{Context, Stage};
use crate::description::{Described, Description};
use batchnorm_lab::error::Error;
use batchnorm_lab::kernels::activation::Function;

mod affine;
mod attention;
pub mod batch_norm;
mod conv;
mod dropout;
mod elementwise;
pub mod loss;
mod partial_sums;
mod pool;
mod product;
mod recurrent;
mod within;

/// The dispatches of a layer; `activation` is that of the next layer where one kernel does both.
///
/// # Errors
/// `Error::Engine` for sizes beyond the kernels.
pub fn stage(
    context: &Context<'_>,
    layer: &Described,
    activation: Option<Function>,
    x: &wgpu::Buffer,
    y: &wgpu::Buffer,
) -> Result<Stage, Error> {
    Ok(match &layer.description {
        Description::Affine { bias } => affine::stage(context, layer, *bias, x, y),
        Description::Attention { epsilon } => attention::stage(context, layer, *epsilon, x, y),
        Description::AveragePool => pool::average(context, layer, x, y),
        Description::BatchNorm {
            rule,
            scale,
            chunk,
            renorm,
        } => {
            let form = batch_norm::BatchNormForm {
                rule: *rule,
                scale: *scale,
                chunk: *chunk,
                renorm: *renorm,
                function: activation.unwrap_or(Function::Identity),
            };
            batch_norm::stage(context, layer, form, x, y)
        }
        Description::Conv { stride, pad, bias } => {
            conv::stage(context, layer, (*stride, *pad, *bias), x, y)
        }
        Description::Dropout { probability, seed } => {
            dropout::stage(layer, *probability, *seed, x, y)
        }
        Description::Elementwise(function) => elementwise::stage(layer, *function, x, y),
        Description::Flatten => unreachable!("a flattened block is the block itself"),
        Description::MaxPool => pool::max(layer, x, y),
        Description::Recurrent {
            normalizes,
            epsilon,
        } => recurrent::stage(context, layer, *normalizes, *epsilon, x, y)?,
        Description::Within(within) => within::stage(context, layer, *within, x, y),
    })
}
