// Normalise, scale, shift and activate in one pass over memory; and the way back, which makes x̂ again instead of
// keeping it: reading x once more costs less than writing and reading x̂.
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> kept: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
// On the way back: the gradient from above, then the room for partial sums or for the next gradient.
@group(0) @binding(4) var<storage, read> d: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<f32>;

struct Value {
    x_hat: f32,
    shifted: f32,
    gamma: f32,
    inverse: f32,
}

fn value_at(feature: u32, g: u32, at: u32) -> Value {
    let of_group = kept_group(feature, g);
    let of_feature = kept_feature(feature);
    let inverse = kept[of_group + 1u];
    let gamma = kept[of_feature];
    let x_hat = ((x[at] - kept[of_group]) - kept[of_group + 6u]) * inverse;
    return Value(x_hat, fma(gamma, x_hat, kept[of_feature + 1u]), gamma, inverse);
}

// The group of value j of a feature.
fn group_of(j: u32) -> u32 {
    if call.most_groups == 1u {
        return 0u;
    }
    return (j % run_length()) / call.group_rows;
}

@compute @workgroup_size(WORKGROUP)
fn batch_normalize(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let j = group.x * WORKGROUP + index;
    let values = run_length() * call.positions;
    if j < values {
        let at = group.y * values + j;
        y[at] = activate(call.function, call.slope, value_at(group.y, group_of(j), at).shifted);
    }
}

// Σd and Σd·x̂ of each chunk, d being the gradient of γ·x̂ + β.
@compute @workgroup_size(WORKGROUP)
fn batch_backward_sums(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let g = group.y;
    let feature = group.z;
    let values = rows_of(g) * call.positions;
    let start = group.x * MOMENTS_CHUNK;
    let end = min(values, start + MOMENTS_CHUNK);
    if start >= end {
        return;
    }
    var sum = 0.0;
    var product = 0.0;
    for (var j = start + index; j < end; j += WORKGROUP) {
        let at = place(feature, g, j);
        let value = value_at(feature, g, at);
        let slope = d[at] * slope_at(call.function, call.slope, value.shifted);
        sum += slope;
        product = fma(slope, value.x_hat, product);
    }
    let sums = total(sum, index);
    let products = total(product, index);
    if index == 0u {
        let into = partial_place(feature, g, group.x);
        result[into] = sums;
        result[into + 1u] = products;
    }
}

// d_x = γ/√(σ² + ε) · ( d_y − Σd_y/n − x̂·Σ(d_y·x̂)/n ), the second and third term 0 where the moments were given.
@compute @workgroup_size(WORKGROUP)
fn batch_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let j = group.x * WORKGROUP + index;
    let values = run_length() * call.positions;
    if j < values {
        let at = group.y * values + j;
        let g = group_of(j);
        let value = value_at(group.y, g, at);
        let slope = d[at] * slope_at(call.function, call.slope, value.shifted);
        let of_group = kept_group(group.y, g);
        let centred = (slope - kept[of_group + 4u]) - value.x_hat * kept[of_group + 5u];
        result[at] = value.gamma * value.inverse * centred;
    }
}
