//! exp, tanh, erf and ln of four f32 by polynomials, the same on every machine. For f32 lanes only.
//!
//! The coefficients are our own weighted least-squares fits in 40 digits, iterated (Lawson 1961) until the
//! relative error was level over the range that each function names. `tests/core/parity.rs` measures the errors.

use super::Lanes;

/// Lanes of f32, with the one bit trick that `exp` needs.
pub trait Single: Lanes<Real = f32> {
    /// The bits of each number shifted left by 23: its lowest bits become the exponent.
    fn shift_bits_to_exponent(self) -> Self;
    /// Between two bounds; NaN stays.
    fn clamp(self, low: f32, high: f32) -> Self;
}

#[inline(always)]
fn polynomial<L: Single>(x: L, coefficients: &[f32]) -> L {
    let (last, rest) = coefficients.split_last().expect("a constant at least");
    rest.iter()
        .rev()
        .fold(L::splat(*last), |sum, c| sum.mul_add(x, L::splat(*c)))
}

/// 1.5·2²³: adding it rounds to a whole number, which then stands in the lowest bits.
const ROUND: f32 = 12_582_912.0;

/// e^x = 2ⁿ·e^r with n the nearest whole number to x / ln 2, so |r| ≤ ln 2 / 2.
///
/// 0 below −104, infinity above 89, gradual underflow between; NaN stays.
#[inline(always)]
pub fn exp<L: Single>(x: L) -> L {
    let (e, n) = split_exp(x.clamp(-104.0, 89.0));
    // 2ⁿ in two factors: 2¹²⁸ and 2⁻¹⁵⁰ are no f32, their halves are.
    let round = L::splat(ROUND);
    let half = n.mul_add(L::splat(0.5), round) - round;
    e * power_of_two(half) * power_of_two(n - half)
}

/// 1/(1 + e^−x), 0 below −89; NaN stays.
///
/// One factor of 2ⁿ will do: where it underflows it is lost beside the 1, where it overflows the quotient is 0, which
/// is less than the least normal number away from the truth.
#[inline(always)]
pub fn sigmoid<L: Single>(x: L) -> L {
    let one = L::splat(1.0);
    let (e, n) = split_exp((-x).clamp(-87.0, 89.0));
    one / e.mul_add(power_of_two(n), one)
}

/// e^r and the whole number n with e^x = 2ⁿ·e^r.
#[inline(always)]
fn split_exp<L: Single>(x: L) -> (L, L) {
    // ln 2 in two parts: the first has few bits, so that n times it is exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    // (e^r − 1 − r) / r² on |r| ≤ 0.3467, relative error of e^r 3.1e-9.
    const TAIL: [f32; 5] = [
        0.499_999_93,
        0.166_665_2,
        0.041_668_39,
        0.008_368_746,
        0.001_381_453_1,
    ];
    let round = L::splat(ROUND);
    let n = x.mul_add(L::splat(std::f32::consts::LOG2_E), round) - round;
    let r = n.mul_add(L::splat(-LN_2_HIGH), x);
    let r = n.mul_add(L::splat(-LN_2_LOW), r);
    let e = (r * r).mul_add(polynomial(r, &TAIL), r) + L::splat(1.0);
    (e, n)
}

/// 2ⁿ of a whole number n in −126..=127; infinity for 128.
#[inline(always)]
fn power_of_two<L: Single>(n: L) -> L {
    // The exponent's offset of 127 is added to n before the shift throws away all but the lowest nine bits.
    (n + L::splat(ROUND + 127.0)).shift_bits_to_exponent()
}

/// x·P(x²)/Q(x²), relative error 2.1e-8 on |x| ≤ 9, beyond which tanh is ±1 in f32.
#[inline(always)]
pub fn tanh<L: Single>(x: L) -> L {
    const P: [f32; 5] = [
        1.0,
        0.133_809_96,
        0.003_495_553,
        2.060_852_2e-5,
        1.335_392_3e-8,
    ];
    const Q: [f32; 5] = [1.0, 0.467_143_12, 0.025_876_848, 3.285_578e-4, 7.776_248e-7];
    odd_ratio(x, 9.3, &P, &Q)
}

/// x·P(x²)/Q(x²), relative error 1.9e-8 on |x| ≤ 3.92, beyond which erf is ±1 in f32.
#[inline(always)]
pub fn erf<L: Single>(x: L) -> L {
    const P: [f32; 6] = [
        std::f32::consts::FRAC_2_SQRT_PI,
        0.190_403_98,
        0.052_748_397,
        0.003_765_512_7,
        2.848_808e-4,
        2.050_111e-6,
    ];
    const Q: [f32; 6] = [
        1.0,
        0.502_073_9,
        0.114_108_09,
        0.014_969_005,
        0.001_162_511_1,
        3.809_186e-5,
    ];
    odd_ratio(x, 4.05, &P, &Q)
}

/// A little beyond the fitted range the ratio is over 1 by more than its rounding, so that it is cut to exactly ±1:
/// 1 + erf must be 0 for large negative numbers, as it is multiplied by them.
#[inline(always)]
fn odd_ratio<L: Single>(x: L, limit: f32, p: &[f32], q: &[f32]) -> L {
    let x = x.clamp(-limit, limit);
    let square = x * x;
    let ratio = x * polynomial(square, p) / polynomial(square, q);
    ratio.clamp(-1.0, 1.0)
}

/// ln(1 + x) = 2·artanh(s) with s = x / (2 + x), so s ≤ 1/3; relative error 4.6e-9 on 0 ≤ x ≤ 1.
#[inline(always)]
pub fn ln_1p_of_fraction<L: Single>(x: L) -> L {
    // (2·artanh(s)/s − 2) / s² as a polynomial in s².
    const TAIL: [f32; 4] = [0.666_664_1, 0.400_217_7, 0.279_978_57, 0.280_313];
    let s = x / (x + L::splat(2.0));
    let square = s * s;
    s * square.mul_add(polynomial(square, &TAIL), L::splat(2.0))
}
