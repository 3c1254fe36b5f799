// The heart of a block of attention: scores, softmax and the mixing of values, for every query of every row; and back.
struct Call {
    features: u32,
    steps: u32,
    // Values of one section of q, k and v.
    section: u32,
    scale: f32,
}

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> staged: array<f32>;
@group(0) @binding(3) var<storage, read> qkv: array<f32>;
@group(0) @binding(4) var<storage, read_write> p: array<f32>;
@group(0) @binding(5) var<storage, read_write> o: array<f32>;
// On the way back.
@group(0) @binding(2) var<storage, read> d_o: array<f32>;
@group(0) @binding(4) var<storage, read> kept_p: array<f32>;
@group(0) @binding(5) var<storage, read_write> d_scores: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_qkv: array<f32>;

const Q: u32 = 0u;
const K: u32 = 1u;
const V: u32 = 2u;

fn at(section: u32, feature: u32, t: u32, row: u32) -> u32 {
    return section * call.section + (feature * call.steps + t) * step.rows + row;
}

fn pair(t: u32, s: u32, row: u32) -> u32 {
    return (t * call.steps + s) * step.rows + row;
}

fn keys_of(row: u32) -> u32 {
    if step.lengths_at == NO_PLACE {
        return call.steps;
    }
    return u32(staged[step.lengths_at + row]);
}

@compute @workgroup_size(WORKGROUP)
fn attention_forward(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    if i >= call.steps * step.rows {
        return;
    }
    let t = i / step.rows;
    let row = i % step.rows;
    // A masked step is no key; they are the last ones.
    let keys = keys_of(row);
    var most = -3.0e38;
    for (var s = 0u; s < keys; s++) {
        var score = 0.0;
        for (var f = 0u; f < call.features; f++) {
            score = fma(qkv[at(Q, f, t, row)], qkv[at(K, f, s, row)], score);
        }
        score *= call.scale;
        most = max(most, score);
        p[pair(t, s, row)] = score;
    }
    var sum = 0.0;
    for (var s = 0u; s < keys; s++) {
        let e = exponential(p[pair(t, s, row)] - most);
        p[pair(t, s, row)] = e;
        sum += e;
    }
    for (var s = 0u; s < call.steps; s++) {
        p[pair(t, s, row)] = select(0.0, p[pair(t, s, row)] / sum, s < keys);
    }
    for (var f = 0u; f < call.features; f++) {
        var mix = 0.0;
        for (var s = 0u; s < keys; s++) {
            mix = fma(p[pair(t, s, row)], qkv[at(V, f, s, row)], mix);
        }
        o[at(0u, f, t, row)] = mix;
    }
}

// Gradients of the scores and of q, an invocation a query.
@compute @workgroup_size(WORKGROUP)
fn attention_queries(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    if i >= call.steps * step.rows {
        return;
    }
    let t = i / step.rows;
    let row = i % step.rows;
    var through_sum = 0.0;
    for (var s = 0u; s < call.steps; s++) {
        var d_p = 0.0;
        for (var f = 0u; f < call.features; f++) {
            d_p = fma(d_o[at(0u, f, t, row)], qkv[at(V, f, s, row)], d_p);
        }
        through_sum = fma(kept_p[pair(t, s, row)], d_p, through_sum);
        d_scores[pair(t, s, row)] = d_p;
    }
    for (var s = 0u; s < call.steps; s++) {
        let through = kept_p[pair(t, s, row)] * (d_scores[pair(t, s, row)] - through_sum);
        d_scores[pair(t, s, row)] = call.scale * through;
    }
    for (var f = 0u; f < call.features; f++) {
        var sum = 0.0;
        for (var s = 0u; s < call.steps; s++) {
            sum = fma(d_scores[pair(t, s, row)], qkv[at(K, f, s, row)], sum);
        }
        d_qkv[at(Q, f, t, row)] = sum;
    }
}

// Gradients of k and v, an invocation a key.
@compute @workgroup_size(WORKGROUP)
fn attention_keys(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    if i >= call.steps * step.rows {
        return;
    }
    let s = i / step.rows;
    let row = i % step.rows;
    for (var f = 0u; f < call.features; f++) {
        var d_k = 0.0;
        var d_v = 0.0;
        for (var t = 0u; t < call.steps; t++) {
            d_k = fma(d_scores[pair(t, s, row)], qkv[at(Q, f, t, row)], d_k);
            d_v = fma(kept_p[pair(t, s, row)], d_o[at(0u, f, t, row)], d_v);
        }
        d_qkv[at(K, f, s, row)] = d_k;
        d_qkv[at(V, f, s, row)] = d_v;
    }
}
