// Second level: the chunks together (Chan, Golub and LeVeque 1979), in their order.
struct Call {
    units: u32,
    transform: u32,
    features: u32,
    positions: u32,
    most_groups: u32,
    group_rows: u32,
    limit: f32,
    at: u32,
}

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> partials: array<f32>;
@group(0) @binding(3) var<storage, read_write> results: array<u32>;

@compute @workgroup_size(1)
fn histogram_finish() {
    let values = call.units * step.rows;
    let chunks = (values + MOMENTS_CHUNK - 1u) / MOMENTS_CHUNK;
    var mean = partials[0];
    var squares = partials[1];
    var least = partials[2];
    var greatest = partials[3];
    var seen = f32(min(values, MOMENTS_CHUNK));
    for (var chunk = 1u; chunk < chunks; chunk++) {
        let at = chunk * 4u;
        let more = f32(min(values - chunk * MOMENTS_CHUNK, MOMENTS_CHUNK));
        let distance = partials[at] - mean;
        let together = seen + more;
        mean += distance * (more / together);
        squares += partials[at + 1u] + distance * distance * (seen * more / together);
        seen = together;
        least = min(least, partials[at + 2u]);
        greatest = max(greatest, partials[at + 3u]);
    }
    // No finite value at all.
    if least > greatest {
        least = 0.0;
        greatest = 0.0;
    }
    results[call.at] = bitcast<u32>(mean);
    results[call.at + 1u] = bitcast<u32>(sqrt(squares / f32(values)));
    results[call.at + 2u] = bitcast<u32>(least);
    results[call.at + 3u] = bitcast<u32>(greatest);
}
