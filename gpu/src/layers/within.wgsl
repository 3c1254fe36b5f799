// Normalisations within a row: each invocation column is a row, WITHIN_LANES of them share its values.
struct Call {
    groups: u32,
    runs: u32,
    // Rows of a batch count so many times: the steps of sequences.
    row_factor: u32,
    share: u32,
    epsilon: f32,
    centres: u32,
    // NO_PLACE where there is none.
    gamma_at: u32,
    beta_at: u32,
}

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read_write> x_hat: array<f32>;
@group(0) @binding(5) var<storage, read_write> inverse: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
// On the way back.
@group(0) @binding(3) var<storage, read> d: array<f32>;
@group(0) @binding(4) var<storage, read> kept_x_hat: array<f32>;
@group(0) @binding(5) var<storage, read> kept_inverse: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_x: array<f32>;

var<workgroup> column_room: array<f32, WITHIN_COLUMNS * WITHIN_LANES>;

fn column_total(value: f32, local: vec3<u32>) -> f32 {
    column_room[local.y * WITHIN_COLUMNS + local.x] = value;
    workgroupBarrier();
    var sum = 0.0;
    for (var lane = 0u; lane < WITHIN_LANES; lane++) {
        sum += column_room[lane * WITHIN_COLUMNS + local.x];
    }
    workgroupBarrier();
    return sum;
}

fn gamma_of(run: u32) -> f32 {
    if call.gamma_at == NO_PLACE {
        return 1.0;
    }
    return parameters[call.gamma_at + run / call.share];
}

@compute @workgroup_size(WITHIN_COLUMNS, WITHIN_LANES)
fn within_forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let rows = step.rows * call.row_factor;
    let n = group.x * WITHIN_COLUMNS + local.x;
    let is_row = n < rows;
    let first = group.y * call.runs;
    let count = f32(call.runs);
    var mean = 0.0;
    if call.centres == 1u {
        var shift = 0.0;
        var sum = 0.0;
        if is_row {
            shift = x[first * rows + n];
            for (var run = local.y; run < call.runs; run += WITHIN_LANES) {
                sum += x[(first + run) * rows + n] - shift;
            }
        }
        mean = shift + column_total(sum, local) / count;
    }
    var rest = 0.0;
    var squares = 0.0;
    if is_row {
        for (var run = local.y; run < call.runs; run += WITHIN_LANES) {
            let distance = x[(first + run) * rows + n] - mean;
            rest += distance;
            squares = fma(distance, distance, squares);
        }
    }
    // What is left of a mean that f32 cannot hold.
    let low = select(0.0, column_total(rest, local) / count, call.centres == 1u);
    let variance = column_total(squares, local) / count - low * low;
    let scale = 1.0 / sqrt(variance + call.epsilon);
    if !is_row {
        return;
    }
    if local.y == 0u {
        inverse[group.y * rows + n] = scale;
    }
    for (var run = local.y; run < call.runs; run += WITHIN_LANES) {
        let at = (first + run) * rows + n;
        let normal = ((x[at] - mean) - low) * scale;
        x_hat[at] = normal;
        var value = gamma_of(first + run) * normal;
        if call.beta_at != NO_PLACE {
            value += parameters[call.beta_at + (first + run) / call.share];
        }
        y[at] = value;
    }
}

// d_x = 1/√(σ² + ε) · ( g − Σg/M − x̂·Σ(g·x̂)/M ) with g = γ·d_y.
@compute @workgroup_size(WITHIN_COLUMNS, WITHIN_LANES)
fn within_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let rows = step.rows * call.row_factor;
    let n = group.x * WITHIN_COLUMNS + local.x;
    let is_row = n < rows;
    let first = group.y * call.runs;
    let count = f32(call.runs);
    var sum = 0.0;
    var product = 0.0;
    if is_row {
        for (var run = local.y; run < call.runs; run += WITHIN_LANES) {
            let at = (first + run) * rows + n;
            let g = gamma_of(first + run) * d[at];
            sum += g;
            product = fma(g, kept_x_hat[at], product);
        }
    }
    var through_mean = column_total(sum, local) / count;
    let through_variance = column_total(product, local) / count;
    if call.centres == 0u {
        through_mean = 0.0;
    }
    if !is_row {
        return;
    }
    let scale = kept_inverse[group.y * rows + n];
    for (var run = local.y; run < call.runs; run += WITHIN_LANES) {
        let at = (first + run) * rows + n;
        let g = gamma_of(first + run) * d[at];
        d_x[at] = scale * ((g - through_mean) - kept_x_hat[at] * through_variance);
    }
}
