//! Activations that no normalisation takes along.

use crate::compile::Stage;
use crate::description::Described;
use crate::functions::{FILE, number};
use crate::kernel::Kernel;
use crate::program::{Grid, Pending};
use crate::record::{Extent, Record};
use batchnorm_lab::kernels::activation::Function;

const FORWARD: Kernel = Kernel {
    entry: "elementwise_forward",
    files: &[FILE, include_str!("elementwise.wgsl")],
    reads: 1,
    writes: 1,
};
const BACKWARD: Kernel = Kernel {
    entry: "elementwise_backward",
    reads: 2,
    ..FORWARD
};

pub fn stage(layer: &Described, function: Function, x: &wgpu::Buffer, y: &wgpu::Buffer) -> Stage {
    let units = layer.output.units();
    let (number, slope) = number(function);
    let dispatch = move |kernel, buffers: Vec<wgpu::Buffer>| Pending {
        kernel,
        record: Record::default()
            .count("per_row", units)
            .count("function", number)
            .number("slope", slope),
        buffers,
        grid: Grid::Values(Extent::per_row(units)),
        is_for_input: false,
    };
    let forward = vec![dispatch(FORWARD, vec![x.clone(), y.clone()])];
    let x = x.clone();
    let backward = move |d: &wgpu::Buffer, d_x: &wgpu::Buffer| {
        vec![dispatch(BACKWARD, vec![x, d.clone(), d_x.clone()])]
    };
    Stage::new(forward, Box::new(backward))
}
