// First level of the statistics of a batch: mean and Σ(x − mean)² of each chunk, in two passes, the first from the
// chunk's first value on, so that a large mean costs no digits. The second also measures what is left of the mean where
// f32 cannot hold it.
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
    var rest = 0.0;
    var squares = 0.0;
    for (var j = start + index; j < end; j += WORKGROUP) {
        let distance = x[place(feature, g, j)] - mean;
        rest += distance;
        squares = fma(distance, distance, squares);
    }
    let low = total(rest, index) / f32(end - start);
    let all = total(squares, index);
    if index == 0u {
        let at = partial_place(feature, g, chunk);
        partials[at] = mean;
        partials[at + 1u] = all - f32(end - start) * low * low;
        partials[at + 2u] = low;
    }
}
