// exp, tanh, erf, ln and the activations with their slopes: the polynomials of `lanes/elementary.rs`, as the built-in
// functions may be off by more than the golden numbers allow.
fn power_of_two(n: i32) -> f32 {
    return bitcast<f32>(u32(n + 127) << 23u);
}

fn exponential(input: f32) -> f32 {
    let x = max(min(input, 89.0), -104.0);
    let n = round(x * 1.44269504);
    var r = fma(n, -0.693359375, x);
    r = fma(n, 2.12194440e-4, r);
    var tail = 0.0013814531;
    tail = fma(tail, r, 0.008368746);
    tail = fma(tail, r, 0.04166839);
    tail = fma(tail, r, 0.1666652);
    tail = fma(tail, r, 0.49999993);
    let e = fma(r * r, tail, r) + 1.0;
    // Two factors, as the ends of the range are no f32.
    let whole = i32(n);
    let half = whole / 2;
    let y = e * power_of_two(half) * power_of_two(whole - half);
    return select(y, input, is_nan(input));
}

fn tangent(input: f32) -> f32 {
    let x = max(min(input, 9.3), -9.3);
    let s = x * x;
    let p = fma(fma(fma(fma(1.3353923e-8, s, 2.0608522e-5), s, 0.003495553), s, 0.13380996), s, 1.0);
    let q = fma(fma(fma(fma(7.776248e-7, s, 3.285578e-4), s, 0.025876848), s, 0.46714312), s, 1.0);
    let y = max(min(x * p / q, 1.0), -1.0);
    return select(y, input, is_nan(input));
}

// 1 − tanh²: as a difference it would lose its digits where tanh is nearly 1.
fn tangent_slope(x: f32) -> f32 {
    let e = exponential(-2.0 * abs(x));
    return 4.0 * e / ((1.0 + e) * (1.0 + e));
}

fn error_function(input: f32) -> f32 {
    let x = max(min(input, 4.05), -4.05);
    let s = x * x;
    var p = fma(2.050111e-6, s, 2.848808e-4);
    p = fma(fma(fma(fma(p, s, 0.0037655127), s, 0.052748397), s, 0.19040398), s, 1.12837917);
    var q = fma(3.809186e-5, s, 0.0011625111);
    q = fma(fma(fma(fma(q, s, 0.014969005), s, 0.11410809), s, 0.5020739), s, 1.0);
    let y = max(min(x * p / q, 1.0), -1.0);
    return select(y, input, is_nan(input));
}

// ln(1 + x) for x in 0..=1.
fn ln_1p_of_fraction(x: f32) -> f32 {
    let s = x / (x + 2.0);
    let t = s * s;
    let tail = fma(fma(fma(0.280313, t, 0.27997857), t, 0.4002177), t, 0.6666641);
    return s * fma(t, tail, 2.0);
}

// ln x for a normal x; infinity and NaN stay.
fn logarithm(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let power = i32(bits >> 23u) - 127;
    let fraction = bitcast<f32>((bits & 0x7fffffu) | 0x3f800000u);
    let y = fma(f32(power), 0.69314718, ln_1p_of_fraction(fraction - 1.0));
    return select(y, x, (bits & 0x7f800000u) == 0x7f800000u);
}

fn sigmoid(x: f32) -> f32 {
    return 1.0 / (1.0 + exponential(-x));
}

fn gelu_inner(input: f32) -> f32 {
    let x = max(min(input, 100.0), -100.0);
    return 0.79788456 * fma(0.044715 * input * input, x, x);
}

fn gaussian_share(x: f32) -> f32 {
    return fma(0.5, error_function(x * 0.70710678), 0.5);
}

// In the order of `functions.rs`.
fn activate(function: u32, slope: f32, x: f32) -> f32 {
    switch function {
        case 1u: { return sigmoid(x); }
        case 2u: { return tangent(x); }
        case 3u: { return select(x, 0.0, x < 0.0 && !is_nan(x)); }
        case 4u: { return select(slope * x, x, x > 0.0); }
        case 5u: { return x * gaussian_share(x); }
        case 6u: { return 0.5 * x * (1.0 + tangent(gelu_inner(x))); }
        case 7u: { return x * sigmoid(x); }
        default: { return x; }
    }
}

fn slope_at(function: u32, slope: f32, x: f32) -> f32 {
    switch function {
        case 1u: { let y = sigmoid(x); return y * (1.0 - y); }
        case 2u: { return tangent_slope(x); }
        case 3u: { return select(0.0, 1.0, x > 0.0 || is_nan(x)); }
        case 4u: { return select(slope, 1.0, x > 0.0 && !is_nan(x)); }
        case 5u: { return fma(x, 0.39894228 * exponential(-0.5 * x * x), gaussian_share(x)); }
        case 6u: {
            let u = gelu_inner(x);
            let inner = 0.79788456 * fma(0.134145 * x, x, 1.0);
            return 0.5 * (1.0 + tangent(u)) + 0.5 * x * tangent_slope(u) * inner;
        }
        case 7u: { let s = sigmoid(x); return s * fma(x, 1.0 - s, 1.0); }
        default: { return 1.0; }
    }
}
