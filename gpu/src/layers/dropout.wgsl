// Inverted dropout with the very masks of `rng.rs`: SplitMix64 counts, so every invocation makes its own number.
struct Call {
    per_row: u32,
    // A number is kept where it is not below p·2⁵³.
    bound_low: u32,
    bound_high: u32,
    factor: f32,
    seed_low: u32,
    seed_high: u32,
}

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// A number of 64 bits: low half, high half.
fn add(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}

fn times(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let a_0 = a.x & 0xffffu;
    let a_1 = a.x >> 16u;
    let b_0 = b.x & 0xffffu;
    let b_1 = b.x >> 16u;
    let low = a_0 * b_0;
    let middle = a_1 * b_0 + (low >> 16u);
    let other = a_0 * b_1 + (middle & 0xffffu);
    let high = a_1 * b_1 + (middle >> 16u) + (other >> 16u);
    return vec2<u32>(a.x * b.x, high + a.x * b.y + a.y * b.x);
}

fn shifted(a: vec2<u32>, by: u32) -> vec2<u32> {
    return vec2<u32>((a.x >> by) | (a.y << (32u - by)), a.y >> by);
}

fn mixed(state: vec2<u32>) -> vec2<u32> {
    var z = times(state ^ shifted(state, 30u), vec2<u32>(0x1ce4e5b9u, 0xbf58476du));
    z = times(z ^ shifted(z, 27u), vec2<u32>(0x133111ebu, 0x94d049bbu));
    return z ^ shifted(z, 31u);
}

const GOLDEN: vec2<u32> = vec2<u32>(0x7f4a7c15u, 0x9e3779b9u);

// `Rng::new(seed, "dropout")`.
fn stream(seed: vec2<u32>) -> vec2<u32> {
    var hash = vec2<u32>(0x84222325u, 0xcbf29ce4u) ^ times(seed, GOLDEN);
    var word = array<u32, 7>(100u, 114u, 111u, 112u, 111u, 117u, 116u);
    for (var i = 0u; i < 7u; i++) {
        hash = times(vec2<u32>(hash.x ^ word[i], hash.y), vec2<u32>(0x000001b3u, 0x00000100u));
    }
    return mixed(add(hash, GOLDEN));
}

@compute @workgroup_size(WORKGROUP)
fn dropout(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    if i >= extent(0u, call.per_row) {
        return;
    }
    if step.mode != MODE_TRAIN {
        y[i] = x[i];
        return;
    }
    let seed = add(vec2<u32>(call.seed_low, call.seed_high), vec2<u32>(step.updates_low, step.updates_high));
    let draw = mixed(add(stream(seed), times(GOLDEN, vec2<u32>(i + 1u, 0u))));
    let number = shifted(draw, 11u);
    let is_below = number.y < call.bound_high || (number.y == call.bound_high && number.x < call.bound_low);
    // A product, so that what is no number is none however the draw falls.
    y[i] = x[i] * select(call.factor, 0.0, is_below);
}
