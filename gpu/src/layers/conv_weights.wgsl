// d_W[k][c][t] = Σ_p Σ_n d_y[k][p][n]·x[c][p∘t][n] as a product: a is d_y, b is x, out are the gradients.
// `weight_at` is 0 where the sums come in pieces.
fn split() -> u32 {
    return call.split;
}

fn sizes() -> vec3<u32> {
    return vec3<u32>(call.outputs, call.out_height * call.out_width * step.rows, call.inputs * PLACES);
}

fn load_a(m: u32, k: u32) -> f32 {
    return a[m * call.out_height * call.out_width * step.rows + k];
}

fn load_b(k: u32, n: u32) -> f32 {
    return read_by_weights(n, k);
}

fn store(m: u32, n: u32, sum: f32) {
    out[call.weight_at + piece * call.outputs * call.inputs * PLACES + m * call.inputs * PLACES + n] = sum;
}
