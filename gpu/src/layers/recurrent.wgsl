// An Elman recurrence, a workgroup a row: rows never meet, so the state stays in workgroup memory over all steps.
struct Call {
    hidden: u32,
    steps: u32,
    normalizes: u32,
    epsilon: f32,
    weight_at: u32,
    gamma_at: u32,
    beta_at: u32,
    // Values of one section of the room.
    section: u32,
}

const BEFORE_TANH: u32 = 1u;
const AFTER_TANH: u32 = 2u;

// Sections of the room, each [H, T, N] but the last, which is [T, N].
const ALL: u32 = 0u;
const PREVIOUS: u32 = 1u;
const TANH: u32 = 2u;
const X_HAT: u32 = 3u;
const D_NORM: u32 = 4u;
const INVERSE: u32 = 5u;

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> staged: array<f32>;
@group(0) @binding(3) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> room: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> d: array<f32>;
@group(0) @binding(5) var<storage, read_write> back_room: array<f32>;

var<workgroup> state: array<f32, MOST_HIDDEN>;
var<workgroup> next: array<f32, MOST_HIDDEN>;

fn at(section: u32, h: u32, t: u32, row: u32) -> u32 {
    return section * call.section + (h * call.steps + t) * step.rows + row;
}

fn has_step(t: u32, row: u32) -> bool {
    return step.lengths_at == NO_PLACE || t < u32(staged[step.lengths_at + row]);
}

@compute @workgroup_size(WORKGROUP)
fn recurrent_forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let row = group.x;
    let hidden = call.hidden;
    for (var h = index; h < hidden; h += WORKGROUP) {
        state[h] = 0.0;
    }
    workgroupBarrier();
    for (var t = 0u; t < call.steps; t++) {
        for (var h = index; h < hidden; h += WORKGROUP) {
            room[at(PREVIOUS, h, t, row)] = state[h];
            var a = 0.0;
            for (var j = 0u; j < hidden; j++) {
                a = fma(parameters[call.weight_at + h * hidden + j], state[j], a);
            }
            a += room[at(ALL, h, t, row)];
            if call.normalizes != BEFORE_TANH {
                a = tangent(a);
                room[at(TANH, h, t, row)] = a;
            }
            next[h] = a;
        }
        workgroupBarrier();
        if call.normalizes != 0u {
            let shift = next[0];
            var sum = 0.0;
            for (var h = index; h < hidden; h += WORKGROUP) {
                sum += next[h] - shift;
            }
            let mean = shift + total(sum, index) / f32(hidden);
            var rest = 0.0;
            var squares = 0.0;
            for (var h = index; h < hidden; h += WORKGROUP) {
                let distance = next[h] - mean;
                rest += distance;
                squares = fma(distance, distance, squares);
            }
            // What is left of a mean that f32 cannot hold.
            let low = total(rest, index) / f32(hidden);
            let variance = total(squares, index) / f32(hidden) - low * low;
            let scale = 1.0 / sqrt(variance + call.epsilon);
            if index == 0u {
                room[at(INVERSE, 0u, t, row)] = scale;
            }
            for (var h = index; h < hidden; h += WORKGROUP) {
                let normal = ((next[h] - mean) - low) * scale;
                room[at(X_HAT, h, t, row)] = normal;
                var value = fma(parameters[call.gamma_at + h], normal, parameters[call.beta_at + h]);
                if call.normalizes == BEFORE_TANH {
                    value = tangent(value);
                    room[at(TANH, h, t, row)] = value;
                }
                next[h] = value;
            }
        }
        if has_step(t, row) {
            for (var h = index; h < hidden; h += WORKGROUP) {
                state[h] = next[h];
            }
        }
        workgroupBarrier();
    }
    for (var h = index; h < hidden; h += WORKGROUP) {
        y[h * step.rows + row] = state[h];
    }
}

// `next` becomes what goes on through the normalisation of step t; d_norm is kept for d_γ and d_β.
fn through_norm(t: u32, row: u32, index: u32) {
    let hidden = call.hidden;
    var sum = 0.0;
    var product = 0.0;
    for (var h = index; h < hidden; h += WORKGROUP) {
        back_room[at(D_NORM, h, t, row)] = next[h];
        let g = parameters[call.gamma_at + h] * next[h];
        sum += g;
        product = fma(g, back_room[at(X_HAT, h, t, row)], product);
    }
    let through_mean = total(sum, index) / f32(hidden);
    let through_variance = total(product, index) / f32(hidden);
    let scale = back_room[at(INVERSE, 0u, t, row)];
    for (var h = index; h < hidden; h += WORKGROUP) {
        let g = parameters[call.gamma_at + h] * next[h];
        next[h] = scale * ((g - through_mean) - back_room[at(X_HAT, h, t, row)] * through_variance);
    }
}

// From the last step to the first; `state` is the gradient of h, and ALL becomes the gradient of a.
@compute @workgroup_size(WORKGROUP)
fn recurrent_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let row = group.x;
    let hidden = call.hidden;
    for (var h = index; h < hidden; h += WORKGROUP) {
        state[h] = d[h * step.rows + row];
    }
    for (var back = 0u; back < call.steps; back++) {
        let t = call.steps - 1u - back;
        let is_there = has_step(t, row);
        for (var h = index; h < hidden; h += WORKGROUP) {
            next[h] = select(0.0, state[h], is_there);
        }
        if call.normalizes == AFTER_TANH {
            through_norm(t, row, index);
        }
        for (var h = index; h < hidden; h += WORKGROUP) {
            let y = back_room[at(TANH, h, t, row)];
            next[h] *= 1.0 - y * y;
        }
        if call.normalizes == BEFORE_TANH {
            through_norm(t, row, index);
        }
        for (var h = index; h < hidden; h += WORKGROUP) {
            back_room[at(ALL, h, t, row)] = next[h];
        }
        workgroupBarrier();
        for (var j = index; j < hidden; j += WORKGROUP) {
            var sum = select(state[j], 0.0, is_there);
            for (var h = 0u; h < hidden; h++) {
                sum = fma(parameters[call.weight_at + h * hidden + j], next[h], sum);
            }
            state[j] = sum;
        }
        workgroupBarrier();
    }
}
