// The losses: a term of every row and its gradient, then the sum of the terms in one fixed order.
struct Call {
    outputs: u32,
    objective: u32,
}

const BINARY_CROSS_ENTROPY: u32 = 0u;
const CROSS_ENTROPY: u32 = 1u;

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> staged: array<f32>;
@group(0) @binding(3) var<storage, read> z: array<f32>;
@group(0) @binding(4) var<storage, read_write> d: array<f32>;
@group(0) @binding(5) var<storage, read_write> terms: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn loss_terms(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let row = linear(group, groups, index);
    let rows = step.rows;
    if row >= rows {
        return;
    }
    switch call.objective {
        case BINARY_CROSS_ENTROPY: {
            let value = z[row];
            let t = staged[step.targets_at + row];
            let e = exponential(-abs(value));
            let sigmoid = select(e, 1.0, value > 0.0) / (1.0 + e);
            d[row] = step.upstream / f32(rows) * (sigmoid - t);
            terms[row] = max(value, 0.0) - t * value + ln_1p_of_fraction(e);
        }
        case CROSS_ENTROPY: {
            let label = u32(staged[step.targets_at + row]);
            var most = z[row];
            for (var k = 1u; k < call.outputs; k++) {
                most = max(most, z[k * rows + row]);
            }
            var sum = 0.0;
            for (var k = 0u; k < call.outputs; k++) {
                let e = exponential(z[k * rows + row] - most);
                d[k * rows + row] = e;
                sum += e;
            }
            let scale = step.upstream / f32(rows);
            for (var k = 0u; k < call.outputs; k++) {
                let share = d[k * rows + row] * (scale / sum);
                d[k * rows + row] = share - select(0.0, scale, k == label);
            }
            terms[row] = logarithm(sum) - (z[label * rows + row] - most);
        }
        // Half the squared error, mean over all outputs.
        default: {
            let scale = step.upstream / f32(rows * call.outputs);
            var sum = 0.0;
            for (var k = 0u; k < call.outputs; k++) {
                let distance = z[k * rows + row] - staged[step.targets_at + k * rows + row];
                d[k * rows + row] = distance * scale;
                sum += 0.5 * distance * distance;
            }
            terms[row] = sum / f32(call.outputs);
        }
    }
}
