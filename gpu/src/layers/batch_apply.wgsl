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

fn x_hat_of(its: Shared, values: vec4<f32>) -> vec4<f32> {
    return ((values - its.mean) - its.low) * its.inverse;
}

fn shifted_of(its: Shared, x_hat: vec4<f32>) -> vec4<f32> {
    return fma(vec4<f32>(its.gamma), x_hat, vec4<f32>(its.beta));
}

fn x_at(at: vec4<u32>) -> vec4<f32> {
    return vec4<f32>(x[at.x], x[at.y], x[at.z], x[at.w]);
}

// The gradient of γ·x̂ + β.
fn slopes(at: vec4<u32>, shifted: vec4<f32>) -> vec4<f32> {
    let above = vec4<f32>(d[at.x], d[at.y], d[at.z], d[at.w]);
    let f = call.function;
    return above * vec4<f32>(
        slope_at(f, call.slope, shifted.x),
        slope_at(f, call.slope, shifted.y),
        slope_at(f, call.slope, shifted.z),
        slope_at(f, call.slope, shifted.w),
    );
}

fn normalized(its: Shared, at: vec4<u32>) -> vec4<f32> {
    let shifted = shifted_of(its, x_hat_of(its, x_at(at)));
    let f = call.function;
    return vec4<f32>(
        activate(f, call.slope, shifted.x),
        activate(f, call.slope, shifted.y),
        activate(f, call.slope, shifted.z),
        activate(f, call.slope, shifted.w),
    );
}

// d_x = γ/√(σ² + ε) · ( d_y − Σd_y/n − x̂·Σ(d_y·x̂)/n ), the second and third term 0 where the moments were given.
fn sent_back(its: Shared, at: vec4<u32>) -> vec4<f32> {
    let x_hat = x_hat_of(its, x_at(at));
    let slope = slopes(at, shifted_of(its, x_hat));
    return its.gamma * its.inverse * ((slope - its.mean_back) - x_hat * its.variance_back);
}

// Batch Normalization's values share all; those of Ghost Batch Normalization what their groups share.
@compute @workgroup_size(WORKGROUP)
fn batch_normalize(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let values = run_length() * call.positions;
    let start = group.y * values;
    let at = start + four_from(group.x * APPLY_SPAN + index, values);
    let is_there = are_before(group.x * APPLY_SPAN + index, values);
    var four: vec4<f32>;
    if call.most_groups == 1u {
        four = normalized(shared_of(group.y, 0u), at);
    } else {
        four.x = normalized(shared_of(group.y, group_of(at.x - start)), at).x;
        four.y = normalized(shared_of(group.y, group_of(at.y - start)), at).y;
        four.z = normalized(shared_of(group.y, group_of(at.z - start)), at).z;
        four.w = normalized(shared_of(group.y, group_of(at.w - start)), at).w;
    }
    if is_there.x { y[at.x] = four.x; }
    if is_there.y { y[at.y] = four.y; }
    if is_there.z { y[at.z] = four.z; }
    if is_there.w { y[at.w] = four.w; }
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
    var sum = vec4<f32>(0.0);
    var product = vec4<f32>(0.0);
    for (var j = start + index; j < end; j += APPLY_SPAN) {
        let at = places(feature, g, four_from(j, end));
        let x_hat = x_hat_of(its, x_at(at));
        let slope = select(vec4<f32>(0.0), slopes(at, shifted_of(its, x_hat)), are_before(j, end));
        sum += slope;
        product = fma(slope, x_hat, product);
    }
    let sums = total(sum.x + sum.y + sum.z + sum.w, index);
    let products = total(product.x + product.y + product.z + product.w, index);
    if index == 0u {
        let into = partial_place(feature, g, group.x);
        result[into] = sums;
        result[into + 1u] = products;
    }
}

@compute @workgroup_size(WORKGROUP)
fn batch_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let values = run_length() * call.positions;
    let start = group.y * values;
    let at = start + four_from(group.x * APPLY_SPAN + index, values);
    let is_there = are_before(group.x * APPLY_SPAN + index, values);
    var four: vec4<f32>;
    if call.most_groups == 1u {
        four = sent_back(shared_of(group.y, 0u), at);
    } else {
        four.x = sent_back(shared_of(group.y, group_of(at.x - start)), at).x;
        four.y = sent_back(shared_of(group.y, group_of(at.y - start)), at).y;
        four.z = sent_back(shared_of(group.y, group_of(at.z - start)), at).z;
        four.w = sent_back(shared_of(group.y, group_of(at.w - start)), at).w;
    }
    if is_there.x { result[at.x] = four.x; }
    if is_there.y { result[at.y] = four.y; }
    if is_there.z { result[at.z] = four.z; }
    if is_there.w { result[at.w] = four.w; }
}
