//! What stands around the layers: batches in, losses and their gradient, the update.

use crate::functions::{FILE, SUMS, objective_number};
use crate::kernel::Kernel;
use crate::program::{Grid, ONE, Pending};
use crate::record::{Extent, Record};
use batchnorm_lab::network::{Objective, Shape};

const LOAD: Kernel = Kernel {
    entry: "load",
    files: &[include_str!("load.wgsl")],
    reads: 1,
    writes: 1,
};
const TERMS: Kernel = Kernel {
    entry: "loss_terms",
    files: &[FILE, include_str!("loss.wgsl")],
    reads: 2,
    writes: 2,
};
const SUM: Kernel = Kernel {
    entry: "loss_sum",
    files: &[SUMS, include_str!("loss_sum.wgsl")],
    reads: 1,
    writes: 1,
};
const UPDATE: Kernel = Kernel {
    entry: "update",
    files: &[include_str!("update.wgsl")],
    reads: 2,
    writes: 2,
};

fn pending(kernel: Kernel, record: Record, buffers: &[&wgpu::Buffer], grid: Grid) -> Pending {
    Pending {
        kernel,
        record,
        buffers: buffers.iter().copied().cloned().collect(),
        grid,
        is_for_input: false,
    }
}

/// Staged rows into the first activations.
pub fn load(input: Shape, staged: &wgpu::Buffer, x: &wgpu::Buffer) -> Pending {
    let steps = match input {
        Shape::Sequence { steps, .. } => steps,
        Shape::Features(_) | Shape::Image { .. } => 1,
    };
    let record = Record::default()
        .count("units", input.units())
        .count("steps", steps);
    let grid = Grid::Values(Extent::per_row(input.units()));
    pending(LOAD, record, &[staged, x], grid)
}

/// The loss of what came out, its gradient into `d`, its mean into `losses`.
pub fn loss(
    objective: Objective,
    outputs: usize,
    staged: &wgpu::Buffer,
    z: &wgpu::Buffer,
    d: &wgpu::Buffer,
    (terms, losses): (&wgpu::Buffer, &wgpu::Buffer),
) -> [Pending; 2] {
    let record = Record::default()
        .count("outputs", outputs)
        .count("objective", objective_number(objective));
    let by_row = Grid::Values(Extent::per_row(1));
    let one = Grid::Groups([ONE, ONE, ONE]);
    [
        pending(TERMS, record.clone(), &[staged, z, d, terms], by_row),
        pending(SUM, record, &[terms, losses], one),
    ]
}

/// The update of all parameters; `is_affine` marks those that may be told to stand still.
pub fn update(
    count: usize,
    (gradients, is_affine): (&wgpu::Buffer, &wgpu::Buffer),
    parameters: &wgpu::Buffer,
    memory: &wgpu::Buffer,
) -> Pending {
    let record = Record::default().count("parameters", count);
    let grid = Grid::Values(Extent::fixed(count));
    pending(
        UPDATE,
        record,
        &[gradients, is_affine, parameters, memory],
        grid,
    )
}
