// Normalisations within each row, of groups of neighbouring units, there and back. A lane takes a group of a row.
fn normalize_rows(net: Net, layer: Layer, slice: Slice, into: u32, lane: u32) {
    let runs = layer.outputs / layer.groups;
    let count = f32(runs);
    for (var i = lane; i < layer.groups * slice.rows; i += LANES) {
        let first = i / slice.rows * runs;
        let place = first * slice.stride + i % slice.rows;
        var mean = 0.0;
        if layer.centres == 1u {
            let centre = finite_or_0(read_at(layer.z_at + place));
            var sum = 0.0;
            for (var run = 0u; run < runs; run++) {
                sum += read_at(layer.z_at + place + run * slice.stride) - centre;
            }
            mean = centre + sum / count;
        }
        var rest = 0.0;
        var squares = 0.0;
        for (var run = 0u; run < runs; run++) {
            let distance = read_at(layer.z_at + place + run * slice.stride) - mean;
            rest += distance;
            squares = fma(distance, distance, squares);
        }
        // What is left of a mean that f32 cannot hold.
        let low = select(0.0, rest / count, layer.centres == 1u);
        let scale = 1.0 / sqrt(squares / count - low * low + layer.epsilon);
        write_at(layer.inverse_at + i / slice.rows * slice.stride + i % slice.rows, scale);
        for (var run = 0u; run < runs; run++) {
            let at = place + run * slice.stride;
            let x_hat = ((read_at(layer.z_at + at) - mean) - low) * scale;
            write_at(layer.z_at + at, x_hat);
            let value = fma(gamma_of(net, layer, first + run), x_hat, beta_of(net, layer, first + run));
            write_at(into + at, activate(layer.function, layer.slope, value));
        }
    }
}

// d_x = 1/√(σ² + ε) · ( g − Σg/M − x̂·Σ(g·x̂)/M ) with g = γ·d_y, in place of d_y.
fn back_normalize_rows(net: Net, layer: Layer, slice: Slice, d_at: u32, lane: u32) {
    let runs = layer.outputs / layer.groups;
    for (var i = lane; i < layer.groups * slice.rows; i += LANES) {
        let first = i / slice.rows * runs;
        let place = first * slice.stride + i % slice.rows;
        var sums = vec2<f32>(0.0, 0.0);
        for (var run = 0u; run < runs; run++) {
            let at = place + run * slice.stride;
            let g = gamma_of(net, layer, first + run) * read_at(d_at + at);
            sums.x += g;
            sums.y = fma(g, read_at(layer.z_at + at), sums.y);
        }
        let through = sums / f32(runs) * vec2<f32>(f32(layer.centres), 1.0);
        let scale = read_at(layer.inverse_at + i / slice.rows * slice.stride + i % slice.rows);
        for (var run = 0u; run < runs; run++) {
            let at = place + run * slice.stride;
            let g = gamma_of(net, layer, first + run) * read_at(d_at + at);
            write_at(d_at + at, scale * ((g - through.x) - read_at(layer.z_at + at) * through.y));
        }
    }
}
