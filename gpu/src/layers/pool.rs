//! The largest of each 2×2, and the mean over positions or steps.

use crate::compile::{Context, Stage};
use crate::description::Described;
use crate::kernel::Kernel;
use crate::program::{Grid, Pending};
use crate::record::{Extent, Record};
use batchnorm_lab::network::Shape;

const MAX_FORWARD: Kernel = Kernel {
    entry: "max_forward",
    files: &[include_str!("pool.wgsl")],
    reads: 1,
    writes: 1,
};
const MAX_BACKWARD: Kernel = Kernel {
    entry: "max_backward",
    reads: 2,
    ..MAX_FORWARD
};
const AVERAGE_FORWARD: Kernel = Kernel {
    entry: "average_forward",
    reads: 2,
    ..MAX_FORWARD
};
const AVERAGE_BACKWARD: Kernel = Kernel {
    entry: "average_backward",
    reads: 2,
    ..MAX_FORWARD
};

fn dispatch(
    kernel: Kernel,
    layer: &Described,
    buffers: &[&wgpu::Buffer],
    values: usize,
) -> Pending {
    let (height, width, is_sequence) = match layer.input {
        Shape::Image { height, width, .. } => (height, width, false),
        Shape::Sequence { steps, .. } => (1, steps, true),
        Shape::Features(_) => (1, 1, false),
    };
    Pending {
        kernel,
        record: Record::default()
            .count("channels", layer.input.channels())
            .count("height", height)
            .count("width", width)
            .flag("is_sequence", is_sequence),
        buffers: buffers.iter().copied().cloned().collect(),
        grid: Grid::Values(Extent::per_row(values)),
        is_for_input: false,
    }
}

pub fn max(layer: &Described, x: &wgpu::Buffer, y: &wgpu::Buffer) -> Stage {
    let forward = vec![dispatch(MAX_FORWARD, layer, &[x, y], layer.output.units())];
    let (x, layer) = (x.clone(), layer.clone());
    let backward = move |d: &wgpu::Buffer, d_x: &wgpu::Buffer| {
        vec![dispatch(
            MAX_BACKWARD,
            &layer,
            &[&x, d, d_x],
            layer.input.units(),
        )]
    };
    Stage::new(forward, Box::new(backward))
}

pub fn average(
    context: &Context<'_>,
    layer: &Described,
    x: &wgpu::Buffer,
    y: &wgpu::Buffer,
) -> Stage {
    let (staged, layer) = (context.staged.clone(), layer.clone());
    let units = layer.output.units();
    let forward = vec![dispatch(AVERAGE_FORWARD, &layer, &[&staged, x, y], units)];
    let backward = move |d: &wgpu::Buffer, d_x: &wgpu::Buffer| {
        let units = layer.input.units();
        vec![dispatch(
            AVERAGE_BACKWARD,
            &layer,
            &[&staged, d, d_x],
            units,
        )]
    };
    Stage::new(forward, Box::new(backward))
}
