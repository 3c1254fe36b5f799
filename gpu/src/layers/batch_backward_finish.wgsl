// Second level of the way back: d_β and d_γ, and the two ways through mean and variance of each group.
@group(0) @binding(2) var<storage, read> partials: array<f32>;
@group(0) @binding(3) var<storage, read_write> kept: array<f32>;
@group(0) @binding(4) var<storage, read_write> gradients: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn batch_backward_finish(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let feature = linear(group, groups, index);
    if feature >= call.features {
        return;
    }
    var d_beta = 0.0;
    var d_gamma = 0.0;
    for (var g = 0u; g < groups_now(); g++) {
        var sum = 0.0;
        var product = 0.0;
        for (var chunk = 0u; chunk < chunks_of(g); chunk++) {
            let at = partial_place(feature, g, chunk);
            sum += partials[at];
            product += partials[at + 1u];
        }
        d_beta += sum;
        d_gamma += product;
        let values = f32(rows_of(g) * call.positions);
        let at = kept_group(feature, g);
        kept[at + 4u] = select(0.0, sum / values, uses_batch());
        kept[at + 5u] = select(0.0, product / values, uses_batch());
    }
    if has(LEARNED) {
        let at = kept_feature(feature);
        // Of Batch Renormalization γ′ = γ·r and β′ = γ·d + β; else r is 1 and d is 0.
        gradients[call.gradients_at + feature] = kept[at + 2u] * d_gamma + kept[at + 3u] * d_beta;
        gradients[call.gradients_at + call.features + feature] = d_beta;
    }
}
