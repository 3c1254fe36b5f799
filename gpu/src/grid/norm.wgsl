// Batch Normalization of what a product gave, there and back. A unit's rows are shared by `parts` lanes, each of which
// takes every so-manieth row; every sum is one of their sums in their order.
const NEGLIGIBLE: f32 = 9.094947e-13;

fn all_parts(unit: u32, parts: u32) -> vec2<f32> {
    var sum = vec2<f32>(0.0, 0.0);
    for (var part = 0u; part < parts; part++) {
        sum += partial[unit * parts + part];
    }
    return sum;
}

fn finite_or_0(value: f32) -> f32 {
    return select(value, 0.0, (bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u);
}

// (1 − share)·running + share·new from the nearer of the two, so that neither costs the other's digits.
fn move_average(at: u32, share: f32, value: f32) {
    let running = read_at(at);
    if share > 0.5 {
        write_at(at, fma(running - value, 1.0 - share, value));
    } else {
        write_at(at, fma(value - running, share, running));
    }
}

// The mean is mean + low, as in `kernels/norm/moments.rs`.
struct Moments {
    mean: f32,
    low: f32,
    variance: f32,
}

fn batch_moments(layer: Layer, slice: Slice, lane: u32) -> Moments {
    let unit = lane / layer.parts;
    let part = lane % layer.parts;
    let is_in = unit < layer.outputs;
    let z = layer.z_at + unit * slice.stride;
    let count = f32(slice.rows);
    var centre = 0.0;
    var sum = 0.0;
    if is_in {
        centre = finite_or_0(read_at(z));
        for (var row = part; row < slice.rows; row += layer.parts) {
            sum += read_at(z + row) - centre;
        }
    }
    partial[lane].x = sum;
    barrier();
    let from_centre = all_parts(unit, select(0u, layer.parts, is_in)).x / count;
    let mean = centre + from_centre;
    let low = from_centre - (mean - centre);
    var squares = 0.0;
    if is_in {
        for (var row = part; row < slice.rows; row += layer.parts) {
            let distance = read_at(z + row) - mean;
            squares = fma(distance, distance, squares);
        }
    }
    partial[lane].y = squares;
    barrier();
    let variance = all_parts(unit, select(0u, layer.parts, is_in)).y / count - low * low;
    return Moments(mean, select(0.0, low, low * low > variance * NEGLIGIBLE), variance);
}

// x̂ in place of z, and what the activation makes of γ·x̂ + β.
fn normalize(net: Net, layer: Layer, slice: Slice, step: u32, into: u32, lane: u32) {
    let tracks = layer.running_at != NO_PLACE;
    let unit = lane / layer.parts;
    let part = lane % layer.parts;
    let of_mean = net.buffers_at + layer.running_at + unit;
    let of_variance = of_mean + layer.outputs;
    var moments = Moments(0.0, 0.0, 1.0);
    if tracks && slice.freezes_statistics == 1u {
        if unit < layer.outputs {
            moments = Moments(read_at(of_mean), 0.0, read_at(of_variance));
        }
    } else {
        moments = batch_moments(layer, slice, lane);
    }
    if unit >= layer.outputs {
        return;
    }
    let scale = 1.0 / sqrt(moments.variance + layer.epsilon);
    let offset = moments.low * scale;
    if part == 0u {
        write_at(layer.inverse_at + unit, scale);
        if tracks && slice.freezes_statistics == 0u {
            let share = numbers[slice.numbers_at + 3u * step + 2u];
            let unbias = select(slice.unbias, 1.0, layer.keeps_bias == 1u);
            move_average(of_mean, share, moments.mean);
            move_average(of_variance, share, moments.variance * unbias);
        }
    }
    let gamma = gamma_of(net, layer, unit);
    let beta = beta_of(net, layer, unit);
    let z = layer.z_at + unit * slice.stride;
    for (var row = part; row < slice.rows; row += layer.parts) {
        let x_hat = (read_at(z + row) - moments.mean) * scale - offset;
        write_at(z + row, x_hat);
        write_at(into + unit * slice.stride + row, activate(layer.function, layer.slope, fma(gamma, x_hat, beta)));
    }
}

// Σd and Σd·x̂ of the rows of each lane.
fn sums_of_back(layer: Layer, slice: Slice, d_at: u32, lane: u32) {
    let unit = lane / layer.parts;
    var sums = vec2<f32>(0.0, 0.0);
    if unit < layer.outputs {
        let place = unit * slice.stride;
        for (var row = lane % layer.parts; row < slice.rows; row += layer.parts) {
            let d = read_at(d_at + place + row);
            sums.x += d;
            sums.y = fma(d, read_at(layer.z_at + place + row), sums.y);
        }
    }
    partial[lane] = sums;
}

// d_x = γ/√(σ² + ε) · ( d_y − Σd_y/N − x̂·Σ(d_y·x̂)/N ) in place of d_y.
fn back_normalize(layer: Layer, slice: Slice, d_at: u32, gamma: f32, lane: u32) {
    let unit = lane / layer.parts;
    if unit >= layer.outputs {
        return;
    }
    let part = lane % layer.parts;
    let sums = all_parts(unit, layer.parts);
    let scale = gamma * read_at(layer.inverse_at + unit);
    var through = sums / f32(slice.rows);
    if layer.running_at != NO_PLACE && slice.freezes_statistics == 1u {
        through = vec2<f32>(0.0, 0.0);
    }
    let place = unit * slice.stride;
    for (var row = part; row < slice.rows; row += layer.parts) {
        let d = read_at(d_at + place + row);
        let x_hat = read_at(layer.z_at + place + row);
        write_at(d_at + place + row, scale * ((d - through.x) - x_hat * through.y));
    }
}

// The updates of γ and β of any normalisation, from the sums of all lanes.
fn learn_norm(net: Net, layer: Layer, slice: Slice, step: u32, lane: u32) {
    let unit = lane / layer.parts;
    if unit >= layer.outputs || lane % layer.parts != 0u {
        return;
    }
    let sums = all_parts(unit, layer.parts);
    if layer.gamma_at != NO_PLACE {
        learn_unless_frozen(net, slice, step, layer.gamma_at + unit, sums.y);
    }
    if layer.beta_at != NO_PLACE {
        learn_unless_frozen(net, slice, step, layer.beta_at + unit, sums.x);
    }
}

fn learn_unless_frozen(net: Net, slice: Slice, step: u32, place: u32, gradient: f32) {
    if slice.freezes_affine == 1u {
        tell_gradient(net, slice, step, place, gradient);
    } else {
        learn(net, slice, step, place, gradient);
    }
}
