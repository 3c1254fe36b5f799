// One update of every parameter, as `kernels/optimizer.rs` makes it; its constants were formed in f64.
struct Call {
    parameters: u32,
}

const SGD: u32 = 0u;
const SGD_WITH_VELOCITY: u32 = 1u;

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> gradients: array<f32>;
// 1 for every γ and β of a normalisation.
@group(0) @binding(3) var<storage, read> is_affine: array<f32>;
@group(0) @binding(4) var<storage, read_write> parameters: array<f32>;
// The first memory of every parameter, then the second.
@group(0) @binding(5) var<storage, read_write> memory: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn update(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let i = linear(group, groups, index);
    if i >= call.parameters {
        return;
    }
    if (step.frozen & FROZEN_AFFINE) != 0u && is_affine[i] != 0.0 {
        return;
    }
    let w = parameters[i];
    let g = fma(step.joined, w, gradients[i]);
    switch step.rule {
        case SGD: {
            parameters[i] = w - step.rate * g;
        }
        case SGD_WITH_VELOCITY: {
            let v = fma(step.keep_1, memory[i], g);
            memory[i] = v;
            let move_by = select(v, fma(step.keep_1, v, g), step.nesterov == 1u);
            parameters[i] = w - step.rate * move_by;
        }
        default: {
            let second = call.parameters + i;
            let m = fma(step.keep_1, memory[i], step.new_1 * g);
            let v = fma(step.keep_2, memory[second], step.new_2 * (g * g));
            memory[i] = m;
            memory[second] = v;
            parameters[i] = w * step.shrink - step.step_size * (m / (sqrt(v) * step.root + step.epsilon));
        }
    }
}
