// First level of the statistics of a batch: mean and Σ(x − mean)² of each chunk, in two passes, the first from the
// chunk's first value on, so that a large mean costs no digits. The second also measures what is left of the mean where
// f32 cannot hold it.
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;

// The values j, j + WORKGROUP and so on of a chunk that ends at `end`, whose reads are under way together.
fn four_values(feature: u32, g: u32, j: u32, end: u32) -> vec4<f32> {
    let at = places(feature, g, four_from(j, end));
    return vec4<f32>(x[at.x], x[at.y], x[at.z], x[at.w]);
}

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
    for (var j = start + index; j < end; j += APPLY_SPAN) {
        let four = four_values(feature, g, j, end);
        for (var k = 0u; k < 4u && j + k * WORKGROUP < end; k++) {
            sum += four[k] - shift;
        }
    }
    let mean = shift + total(sum, index) / f32(end - start);
    var rest = 0.0;
    var squares = 0.0;
    for (var j = start + index; j < end; j += APPLY_SPAN) {
        let four = four_values(feature, g, j, end);
        for (var k = 0u; k < 4u && j + k * WORKGROUP < end; k++) {
            let distance = four[k] - mean;
            rest += distance;
            squares = fma(distance, distance, squares);
        }
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
