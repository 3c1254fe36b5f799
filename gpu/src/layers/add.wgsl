// The sum of two blocks.
struct Call {
    per_row: u32,
}

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read_write> sum: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn add_blocks(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    if i < extent(0u, call.per_row) {
        sum[i] = a[i] + b[i];
    }
}
