// y = W·x + b and the activation behind it, there and back. A lane takes one unit and four rows at a time, so that a
// weight is read once for four products.
fn gamma_of(net: Net, layer: Layer, unit: u32) -> f32 {
    if layer.gamma_at == NO_PLACE || unit >= layer.outputs {
        return 1.0;
    }
    return read_at(net.parameters_at + layer.gamma_at + unit);
}

fn beta_of(net: Net, layer: Layer, unit: u32) -> f32 {
    if layer.beta_at == NO_PLACE {
        return 0.0;
    }
    return read_at(net.parameters_at + layer.beta_at + unit);
}

// Four rows, a quarter of the batch apart; the last of them may be beyond its end.
fn four_rows(first: u32, rows: u32) -> vec4<u32> {
    return vec4<u32>(0u, 1u, 2u, 3u) * ((rows + 3u) / 4u) + vec4<u32>(first);
}

fn read_4(at: u32, rows: vec4<u32>) -> vec4<f32> {
    return vec4<f32>(read_at(at + rows.x), read_at(at + rows.y), read_at(at + rows.z), read_at(at + rows.w));
}

// In loops, not written out: a program with each activation four times over takes a driver seconds to compile.
fn write_4(at: u32, rows: vec4<u32>, end: u32, values: vec4<f32>) {
    for (var k = 0u; k < 4u && rows[k] < end; k++) {
        write_at(at + rows[k], values[k]);
    }
}

fn write_activated(layer: Layer, at: u32, rows: vec4<u32>, end: u32, values: vec4<f32>) {
    for (var k = 0u; k < 4u && rows[k] < end; k++) {
        write_at(at + rows[k], activate(layer.function, layer.slope, values[k]));
    }
}

// Gives z and, where nothing normalises it, what the activation makes of it.
fn affine(net: Net, layer: Layer, slice: Slice, from_at: u32, into: u32, lane: u32) {
    let quarter = (slice.rows + 3u) / 4u;
    for (var i = lane; i < layer.outputs * quarter; i += LANES) {
        let unit = i / quarter;
        let rows = four_rows(i % quarter, slice.rows);
        let read_rows = min(rows, vec4<u32>(slice.rows - 1u));
        let weights = net.parameters_at + layer.weights_at + unit * layer.inputs;
        var sum = vec4<f32>(0.0);
        if layer.bias_at != NO_PLACE {
            sum = vec4<f32>(read_at(net.parameters_at + layer.bias_at + unit));
        }
        for (var k = 0u; k < layer.inputs; k++) {
            sum = fma(vec4<f32>(read_at(weights + k)), read_4(from_at + k * slice.stride, read_rows), sum);
        }
        let place = unit * slice.stride;
        write_4(layer.z_at + place, rows, slice.rows, sum);
        if layer.norm == NORM_NONE && layer.is_output == 0u {
            write_activated(layer, into + place, rows, slice.rows, sum);
        }
    }
}

// From the gradient towards what a layer gave to that towards what the activation before it was given; what that
// activation gave is made again, for the weights' gradients.
fn back_through(net: Net, layer: Layer, before: Layer, slice: Slice, d_at: u32, d_next: u32, lane: u32) {
    let quarter = (slice.rows + 3u) / 4u;
    for (var i = lane; i < layer.inputs * quarter; i += LANES) {
        let unit = i / quarter;
        let rows = four_rows(i % quarter, slice.rows);
        let read_rows = min(rows, vec4<u32>(slice.rows - 1u));
        let weights = net.parameters_at + layer.weights_at + unit;
        var sum = vec4<f32>(0.0);
        for (var k = 0u; k < layer.outputs; k++) {
            let weight = vec4<f32>(read_at(weights + k * layer.inputs));
            sum = fma(weight, read_4(d_at + k * slice.stride, read_rows), sum);
        }
        let place = unit * slice.stride;
        var value = read_4(before.z_at + place, read_rows);
        if before.norm != NORM_NONE {
            let gamma = vec4<f32>(gamma_of(net, before, unit));
            value = fma(gamma, value, vec4<f32>(beta_of(net, before, unit)));
        }
        write_activated(before, net.y_at + place, rows, slice.rows, value);
        for (var k = 0u; k < 4u && rows[k] < slice.rows; k++) {
            let slope = slope_at(before.function, before.slope, value[k]);
            write_at(d_next + place + rows[k], sum[k] * slope);
        }
    }
}

// Σ over the rows of d·x, or of d alone.
fn product_over_rows(d: u32, x: u32, has_x: bool, rows: u32) -> f32 {
    var sum = vec4<f32>(0.0);
    var row = 0u;
    for (; row + 4u <= rows; row += 4u) {
        let four = vec4<u32>(row, row + 1u, row + 2u, row + 3u);
        var factor = vec4<f32>(1.0);
        if has_x {
            factor = read_4(x, four);
        }
        sum = fma(read_4(d, four), factor, sum);
    }
    var rest = 0.0;
    for (; row < rows; row++) {
        var factor = 1.0;
        if has_x {
            factor = read_at(x + row);
        }
        rest = fma(read_at(d + row), factor, rest);
    }
    return ((sum.x + sum.y) + (sum.z + sum.w)) + rest;
}

// Gradients of weights and biases, and their update.
fn learn_affine(net: Net, layer: Layer, slice: Slice, step: u32, x_at: u32, d_at: u32, lane: u32) {
    let weights = layer.inputs * layer.outputs;
    for (var i = lane; i < weights; i += LANES) {
        let d = d_at + i / layer.inputs * slice.stride;
        let x = x_at + i % layer.inputs * slice.stride;
        learn(net, slice, step, layer.weights_at + i, product_over_rows(d, x, true, slice.rows));
    }
    if layer.bias_at == NO_PLACE {
        return;
    }
    for (var i = lane; i < layer.outputs; i += LANES) {
        let gradient = product_over_rows(d_at + i * slice.stride, 0u, false, slice.rows);
        learn(net, slice, step, layer.bias_at + i, gradient);
    }
}
