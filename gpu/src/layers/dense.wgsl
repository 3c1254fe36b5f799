// The operands of a dense product: two strided matrices, and a third of any strides that is added.
struct Call {
    m: u32,
    inner: u32,
    inner_rows: u32,
    n: u32,
    n_rows: u32,
    a_at: u32,
    a_m: u32,
    a_m_rows: u32,
    a_k: u32,
    b_at: u32,
    b_k: u32,
    b_k_rows: u32,
    b_n: u32,
    b_n_rows: u32,
    out_at: u32,
    out_m: u32,
    out_m_rows: u32,
    // NO_PLACE where nothing is added.
    addend_at: u32,
    addend_m: u32,
    addend_m_rows: u32,
    addend_n: u32,
    // Terms of a piece of the sum, NO_PLACE for all; and from piece to piece of the result.
    split: u32,
    out_piece: u32,
}

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read> addend: array<f32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

var<private> piece: u32;

fn split() -> u32 {
    return call.split;
}

fn sizes() -> vec3<u32> {
    return vec3<u32>(call.m, extent(call.inner, call.inner_rows), extent(call.n, call.n_rows));
}

fn load_a(m: u32, k: u32) -> f32 {
    return a[call.a_at + m * extent(call.a_m, call.a_m_rows) + k * call.a_k];
}

fn load_b(k: u32, n: u32) -> f32 {
    return b[call.b_at + k * extent(call.b_k, call.b_k_rows) + n * extent(call.b_n, call.b_n_rows)];
}

fn store(m: u32, n: u32, sum: f32) {
    var value = sum;
    if call.addend_at != NO_PLACE {
        let place = call.addend_at + m * extent(call.addend_m, call.addend_m_rows) + n * call.addend_n;
        value += addend[place];
    }
    out[call.out_at + piece * call.out_piece + m * extent(call.out_m, call.out_m_rows) + n] = value;
}
