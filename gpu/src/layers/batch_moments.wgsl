// First level of the statistics of a batch: mean and Σ(x − mean)² of each chunk, in two passes, the first from the
// chunk's first value on, so that a large mean costs no digits.
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn batch_moments(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let chunk = group.x;
    let g = group.y;
    let feature = group.z;
    let values = rows_of(g) * call.positions;
    let start = chunk * MOMENTS_CHUNK;
    let end = min(values, start + MOMENTS_CHUNK);
    if start >= end {
        return;
    }
    let shift = x[place(feature, g, start)];
    var sum = 0.0;
    for (var j = start + index; j < end; j += WORKGROUP) {
        sum += x[place(feature, g, j)] - shift;
    }
    let mean = shift + total(sum, index) / f32(end - start);
    var squares = 0.0;
    for (var j = start + index; j < end; j += WORKGROUP) {
        let distance = x[place(feature, g, j)] - mean;
        squares = fma(distance, distance, squares);
    }
    let all = total(squares, index);
    if index == 0u {
        let at = partial_place(feature, g, chunk);
        partials[at] = mean;
        partials[at + 1u] = all;
    }
}
