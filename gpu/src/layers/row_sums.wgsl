// Sums of rows: Σ_j a[k][j], or Σ_j a[k][j]·b[k][j], a workgroup a row.
struct Call {
    len: u32,
    len_rows: u32,
    a_at: u32,
    b_at: u32,
    out_at: u32,
    multiplies: u32,
}

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn row_sums(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let len = extent(call.len, call.len_rows);
    let first = group.x * len;
    var sum = 0.0;
    for (var j = index; j < len; j += WORKGROUP) {
        var value = a[call.a_at + first + j];
        if call.multiplies == 1u {
            value *= b[call.b_at + first + j];
        }
        sum += value;
    }
    let all = total(sum, index);
    if index == 0u {
        out[call.out_at + group.x] = all;
    }
}
