// The losses: a term of every row and its gradient, in place of the output; then the sum of the terms in one fixed order.
const BINARY_CROSS_ENTROPY: u32 = 0u;
const CROSS_ENTROPY: u32 = 1u;

fn binary_term(at: u32, label: f32, scale: f32) -> f32 {
    let value = read_at(at);
    let e = exponential(-abs(value));
    let sigmoid = select(e, 1.0, value > 0.0) / (1.0 + e);
    write_at(at, scale * (sigmoid - label));
    return max(value, 0.0) - label * value + ln_1p_of_fraction(e);
}

fn class_term(at: u32, layer: Layer, stride: u32, label: u32, scale: f32) -> f32 {
    var most = read_at(at);
    for (var k = 1u; k < layer.outputs; k++) {
        most = max(most, read_at(at + k * stride));
    }
    let of_label = read_at(at + label * stride) - most;
    var sum = 0.0;
    for (var k = 0u; k < layer.outputs; k++) {
        let e = exponential(read_at(at + k * stride) - most);
        write_at(at + k * stride, e);
        sum += e;
    }
    for (var k = 0u; k < layer.outputs; k++) {
        let share = read_at(at + k * stride) * (scale / sum);
        write_at(at + k * stride, share - select(0.0, scale, k == label));
    }
    return logarithm(sum) - of_label;
}

// Half the squared error from −1 or 1, mean over all outputs.
fn squared_term(at: u32, layer: Layer, stride: u32, label: f32, scale: f32) -> f32 {
    let share = scale / f32(layer.outputs);
    var sum = 0.0;
    for (var k = 0u; k < layer.outputs; k++) {
        let distance = read_at(at + k * stride) - (2.0 * label - 1.0);
        write_at(at + k * stride, distance * share);
        sum += 0.5 * distance * distance;
    }
    return sum / f32(layer.outputs);
}

fn loss(net: Net, layer: Layer, slice: Slice, step: u32, lane: u32) {
    let scale = 1.0 / f32(slice.rows);
    var terms = 0.0;
    for (var row = lane; row < slice.rows; row += LANES) {
        let label = data[net.labels_at + order[slice.order_at + step * slice.rows + row]];
        let at = layer.z_at + row;
        switch net.objective {
            case BINARY_CROSS_ENTROPY: {
                terms += binary_term(at, label, scale);
            }
            case CROSS_ENTROPY: {
                terms += class_term(at, layer, slice.stride, u32(label), scale);
            }
            default: {
                terms += squared_term(at, layer, slice.stride, label, scale);
            }
        }
    }
    partial[lane].x = terms;
}

// One lane's work.
fn add_up(slice: Slice, step: u32) {
    var sum = 0.0;
    // Lanes without a row brought 0.
    for (var lane = 0u; lane < min(slice.rows, LANES); lane += 4u) {
        let first = partial[lane].x + partial[lane + 1u].x;
        sum += first + (partial[lane + 2u].x + partial[lane + 3u].x);
    }
    let mean = sum / f32(slice.rows);
    losses[slice.losses_at + step] = mean;
    losses[slice.done_at] = f32(step + 1u);
    // Infinities and what is no number.
    if (bitcast<u32>(mean) & 0x7f800000u) == 0x7f800000u {
        has_ended = 1u;
    }
}
