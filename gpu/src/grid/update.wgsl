// One update of one parameter, as `kernels/optimizer.rs` makes it; its constants were formed in f64.
const SGD: u32 = 0u;
const SGD_WITH_VELOCITY: u32 = 1u;

// Those of the last step are told.
fn tell_gradient(net: Net, slice: Slice, step: u32, place: u32, gradient: f32) {
    if step + 1u == slice.steps {
        room[net.room_at + 3u * net.parameters + place] = gradient;
    }
}

// `place` among the network's parameters, and the gradient there.
fn learn(net: Net, slice: Slice, step: u32, place: u32, gradient: f32) {
    tell_gradient(net, slice, step, place, gradient);
    let at = net.parameters_at + place;
    let first = net.memory_at + place;
    let w = read_at(at);
    let g = fma(slice.joined, w, gradient);
    switch slice.rule {
        case SGD: {
            write_at(at, w - slice.rate * g);
        }
        case SGD_WITH_VELOCITY: {
            let v = fma(slice.keep_1, read_at(first), g);
            write_at(first, v);
            let move_by = select(v, fma(slice.keep_1, v, g), slice.nesterov == 1u);
            write_at(at, w - slice.rate * move_by);
        }
        default: {
            let second = first + net.parameters;
            let m = fma(slice.keep_1, read_at(first), slice.new_1 * g);
            let v = fma(slice.keep_2, read_at(second), slice.new_2 * (g * g));
            write_at(first, m);
            write_at(second, v);
            let step_size = numbers[slice.numbers_at + 3u * step];
            let root = numbers[slice.numbers_at + 3u * step + 1u];
            write_at(at, w * slice.shrink - step_size * (m / (sqrt(v) * root + slice.epsilon)));
        }
    }
}
