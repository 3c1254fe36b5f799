//! A block of attention: a normalisation, four products and the heart between them.

use super::product::{Addend, Block, Weights};
use super::within::Norm;
use crate::compile::{Context, Stage};
use crate::description::Described;
use crate::functions::FILE;
use crate::kernel::Kernel;
use crate::program::{Grid, Pending};
use crate::record::{Extent, Record};
use batchnorm_lab::kernels::norm::within::{RowNormSize, Rule};
use batchnorm_lab::network::WithinRow;

const FORWARD: Kernel = Kernel {
    entry: "attention_forward",
    files: &[FILE, include_str!("attention.wgsl")],
    reads: 2,
    writes: 2,
};
const QUERIES: Kernel = Kernel {
    entry: "attention_queries",
    reads: 3,
    ..FORWARD
};
const KEYS: Kernel = Kernel {
    entry: "attention_keys",
    reads: 3,
    ..FORWARD
};
const ADD: Kernel = Kernel {
    entry: "add_blocks",
    files: &[include_str!("add.wgsl")],
    reads: 2,
    writes: 1,
};

/// Number 0 is W_q, 3 is W_o.
fn weights(
    parameters: &wgpu::Buffer,
    (at, features, steps): (usize, usize, usize),
    number: usize,
) -> Weights<'_> {
    Weights {
        weight: Block::new(parameters, at + number * features * features),
        inputs: features,
        outputs: features,
        columns: steps,
    }
}

/// The Layer Normalization before it.
fn within(features: usize, steps: usize, epsilon: f64) -> WithinRow {
    WithinRow {
        size: RowNormSize {
            groups: 1,
            runs: features,
            rows: steps,
            share: 1,
        },
        rule: Rule {
            epsilon,
            centres: true,
        },
        affine: true,
    }
}

/// Parameters are `w_q`, `w_k`, `w_v`, `w_o`, `gamma`, `beta`.
pub fn stage(
    context: &Context<'_>,
    layer: &Described,
    epsilon: f64,
    x: &wgpu::Buffer,
    y: &wgpu::Buffer,
) -> Stage {
    let (features, steps) = (layer.input.channels(), layer.input.positions());
    let square = features * features;
    let weights_at = layer.parameters.start;
    let (units, section) = (features * steps, features * steps * context.max_rows);
    let room = |label, values: usize| context.gpu.storage(label, values * context.max_rows);
    let norm = Norm::new(
        context,
        within(features, steps, epsilon),
        weights_at + 4 * square,
    );
    let [z, o, d_o] = ["z", "o", "d_o"].map(|label| room(label, units));
    let [qkv, d_qkv] = ["qkv", "d_qkv"].map(|label| room(label, 3 * units));
    let [p, d_scores] = ["p", "d_scores"].map(|label| room(label, steps * steps));
    let spare = [room("d_z", units), room("d_z, next", units)];
    let dispatch = move |kernel, buffers: &[&wgpu::Buffer]| Pending {
        kernel,
        record: Record::default()
            .count("features", features)
            .count("steps", steps)
            .count("section", section)
            .number("scale", 1.0 / (features as f64).sqrt()),
        buffers: buffers.iter().copied().cloned().collect(),
        grid: Grid::Values(Extent::per_row(steps)),
        is_for_input: false,
    };
    let (staged, parameters) = (context.staged.clone(), context.parameters.clone());
    let gradients = context.gradients.clone();
    let place = (weights_at, features, steps);
    let mut forward = vec![norm.forward(&parameters, x, &z)];
    for number in 0..3 {
        let (z, out) = (Block::new(&z, 0), Block::new(&qkv, number * section));
        let weights = weights(&parameters, place, number);
        forward.push(weights.apply(false, z, Addend::Nothing, out));
    }
    forward.push(dispatch(FORWARD, &[&staged, &qkv, &p, &o]));
    let output = weights(&parameters, place, 3);
    let (of_values, y) = (Block::new(&o, 0), Block::new(y, 0));
    forward.push(output.apply(false, of_values, Addend::Like(x), y));
    let backward = move |d: &wgpu::Buffer, d_x: &wgpu::Buffer| {
        let from_above = Block::new(d, 0);
        let output = weights(&parameters, place, 3);
        let mut dispatches = vec![
            output.gradient(from_above, Block::new(&o, 0), &gradients),
            output.apply(true, from_above, Addend::Nothing, Block::new(&d_o, 0)),
            dispatch(QUERIES, &[&d_o, &qkv, &p, &d_scores, &d_qkv]),
            dispatch(KEYS, &[&d_o, &qkv, &p, &d_scores, &d_qkv]),
        ];
        // d_z from q, k and v, each added to the sum so far.
        for number in 0..3 {
            let weights = weights(&parameters, place, number);
            let part = Block::new(&d_qkv, number * section);
            let (before, into) = (&spare[(number + 1) % 2], &spare[number % 2]);
            let addend = if number == 0 {
                Addend::Nothing
            } else {
                Addend::Like(before)
            };
            dispatches.push(weights.gradient(part, Block::new(&z, 0), &gradients));
            dispatches.push(weights.apply(true, part, addend, Block::new(into, 0)));
        }
        let [d_z, through] = &spare;
        dispatches.extend(norm.backward(&parameters, &gradients, d_z, through));
        dispatches.push(Pending {
            kernel: ADD,
            record: Record::default().count("per_row", units),
            buffers: vec![d.clone(), through.clone(), d_x.clone()],
            grid: Grid::Values(Extent::per_row(units)),
            is_for_input: false,
        });
        dispatches
    };
    Stage::new(forward, Box::new(backward))
}
