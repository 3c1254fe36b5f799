// The mean of the rows' terms, into the place of this step.
@group(0) @binding(2) var<storage, read> terms: array<f32>;
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn loss_sum(@builtin(local_invocation_index) index: u32) {
    var sum = 0.0;
    for (var row = index; row < step.rows; row += WORKGROUP) {
        sum += terms[row];
    }
    let all = total(sum, index);
    if index == 0u {
        losses[step.slot] = all / f32(step.rows);
    }
}
