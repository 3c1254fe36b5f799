// Normalise, scale, shift and activate in one pass over memory; and the way back, which makes x̂ again instead of
// keeping it: reading x once more costs less than writing and reading x̂. An invocation takes four values, WORKGROUP
// apart, so that their reads are under way together.
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> kept: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
// On the way back: the gradient from above, then the room for partial sums or for the next gradient.
@group(0) @binding(4) var<storage, read> d: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<f32>;

// What the values of a feature in a group have in common.
struct Shared {
    mean: f32,
    low: f32,
    inverse: f32,
    gamma: f32,
    beta: f32,
    // Σd_y/n and Σ(d_y·x̂)/n, 0 where the moments were given.
    mean_back: f32,
    variance_back: f32,
}

fn shared_of(feature: u32, g: u32) -> Shared {
    let of_group = kept_group(feature, g);
    let of_feature = kept_feature(feature);
    return Shared(
        kept[of_group],
        kept[of_group + 6u],
        kept[of_group + 1u],
        kept[of_feature],
        kept[of_feature + 1u],
        kept[of_group + 4u],
        kept[of_group + 5u],
    );
}

// The group of value j of a feature.
fn group_of(j: u32) -> u32 {
    return (j % run_length()) / call.group_rows;
}

fn x_hat_of(its: Shared, value: f32) -> f32 {
    return ((value - its.mean) - its.low) * its.inverse;
}

fn x_at(at: vec4<u32>) -> vec4<f32> {
    return vec4<f32>(x[at.x], x[at.y], x[at.z], x[at.w]);
}

fn d_at(at: vec4<u32>) -> vec4<f32> {
    return vec4<f32>(d[at.x], d[at.y], d[at.z], d[at.w]);
}

@compute @workgroup_size(WORKGROUP)
fn batch_normalize(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let first = group.x * APPLY_SPAN + index;
    let values = run_length() * call.positions;
    let start = group.y * values;
    let input = x_at(start + four_from(first, values));
    var its = shared_of(group.y, 0u);
    for (var k = 0u; k < 4u; k++) {
        let j = first + k * WORKGROUP;
        if j < values {
            if call.most_groups > 1u {
                its = shared_of(group.y, group_of(j));
            }
            y[start + j] = activate(call.function, call.slope, fma(its.gamma, x_hat_of(its, input[k]), its.beta));
        }
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
    let its = shared_of(feature, g);
    var sum = 0.0;
    var product = 0.0;
    for (var j = start + index; j < end; j += APPLY_SPAN) {
        let at = places(feature, g, four_from(j, end));
        let input = x_at(at);
        let above = d_at(at);
        for (var k = 0u; k < 4u && j + k * WORKGROUP < end; k++) {
            let x_hat = x_hat_of(its, input[k]);
            let slope = above[k] * slope_at(call.function, call.slope, fma(its.gamma, x_hat, its.beta));
            sum += slope;
            product = fma(slope, x_hat, product);
        }
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
    let first = group.x * APPLY_SPAN + index;
    let values = run_length() * call.positions;
    let start = group.y * values;
    let at = start + four_from(first, values);
    let input = x_at(at);
    let above = d_at(at);
    var its = shared_of(group.y, 0u);
    for (var k = 0u; k < 4u; k++) {
        let j = first + k * WORKGROUP;
        if j < values {
            if call.most_groups > 1u {
                its = shared_of(group.y, group_of(j));
            }
            let x_hat = x_hat_of(its, input[k]);
            let slope = above[k] * slope_at(call.function, call.slope, fma(its.gamma, x_hat, its.beta));
            let centred = (slope - its.mean_back) - x_hat * its.variance_back;
            result[start + j] = its.gamma * its.inverse * centred;
        }
    }
}
