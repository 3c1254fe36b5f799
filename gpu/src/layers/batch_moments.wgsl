// First level of the statistics of a batch: mean and Σ(x − mean)² of each chunk, in two passes, the first from the
// chunk's first value on, so that a large mean costs no digits. The second also measures what is left of the mean where
// f32 cannot hold it.
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;

// How far the values j, j + WORKGROUP and so on of a chunk that ends at `end` are from a value, 0 beyond its end. Their
// reads are under way together.
fn distances(feature: u32, g: u32, j: u32, end: u32, shift: f32) -> vec4<f32> {
    let at = places(feature, g, four_from(j, end));
    let four = vec4<f32>(x[at.x], x[at.y], x[at.z], x[at.w]);
    return select(vec4<f32>(0.0), four - shift, are_before(j, end));
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
    var sum = vec4<f32>(0.0);
    for (var j = start + index; j < end; j += APPLY_SPAN) {
        sum += distances(feature, g, j, end, shift);
    }
    let mean = shift + total(sum.x + sum.y + sum.z + sum.w, index) / f32(end - start);
    var rest = vec4<f32>(0.0);
    var squares = vec4<f32>(0.0);
    for (var j = start + index; j < end; j += APPLY_SPAN) {
        let four = distances(feature, g, j, end, mean);
        rest += four;
        squares = fma(four, four, squares);
    }
    let low = total(rest.x + rest.y + rest.z + rest.w, index) / f32(end - start);
    let all = total(squares.x + squares.y + squares.z + squares.w, index);
    if index == 0u {
        let at = partial_place(feature, g, chunk);
        partials[at] = mean;
        partials[at + 1u] = all - f32(end - start) * low * low;
        partials[at + 2u] = low;
    }
}
