// A batch from its rows into feature-major activations, rows innermost; of sequences [T, C] into [C, T].
struct Call {
    units: u32,
    // 1 for features and images, which only turn round.
    steps: u32,
}

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> staged: array<f32>;
@group(0) @binding(3) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn load(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    if i >= extent(0u, call.units) {
        return;
    }
    let unit = i / step.rows;
    let row = i % step.rows;
    let features = call.units / call.steps;
    let source = (unit % call.steps) * features + unit / call.steps;
    x[i] = staged[step.x_at + row * call.units + source];
}
