// Many small dense networks, a workgroup each: so many training steps of every network in one dispatch. What fits of a
// network lies in the workgroup's memory, `arena`; the rest in its part of `room`. ARENA, LANES and IS_WHOLE stand above.
struct Net {
    // An address below ARENA is a place in `arena`; any other is this far from its place in `room`.
    shift: u32,
    // Its part of `room` begins with its state: parameters, twice as much memory of the optimiser, gradients, buffers.
    room_at: u32,
    parameters: u32,
    buffers: u32,
    parameters_at: u32,
    memory_at: u32,
    // Numbers of the optimiser's memory that are in use.
    remembers: u32,
    buffers_at: u32,
    x_at: u32,
    y_at: u32,
    turn_0_at: u32,
    turn_1_at: u32,
    layers_at: u32,
    layers: u32,
    features: u32,
    objective: u32,
    data_at: u32,
    labels_at: u32,
}

// An affine layer and what stands behind it. Places of parameters and buffers are counted from the network's own.
struct Layer {
    inputs: u32,
    outputs: u32,
    weights_at: u32,
    // NO_PLACE where there are none.
    bias_at: u32,
    gamma_at: u32,
    beta_at: u32,
    running_at: u32,
    norm: u32,
    // Lanes that share a unit's rows.
    parts: u32,
    // Of a normalisation within rows, and whether it takes the mean away.
    groups: u32,
    centres: u32,
    epsilon: f32,
    // The running variance is that of the batch, not of the population (Keras).
    keeps_bias: u32,
    // The last has neither.
    is_output: u32,
    function: u32,
    slope: f32,
    // Addresses: what came out of the product, normalised in place; 1/√(σ² + ε).
    z_at: u32,
    inverse_at: u32,
}

// What one dispatch is to do with a network.
struct Slice {
    steps: u32,
    rows: u32,
    // From one unit's rows to the next one's: odd, so that neighbours in either direction lie in different banks.
    stride: u32,
    order_at: u32,
    losses_at: u32,
    // Where it says how many steps were made.
    done_at: u32,
    // Of each step: rate and root of Adam with their corrections, the share of the new batch in running averages.
    numbers_at: u32,
    unbias: f32,
    freezes_statistics: u32,
    freezes_affine: u32,
    rule: u32,
    nesterov: u32,
    rate: f32,
    joined: f32,
    shrink: f32,
    epsilon: f32,
    keep_1: f32,
    new_1: f32,
    keep_2: f32,
    new_2: f32,
}

// Which of the networks is the first of this dispatch.
struct Call {
    first: u32,
}

const NO_PLACE: u32 = 0xffffffffu;
const NORM_NONE: u32 = 0u;
const NORM_BATCH: u32 = 1u;
const NORM_WITHIN: u32 = 2u;

@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> nets: array<Net>;
@group(0) @binding(2) var<storage, read> layers: array<Layer>;
@group(0) @binding(3) var<storage, read> slices: array<Slice>;
@group(0) @binding(4) var<storage, read> order: array<u32>;
@group(0) @binding(5) var<storage, read> numbers: array<f32>;
@group(0) @binding(6) var<storage, read> data: array<f32>;
@group(0) @binding(7) var<storage, read_write> room: array<f32>;
@group(0) @binding(8) var<storage, read_write> losses: array<f32>;

var<workgroup> arena: array<f32, ARENA>;
// What each lane brings to a sum.
var<workgroup> partial: array<vec2<f32>, LANES>;
var<workgroup> has_ended: u32;
var<private> shift: u32;

fn read_at(at: u32) -> f32 {
    if IS_WHOLE || at < ARENA {
        return arena[at];
    }
    return room[at + shift];
}

fn write_at(at: u32, value: f32) {
    if IS_WHOLE || at < ARENA {
        arena[at] = value;
    } else {
        room[at + shift] = value;
    }
}

fn barrier() {
    if !IS_WHOLE {
        storageBarrier();
    }
    workgroupBarrier();
}

// Brings numbers of the state, which stand at `from` of the network's part of `room`, to their address.
fn bring(net: Net, from_place: u32, at: u32, count: u32, lane: u32) {
    if at < ARENA {
        for (var i = lane; i < count; i += LANES) {
            arena[at + i] = room[net.room_at + from_place + i];
        }
    }
}

fn take_back(net: Net, to_place: u32, at: u32, count: u32, lane: u32) {
    if at < ARENA {
        for (var i = lane; i < count; i += LANES) {
            room[net.room_at + to_place + i] = arena[at + i];
        }
    }
}

// The rows of a step's batch, `[features, rows]`.
fn load(net: Net, slice: Slice, step: u32, lane: u32) {
    let first = slice.order_at + step * slice.rows;
    for (var i = lane; i < slice.rows * net.features; i += LANES) {
        let row = i / net.features;
        let feature = i % net.features;
        let value = data[net.data_at + order[first + row] * net.features + feature];
        write_at(net.x_at + feature * slice.stride + row, value);
    }
}

fn train_step(net: Net, slice: Slice, step: u32, lane: u32) {
    load(net, slice, step, lane);
    barrier();
    var into = net.turn_0_at;
    var from_at = net.x_at;
    for (var l = 0u; l < net.layers; l++) {
        let layer = layers[net.layers_at + l];
        affine(net, layer, slice, from_at, into, lane);
        if layer.norm == NORM_BATCH {
            barrier();
            normalize(net, layer, slice, step, into, lane);
        } else if layer.norm == NORM_WITHIN {
            barrier();
            normalize_rows(net, layer, slice, into, lane);
        }
        barrier();
        from_at = into;
        into = select(net.turn_0_at, net.turn_1_at, into == net.turn_0_at);
    }
    let output = layers[net.layers_at + net.layers - 1u];
    loss(net, output, slice, step, lane);
    barrier();
    if lane == 0u {
        add_up(slice, step);
    }
    var d_at = output.z_at;
    var d_next = net.turn_0_at;
    for (var l = net.layers - 1u; l > 0u; l--) {
        let layer = layers[net.layers_at + l];
        let before = layers[net.layers_at + l - 1u];
        back_through(net, layer, before, slice, d_at, d_next, lane);
        barrier();
        learn_affine(net, layer, slice, step, net.y_at, d_at, lane);
        back_norm(net, before, slice, step, d_next, lane);
        barrier();
        d_at = d_next;
        d_next = select(net.turn_0_at, net.turn_1_at, d_at == net.turn_0_at);
    }
    let first = layers[net.layers_at];
    learn_affine(net, first, slice, step, net.x_at, d_at, lane);
    barrier();
}

fn back_norm(net: Net, layer: Layer, slice: Slice, step: u32, d_at: u32, lane: u32) {
    if layer.norm == NORM_NONE {
        return;
    }
    sums_of_back(layer, slice, d_at, lane);
    let gamma = gamma_of(net, layer, lane / layer.parts);
    barrier();
    if layer.norm == NORM_BATCH {
        back_normalize(layer, slice, d_at, gamma, lane);
    } else {
        back_normalize_rows(net, layer, slice, d_at, lane);
        barrier();
    }
    learn_norm(net, layer, slice, step, lane);
}

@compute @workgroup_size(LANES)
fn grid_steps(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let net = nets[call.first + group.x];
    let slice = slices[call.first + group.x];
    if slice.steps == 0u {
        return;
    }
    shift = net.shift;
    let buffers_from = 4u * net.parameters;
    bring(net, 0u, net.parameters_at, net.parameters, lane);
    bring(net, net.parameters, net.memory_at, net.remembers, lane);
    bring(net, buffers_from, net.buffers_at, net.buffers, lane);
    if lane == 0u {
        has_ended = 0u;
    }
    workgroupBarrier();
    for (var step = 0u; step < slice.steps; step++) {
        train_step(net, slice, step, lane);
        // Where the loss was no number there is nothing more to learn.
        if workgroupUniformLoad(&has_ended) != 0u {
            break;
        }
    }
    take_back(net, 0u, net.parameters_at, net.parameters, lane);
    take_back(net, net.parameters, net.memory_at, net.remembers, lane);
    take_back(net, buffers_from, net.buffers_at, net.buffers, lane);
}
