// A product of matrices through workgroup memory. `sizes`, `split`, `load_a`, `load_b` and `store` come from the file that
// is put before this one: so one loop serves dense layers and all three products of a convolution.
//
// Plain form: for every m and n, store(m, n, Σ_k load_a(m, k)·load_b(k, n)), the sum in the order of k; where `split` says
// so, over so many terms in each of the workgroups along z, each of which stores its `piece` of the sum.
// An invocation keeps 4 by 4 sums, so that a value read from workgroup memory serves four products.
const MICRO: u32 = 4u;

var<workgroup> a_tile: array<f32, PRODUCT_TILE * PRODUCT_INNER>;
var<workgroup> b_tile: array<f32, PRODUCT_INNER * PRODUCT_TILE>;

@compute @workgroup_size(PRODUCT_SIDE, PRODUCT_SIDE)
fn product(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    let size = sizes();
    // Not by way of `piece`: a browser would not believe that all invocations make the same turns.
    piece = group.z;
    let first_k = group.z * split();
    let end_k = min(size.y, first_k + split());
    let first_m = group.y * PRODUCT_TILE;
    let first_n = group.x * PRODUCT_TILE;
    var sums_0 = vec4<f32>();
    var sums_1 = vec4<f32>();
    var sums_2 = vec4<f32>();
    var sums_3 = vec4<f32>();
    for (var start = first_k; start < end_k; start += PRODUCT_INNER) {
        for (var i = index; i < PRODUCT_TILE * PRODUCT_INNER; i += PRODUCT_SIDE * PRODUCT_SIDE) {
            let m = first_m + i / PRODUCT_INNER;
            let a_k = start + i % PRODUCT_INNER;
            var a = 0.0;
            if m < size.x && a_k < end_k {
                a = load_a(m, a_k);
            }
            a_tile[(i % PRODUCT_INNER) * PRODUCT_TILE + i / PRODUCT_INNER] = a;
            let n = first_n + i % PRODUCT_TILE;
            let b_k = start + i / PRODUCT_TILE;
            var b = 0.0;
            if n < size.z && b_k < end_k {
                b = load_b(b_k, n);
            }
            b_tile[i] = b;
        }
        workgroupBarrier();
        for (var k = 0u; k < PRODUCT_INNER; k++) {
            let of_b = k * PRODUCT_TILE + local.x * MICRO;
            let b = vec4<f32>(b_tile[of_b], b_tile[of_b + 1u], b_tile[of_b + 2u], b_tile[of_b + 3u]);
            let of_a = k * PRODUCT_TILE + local.y * MICRO;
            sums_0 += a_tile[of_a] * b;
            sums_1 += a_tile[of_a + 1u] * b;
            sums_2 += a_tile[of_a + 2u] * b;
            sums_3 += a_tile[of_a + 3u] * b;
        }
        workgroupBarrier();
    }
    let m = first_m + local.y * MICRO;
    let n = first_n + local.x * MICRO;
    store_four(m, n, sums_0, size);
    store_four(m + 1u, n, sums_1, size);
    store_four(m + 2u, n, sums_2, size);
    store_four(m + 3u, n, sums_3, size);
}

fn store_four(m: u32, n: u32, sums: vec4<f32>, size: vec3<u32>) {
    if m >= size.x {
        return;
    }
    for (var j = 0u; j < MICRO; j++) {
        if n + j < size.z {
            store(m, n + j, sums[j]);
        }
    }
}
