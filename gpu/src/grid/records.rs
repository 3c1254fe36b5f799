//! The records by which the program knows networks, layers and slices, word by word as `grid.wgsl` reads them.

use batchnorm_lab::jobs::Stretch;
use batchnorm_lab::kernels::norm::batch::Rule;

use super::places::Places;
use super::plan::{Plan, PlannedLayer, PlannedNorm};
use crate::functions::{number, objective_number};
use crate::record::Record;
use crate::step::{NUMBERS, update_numbers};

/// Where a network's numbers stand in the grid's buffers.
#[derive(Clone, Copy, Debug)]
pub struct NetPlace {
    /// The first of its part of the room.
    pub room: usize,
    /// Its first layer.
    pub layers: usize,
    /// The first input of its points, and the first label.
    pub data: usize,
    pub labels: usize,
}

/// `Net`. `arena` is the program's.
pub fn net(plan: &Plan, places: &Places, at: NetPlace, arena: usize) -> Record {
    Record::default()
        .count(
            "shift",
            (at.room as u32).wrapping_sub(arena as u32) as usize,
        )
        .count("room_at", at.room)
        .count("parameters", plan.parameters)
        .count("buffers", plan.buffers)
        .count("parameters_at", places.parameters)
        .count("memory_at", places.memory)
        .count("remembers", plan.remembers)
        .count("buffers_at", places.buffers)
        .count("x_at", places.x)
        .count("y_at", places.y)
        .count("turn_0_at", places.turns[0])
        .count("turn_1_at", places.turns[1])
        .count("layers_at", at.layers)
        .count("layers", plan.layers.len())
        .count("features", plan.features)
        .count("objective", objective_number(plan.objective))
        .count("data_at", at.data)
        .count("labels_at", at.labels)
}

/// `Layer`, the `number`-th of its network.
pub fn layer(plan: &Plan, places: &Places, number_of: usize) -> Record {
    let layer: &PlannedLayer = &plan.layers[number_of];
    let (function, slope) = number(layer.function);
    let (norm, epsilon, centres) = match layer.norm {
        PlannedNorm::None => (0, 0.0, false),
        PlannedNorm::Batch(rule) => (1, rule.epsilon, true),
        PlannedNorm::Within { rule, .. } => (2, rule.epsilon, rule.centres),
    };
    Record::default()
        .count("inputs", layer.inputs)
        .count("outputs", layer.outputs)
        .count("weights_at", layer.weights_at)
        .place("bias_at", layer.bias_at)
        .place("gamma_at", layer.gamma_at)
        .place("beta_at", layer.beta_at)
        .place("running_at", layer.running_at)
        .count("norm", norm)
        .count("parts", layer.parts())
        .count("groups", layer.groups())
        .flag("centres", centres)
        .number("epsilon", epsilon)
        .flag("keeps_bias", layer.keeps_bias())
        .flag("is_output", number_of + 1 == plan.layers.len())
        .count("function", function)
        .number("slope", slope)
        .count("z_at", places.z[number_of])
        .count("inverse_at", places.inverse[number_of])
}

/// Where a slice's numbers stand in the uploads of its dispatch.
#[derive(Clone, Copy, Debug)]
pub struct SlicePlace {
    pub order: usize,
    pub losses: usize,
    pub done: usize,
    pub numbers: usize,
}

/// `Slice`.
pub fn slice(stretch: &Stretch, at: SlicePlace) -> Record {
    let (rules, rows) = (&stretch.rules, stretch.rows);
    let (rule, nesterov, numbers) = update_numbers(&rules.hyper, stretch.updates);
    let values = rows as f64;
    let record = Record::default()
        .count("steps", stretch.steps as usize)
        .count("rows", rows)
        .count("stride", Plan::stride(rows))
        .count("order_at", at.order)
        .count("losses_at", at.losses)
        .count("done_at", at.done)
        .count("numbers_at", at.numbers)
        .number("unbias", values / (values - 1.0))
        .flag("freezes_statistics", rules.frozen.statistics())
        .flag("freezes_affine", rules.frozen.affine())
        .count("rule", rule)
        .flag("nesterov", nesterov);
    // The last two differ from step to step.
    let constant = NUMBERS.into_iter().zip(numbers).take(NUMBERS.len() - 2);
    constant.fold(record, |record, (name, value)| record.number(name, value))
}

/// What differs from step to step, `[steps, 3]`.
pub fn step_numbers(plan: &Plan, stretch: &Stretch, into: &mut Vec<f32>) {
    let rules = plan.layers.iter().find_map(|layer| match layer.norm {
        PlannedNorm::Batch(rule) => Some(rule),
        PlannedNorm::None | PlannedNorm::Within { .. } => None,
    });
    let momentum = stretch.rules.momentum;
    let rule = rules.map(|rule| Rule { momentum, ..rule });
    for step in 0..u64::from(stretch.steps) {
        let (_, _, numbers) = update_numbers(&stretch.rules.hyper, stretch.updates + step);
        let tracked = stretch.batches_tracked + step + 1;
        let share = rule.map_or(0.0, |rule| rule.new_share(tracked));
        let [.., step_size, root] = numbers;
        into.extend([step_size, root, share].map(|number| number as f32));
    }
}

/// `Call`.
pub fn call(first: usize) -> Record {
    Record::default().count("first", first)
}
