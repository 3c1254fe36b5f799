// Second level: the chunks of each group together (Chan, Golub and LeVeque 1979), in their order; then the running
// averages, the corrections of Batch Renormalization and the γ and β in force. An invocation a feature.
@group(0) @binding(2) var<storage, read> partials: array<f32>;
@group(0) @binding(3) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> buffers: array<f32>;
@group(0) @binding(5) var<storage, read_write> kept: array<f32>;

// The mean is mean + low.
struct Moments {
    mean: f32,
    low: f32,
    variance: f32,
}

fn pooled(feature: u32, g: u32) -> Moments {
    let values = rows_of(g) * call.positions;
    let chunks = chunks_of(g);
    let first = partial_place(feature, g, 0u);
    let mean = partials[first];
    var squares = partials[first + 1u];
    var low = partials[first + 2u];
    var seen = f32(min(values, MOMENTS_CHUNK));
    for (var chunk = 1u; chunk < chunks; chunk++) {
        let at = partial_place(feature, g, chunk);
        let more = f32(min(values - chunk * MOMENTS_CHUNK, MOMENTS_CHUNK));
        let distance = (partials[at] - mean) + (partials[at + 2u] - low);
        let together = seen + more;
        low += distance * (more / together);
        squares += partials[at + 1u] + distance * distance * (seen * more / together);
        seen = together;
    }
    return Moments(mean, low, squares / f32(values));
}

fn clipped(value: f32, low: f32, high: f32) -> f32 {
    return select(select(value, high, value > high), low, value < low);
}

fn new_share(g: u32) -> f32 {
    if call.share >= 0.0 {
        return call.share;
    }
    let tracked = max(step.tracked - 1.0, 0.0) * f32(groups_now()) + f32(g + 1u);
    return 1.0 / tracked;
}

@compute @workgroup_size(WORKGROUP)
fn batch_finish(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let feature = linear(group, groups, index);
    if feature >= call.features {
        return;
    }
    let of_mean = call.buffers_at + feature;
    let of_spread = of_mean + call.features;
    var running_mean = 0.0;
    var running_spread = 1.0;
    if has(TRACKS) {
        running_mean = buffers[of_mean];
        running_spread = buffers[of_spread];
    }
    var running_deviation = sqrt(running_spread + call.epsilon);
    if has(RUNNING_IS_DEVIATION) {
        running_deviation = running_spread;
    }
    let moves = has(TRACKS) && !freezes_statistics() && step.mode == MODE_TRAIN;
    var r = 1.0;
    var d = 0.0;
    for (var g = 0u; g < groups_now(); g++) {
        let moments = pooled(feature, g);
        let deviation = sqrt(moments.variance + call.epsilon);
        let at = kept_group(feature, g);
        let mean = moments.mean + moments.low;
        kept[at + 2u] = mean;
        kept[at + 3u] = moments.variance;
        if uses_batch() {
            kept[at] = moments.mean;
            kept[at + 6u] = moments.low;
            kept[at + 1u] = 1.0 / deviation;
        } else {
            kept[at] = running_mean;
            kept[at + 6u] = 0.0;
            kept[at + 1u] = 1.0 / running_deviation;
        }
        if has(RENORMALISES) && uses_batch() && step.mode == MODE_TRAIN {
            let done = max(f32(step.updates_low) - call.opens_from, 0.0);
            let open = min(done / max(call.opens_to - call.opens_from, 1.0), 1.0);
            let r_max = 1.0 + open * (call.r_max - 1.0);
            let d_max = open * call.d_max;
            r = clipped(deviation / running_deviation, 1.0 / r_max, r_max);
            d = clipped(((moments.mean - running_mean) + moments.low) / running_deviation, -d_max, d_max);
        }
        if moves {
            let share = new_share(g);
            let values = f32(rows_of(g) * call.positions);
            var spread = moments.variance;
            if has(RUNNING_IS_DEVIATION) {
                spread = deviation;
            } else if !has(BIASED_RUNNING) {
                spread *= values / (values - 1.0);
            }
            // From the nearer of the two, so that neither costs the other's digits.
            if share > 0.5 {
                running_mean = mean + (1.0 - share) * (running_mean - mean);
                running_spread = spread + (1.0 - share) * (running_spread - spread);
            } else {
                running_mean += share * (mean - running_mean);
                running_spread += share * (spread - running_spread);
            }
        }
    }
    if moves {
        buffers[of_mean] = running_mean;
        buffers[of_spread] = running_spread;
    }
    var gamma = 1.0;
    var beta = 0.0;
    if has(LEARNED) {
        gamma = parameters[call.parameters_at + feature];
        beta = parameters[call.parameters_at + call.features + feature];
    } else if has(FROZEN) {
        gamma = buffers[call.frozen_at + feature];
        beta = buffers[call.frozen_at + call.features + feature];
    }
    let at = kept_feature(feature);
    kept[at] = gamma * r;
    kept[at + 1u] = gamma * d + beta;
    kept[at + 2u] = r;
    kept[at + 3u] = d;
}
