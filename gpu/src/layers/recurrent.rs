//! An Elman recurrence: one product for all inputs, then one dispatch for all steps.

use super::product::{Addend, Block, Weights, row_sums};
use crate::compile::{Context, Stage};
use crate::description::Described;
use crate::faults::Fault;
use crate::functions::{FILE, SUMS};
use crate::kernel::{Kernel, MOST_HIDDEN};
use crate::program::{Grid, ONE, Pending};
use crate::record::{Extent, Record};
use batchnorm_lab::error::Error;
use batchnorm_lab::kernels::recurrent::Normalizes;

const FORWARD: Kernel = Kernel {
    entry: "recurrent_forward",
    files: &[FILE, SUMS, include_str!("recurrent.wgsl")],
    reads: 2,
    writes: 2,
};
const BACKWARD: Kernel = Kernel {
    entry: "recurrent_backward",
    reads: 3,
    writes: 1,
    ..FORWARD
};
/// Sections of the room, by their numbers in the kernel.
const PREVIOUS: usize = 1;
const X_HAT: usize = 3;
const D_NORM: usize = 4;
const SECTIONS: usize = 5;

/// Whether the state fits into workgroup memory.
fn check(hidden: usize) -> Result<(), Error> {
    if hidden > MOST_HIDDEN as usize {
        return Err(Error::Engine {
            code: Fault::Unsupported.code(),
            detail: format!("a recurrence of {hidden} features, of at most {MOST_HIDDEN}"),
        });
    }
    Ok(())
}

/// As `recurrent.wgsl` calls it.
fn number(normalizes: Normalizes) -> usize {
    match normalizes {
        Normalizes::Nothing => 0,
        Normalizes::Preactivation => 1,
        Normalizes::Hidden => 2,
    }
}

/// W_x, which acts on all steps at once.
fn of_input(
    parameters: &wgpu::Buffer,
    at: usize,
    (inputs, hidden, steps): (usize, usize, usize),
) -> Weights<'_> {
    Weights {
        weight: Block::new(parameters, at),
        inputs,
        outputs: hidden,
        columns: steps,
    }
}

/// Parameters are `w_x`, `w_h`, `bias` and, where it normalises, `gamma` and `beta`.
///
/// # Errors
/// `Fault::Unsupported` where the state does not fit into workgroup memory.
pub fn stage(
    context: &Context<'_>,
    layer: &Described,
    normalizes: Normalizes,
    epsilon: f64,
    x: &wgpu::Buffer,
    y: &wgpu::Buffer,
) -> Result<Stage, Error> {
    let (inputs, hidden) = (layer.input.channels(), layer.output.channels());
    let steps = layer.input.positions();
    check(hidden)?;
    let section = hidden * steps * context.max_rows;
    let room = context
        .gpu
        .storage("recurrence", section * SECTIONS + steps * context.max_rows);
    let weight_at = layer.parameters.start;
    let hidden_at = weight_at + hidden * inputs;
    let bias_at = hidden_at + hidden * hidden;
    let (gamma_at, beta_at) = (bias_at + hidden, bias_at + 2 * hidden);
    let dispatch = move |kernel, buffers: [&wgpu::Buffer; 4]| Pending {
        kernel,
        record: Record::default()
            .count("hidden", hidden)
            .count("steps", steps)
            .count("normalizes", number(normalizes))
            .number("epsilon", epsilon)
            .count("weight_at", hidden_at)
            .count("gamma_at", gamma_at)
            .count("beta_at", beta_at)
            .count("section", section),
        buffers: buffers.map(Clone::clone).into(),
        grid: Grid::Groups([(Extent::per_row(1), 1), ONE, ONE]),
        is_for_input: false,
    };
    let (staged, parameters) = (context.staged.clone(), context.parameters.clone());
    let (gradients, x) = (context.gradients.clone(), x.clone());
    let of_input = self::of_input(&parameters, weight_at, (inputs, hidden, steps));
    let all = Block::new(&room, 0);
    let forward = vec![
        of_input.apply(false, Block::new(&x, 0), Addend::Bias(bias_at), all),
        dispatch(FORWARD, [&staged, &parameters, &room, y]),
    ];
    let backward = move |d: &wgpu::Buffer, d_x: &wgpu::Buffer| {
        let of_input = self::of_input(&parameters, weight_at, (inputs, hidden, steps));
        let of_state = Weights {
            weight: Block::new(&parameters, hidden_at),
            inputs: hidden,
            ..of_input
        };
        let in_room = |number: usize| Block::new(&room, number * section);
        let into = |at| Block::new(&gradients, at);
        let d_a = in_room(0);
        let len = Extent::per_row(steps);
        let mut dispatches = vec![
            dispatch(BACKWARD, [&staged, &parameters, d, &room]),
            of_state.gradient(d_a, in_room(PREVIOUS), &gradients),
            of_input.gradient(d_a, Block::new(&x, 0), &gradients),
            row_sums(hidden, len, d_a, None, into(bias_at)),
        ];
        if normalizes != Normalizes::Nothing {
            let d_norm = in_room(D_NORM);
            dispatches.push(row_sums(
                hidden,
                len,
                d_norm,
                Some(in_room(X_HAT)),
                into(gamma_at),
            ));
            dispatches.push(row_sums(hidden, len, d_norm, None, into(beta_at)));
        }
        dispatches.push(Pending {
            is_for_input: true,
            ..of_input.apply(true, d_a, Addend::Nothing, Block::new(d_x, 0))
        });
        dispatches
    };
    Ok(Stage::new(forward, Box::new(backward)))
}
