// y[k][p][n] = b[k] + Σ_c Σ_t W[k][c][t]·x[c][p∘t][n] as a product: a are the parameters, b is x.
fn split() -> u32 {
    return NO_PLACE;
}

fn sizes() -> vec3<u32> {
    return vec3<u32>(call.outputs, call.inputs * PLACES, call.out_height * call.out_width * step.rows);
}

fn load_a(m: u32, k: u32) -> f32 {
    return a[call.weight_at + m * call.inputs * PLACES + k];
}

fn load_b(k: u32, n: u32) -> f32 {
    return read_by_weights(k, n);
}

fn store(m: u32, n: u32, sum: f32) {
    var value = sum;
    if call.bias_at != NO_PLACE {
        value += a[call.bias_at + m];
    }
    out[m * call.out_height * call.out_width * step.rows + n] = value;
}
