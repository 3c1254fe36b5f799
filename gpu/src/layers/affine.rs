//! y = W·x + b on the GPU.

use super::partial_sums::PartialSums;
use super::product::{Addend, Block, Weights, row_sums};
use crate::compile::{Context, Stage};
use crate::description::Described;
use crate::program::Pending;
use crate::record::Extent;

/// Parameters are `weight`, then `bias` if there is one.
pub fn stage(
    context: &Context<'_>,
    layer: &Described,
    bias: bool,
    x: &wgpu::Buffer,
    y: &wgpu::Buffer,
) -> Stage {
    let (inputs, outputs) = (layer.input.channels(), layer.output.channels());
    let columns = layer.input.positions();
    let weight_at = layer.parameters.start;
    let bias_at = weight_at + inputs * outputs;
    let (parameters, gradients, x) = (
        context.parameters.clone(),
        context.gradients.clone(),
        x.clone(),
    );
    let weights = Weights {
        weight: Block::new(&parameters, weight_at),
        inputs,
        outputs,
        columns,
    };
    let addend = if bias {
        Addend::Bias(bias_at)
    } else {
        Addend::Nothing
    };
    let forward = vec![weights.apply(false, Block::new(&x, 0), addend, Block::new(y, 0))];
    let partials = PartialSums::new(context, outputs, Extent::per_row(columns), inputs);
    let backward = move |d: &wgpu::Buffer, d_x: &wgpu::Buffer| {
        let weights = Weights {
            weight: Block::new(&parameters, weight_at),
            inputs,
            outputs,
            columns,
        };
        let d = Block::new(d, 0);
        let from = Block::new(&x, 0);
        let mut dispatches = match &partials {
            Some(partials) => weights
                .gradient_by_partial_sums(d, from, &gradients, partials)
                .into(),
            None => vec![weights.gradient(d, from, &gradients)],
        };
        if bias {
            let out = Block::new(&gradients, bias_at);
            dispatches.push(row_sums(outputs, Extent::per_row(columns), d, None, out));
        }
        dispatches.push(Pending {
            is_for_input: true,
            ..weights.apply(true, d, Addend::Nothing, Block::new(d_x, 0))
        });
        dispatches
    };
    Stage::new(forward, Box::new(backward))
}
