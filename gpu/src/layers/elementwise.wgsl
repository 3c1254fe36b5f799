// A function of each value, and its slope on the way back.
struct Call {
    per_row: u32,
    function: u32,
    slope: f32,
}

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
// On the way back: the gradient from above, and the room for the next.
@group(0) @binding(3) var<storage, read> d: array<f32>;
@group(0) @binding(4) var<storage, read_write> d_x: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn elementwise_forward(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    if i < extent(0u, call.per_row) {
        y[i] = activate(call.function, call.slope, x[i]);
    }
}

@compute @workgroup_size(WORKGROUP)
fn elementwise_backward(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    if i < extent(0u, call.per_row) {
        d_x[i] = d[i] * slope_at(call.function, call.slope, x[i]);
    }
}
