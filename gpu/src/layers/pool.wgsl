// The largest of each 2×2 and the mean over positions or over the steps that a row has, and their ways back.
struct Call {
    channels: u32,
    height: u32,
    width: u32,
    // Whether rows may have fewer steps than there are positions.
    is_sequence: u32,
}

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read> d: array<f32>;
@group(0) @binding(4) var<storage, read_write> d_x: array<f32>;
// The mean reads the lengths of rows in place of x on the way back, and beside it forward.
@group(0) @binding(2) var<storage, read> staged: array<f32>;
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<storage, read_write> averaged: array<f32>;

// The place of the largest, the first of equals; a NaN is larger than all.
fn largest(channel: u32, down: u32, right: u32, row: u32) -> u32 {
    let first = ((channel * call.height + down * 2u) * call.width + right * 2u) * step.rows + row;
    var best = first;
    for (var i = 1u; i < 4u; i++) {
        let at = first + ((i / 2u) * call.width + i % 2u) * step.rows;
        if is_nan(x[at]) || (x[at] > x[best] && !is_nan(x[best])) {
            best = at;
        }
    }
    return best;
}

@compute @workgroup_size(WORKGROUP)
fn max_forward(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    let height = call.height / 2u;
    let width = call.width / 2u;
    if i >= call.channels * height * width * step.rows {
        return;
    }
    let run = i / step.rows;
    let position = run % (height * width);
    y[i] = x[largest(run / (height * width), position / width, position % width, i % step.rows)];
}

@compute @workgroup_size(WORKGROUP)
fn max_backward(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    if i >= call.channels * call.height * call.width * step.rows {
        return;
    }
    let height = call.height / 2u;
    let width = call.width / 2u;
    let run = i / step.rows;
    let row = i % step.rows;
    let channel = run / (call.height * call.width);
    let position = run % (call.height * call.width);
    let down = position / call.width / 2u;
    let right = position % call.width / 2u;
    var gradient = 0.0;
    // Odd edges are in no square.
    if down < height && right < width && largest(channel, down, right, row) == i {
        gradient = d[((channel * height + down) * width + right) * step.rows + row];
    }
    d_x[i] = gradient;
}

fn steps_of(row: u32) -> u32 {
    if call.is_sequence == 1u && step.lengths_at != NO_PLACE {
        return u32(staged[step.lengths_at + row]);
    }
    return call.height * call.width;
}

@compute @workgroup_size(WORKGROUP)
fn average_forward(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    if i >= call.channels * step.rows {
        return;
    }
    let row = i % step.rows;
    let steps = steps_of(row);
    let first = (i / step.rows) * call.height * call.width;
    var sum = 0.0;
    for (var position = 0u; position < steps; position++) {
        sum += values[(first + position) * step.rows + row];
    }
    averaged[i] = sum / f32(steps);
}

@compute @workgroup_size(WORKGROUP)
fn average_backward(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    let positions = call.height * call.width;
    if i >= call.channels * positions * step.rows {
        return;
    }
    let row = i % step.rows;
    let run = i / step.rows;
    let steps = steps_of(row);
    averaged[i] = select(0.0, values[(run / positions) * step.rows + row] / f32(steps), run % positions < steps);
}
