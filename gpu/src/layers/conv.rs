//! Convolution by 3×3 weights as three products, each with its own way to read its operands.

use super::partial_sums::PartialSums;
use super::product::{Block, row_sums};
use crate::compile::{Context, Stage};
use crate::description::Described;
use crate::kernel::{Kernel, PRODUCT_TILE};
use crate::program::{Grid, ONE, Pending};
use crate::record::{Extent, Record};
use batchnorm_lab::kernels::conv::KERNEL;
use batchnorm_lab::network::Shape;

const SIZE: &str = include_str!("conv_size.wgsl");
const PRODUCT: &str = include_str!("product.wgsl");
const FORWARD: Kernel = Kernel {
    entry: "product",
    files: &[SIZE, include_str!("conv_forward.wgsl"), PRODUCT],
    reads: 2,
    writes: 1,
};
const WEIGHTS: Kernel = Kernel {
    files: &[SIZE, include_str!("conv_weights.wgsl"), PRODUCT],
    ..FORWARD
};
const INPUT: Kernel = Kernel {
    files: &[SIZE, include_str!("conv_input.wgsl"), PRODUCT],
    ..FORWARD
};

fn sides(shape: Shape) -> (usize, usize) {
    match shape {
        Shape::Image { height, width, .. } => (height, width),
        Shape::Features(_) | Shape::Sequence { .. } => panic!("a convolution of {shape}"),
    }
}

pub fn stage(
    context: &Context<'_>,
    layer: &Described,
    (stride, pad, bias): (usize, usize, bool),
    x: &wgpu::Buffer,
    y: &wgpu::Buffer,
) -> Stage {
    let (inputs, outputs) = (layer.input.channels(), layer.output.channels());
    let (height, width) = sides(layer.input);
    let (out_height, out_width) = sides(layer.output);
    let places = inputs * KERNEL * KERNEL;
    let bias_at = bias.then_some(layer.parameters.start + outputs * places);
    // Where the weights or their gradients stand, and the terms of a piece of a sum.
    let record = move |weight_at, split| {
        Record::default()
            .count("inputs", inputs)
            .count("outputs", outputs)
            .count("height", height)
            .count("width", width)
            .count("out_height", out_height)
            .count("out_width", out_width)
            .count("stride", stride)
            .count("pad", pad)
            .count("weight_at", weight_at)
            .place("bias_at", bias_at)
            .place("split", split)
    };
    let weight_at = layer.parameters.start;
    let whole = record(weight_at, None);
    let dispatch = move |kernel, buffers: [&wgpu::Buffer; 3], m, n: Extent| Pending {
        kernel,
        record: whole.clone(),
        buffers: buffers.map(Clone::clone).into(),
        grid: Grid::Groups([(n, PRODUCT_TILE), (Extent::fixed(m), PRODUCT_TILE), ONE]),
        is_for_input: false,
    };
    let (parameters, gradients) = (context.parameters.clone(), context.gradients.clone());
    let out_places = Extent::per_row(out_height * out_width);
    let forward = vec![dispatch(FORWARD, [&parameters, x, y], outputs, out_places)];
    let x = x.clone();
    let partials = PartialSums::new(context, outputs, out_places, places);
    let backward = move |d: &wgpu::Buffer, d_x: &wgpu::Buffer| {
        let over = Extent::fixed(places);
        let mut dispatches = match &partials {
            None => vec![dispatch(WEIGHTS, [d, &x, &gradients], outputs, over)],
            Some(partials) => {
                let product = dispatch(WEIGHTS, [d, &x, &partials.buffer], outputs, over);
                let Grid::Groups([across, down, _]) = product.grid else {
                    unreachable!("a product has a grid of groups");
                };
                let product = Pending {
                    record: record(0, Some(partials.split)),
                    grid: Grid::Groups([across, down, partials.axis()]),
                    ..product
                };
                vec![product, partials.add(&gradients, weight_at)]
            }
        };
        if let Some(at) = bias_at {
            let out = Block::new(&gradients, at);
            dispatches.push(row_sums(outputs, out_places, Block::new(d, 0), None, out));
        }
        let in_places = Extent::per_row(height * width);
        dispatches.push(Pending {
            is_for_input: true,
            ..dispatch(INPUT, [&parameters, d, d_x], inputs, in_places)
        });
        dispatches
    };
    Stage::new(forward, Box::new(backward))
}
