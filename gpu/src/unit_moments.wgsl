// Mean and biased variance of each unit over rows and positions, two passes, sums in one fixed order.
struct Call {
    positions: u32,
    // Where these moments stand: all means, all variances, then what is left of the means where f32 cannot hold them.
    at: u32,
}

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> moments: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn unit_moments(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let values = call.positions * step.rows;
    let start = group.x * values;
    let end = start + values;
    let shift = x[start];
    var sum = 0.0;
    for (var i = start + index; i < end; i += WORKGROUP) {
        sum += x[i] - shift;
    }
    let mean = shift + total(sum, index) / f32(values);
    var rest = 0.0;
    var squares = 0.0;
    for (var i = start + index; i < end; i += WORKGROUP) {
        let distance = x[i] - mean;
        rest += distance;
        squares = fma(distance, distance, squares);
    }
    let low = total(rest, index) / f32(values);
    let all_squares = total(squares, index);
    if index == 0u {
        moments[call.at + group.x] = mean;
        moments[call.at + groups.x + group.x] = all_squares / f32(values) - low * low;
        moments[call.at + 2u * groups.x + group.x] = low;
    }
}
