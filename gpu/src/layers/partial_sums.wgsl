// The parts of long sums, added in their order.
struct Call {
    count: u32,
    out_at: u32,
    inner: u32,
    inner_rows: u32,
    split: u32,
}

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> parts: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn add_pieces(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    if i >= call.count {
        return;
    }
    let terms = extent(call.inner, call.inner_rows);
    var sum = 0.0;
    for (var part = 0u; part * call.split < terms; part++) {
        sum += parts[part * call.count + i];
    }
    out[call.out_at + i] = sum;
}
