// d_x[c][q][n] = Σ_k Σ_t W[k][c][t]·d_y[k][p: p∘t = q][n] as a product: a are the parameters, b is d_y.
fn split() -> u32 {
    return NO_PLACE;
}

fn sizes() -> vec3<u32> {
    return vec3<u32>(call.inputs, call.outputs * PLACES, call.height * call.width * step.rows);
}

fn load_a(m: u32, k: u32) -> f32 {
    return a[call.weight_at + ((k / PLACES) * call.inputs + m) * PLACES + k % PLACES];
}

fn load_b(k: u32, n: u32) -> f32 {
    let weight_place = k % PLACES;
    let position = n / step.rows;
    // The place p that reads q with this weight is (q + pad − t)/stride, where that is whole and in the image.
    let y = position / call.width + call.pad;
    let x = position % call.width + call.pad;
    let down = weight_place / 3u;
    let right = weight_place % 3u;
    if y < down || x < right || (y - down) % call.stride != 0u || (x - right) % call.stride != 0u {
        return 0.0;
    }
    let from_y = (y - down) / call.stride;
    let from_x = (x - right) / call.stride;
    if from_y >= call.out_height || from_x >= call.out_width {
        return 0.0;
    }
    let run = ((k / PLACES) * call.out_height + from_y) * call.out_width + from_x;
    return b[run * step.rows + n % step.rows];
}

fn store(m: u32, n: u32, sum: f32) {
    out[m * call.height * call.width * step.rows + n] = sum;
}
