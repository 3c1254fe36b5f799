//! Least, greatest and counts in equal bins: two passes. Refuses to guess: a value whose bin f32 cannot settle is divided
//! again in f64, so that the counts are those of exact arithmetic.

use crate::lanes::{Lanes, Real, WIDTH};

/// Counts kept beside each other, so that equal neighbours do not wait for each other; they are added at the end.
pub const COPIES: usize = WIDTH;
/// The most bins; beyond it f32 has too few digits for a bin and a fraction.
pub const MOST_BINS: usize = 1 << 16;
/// The middle of the numbers between which there are only whole ones.
const WHOLE: f32 = 1.5 * (1 << 23) as f32;
/// The lowest bit of it that is set.
const WHOLE_BITS: u32 = 1 << 22;
/// Vectors whose doubts are looked at together.
const GROUP: usize = 4;

/// Least and greatest of all values that are numbers; (∞, −∞) if there are none.
pub fn range<L: Lanes>(values: &[L::Real]) -> (L::Real, L::Real) {
    let infinity = L::Real::ONE / L::Real::ZERO;
    // Several at once: each comparison waits only for its own last.
    let mut least = [L::splat(infinity); GROUP];
    let mut greatest = [L::splat(-infinity); GROUP];
    // 0·x is 0 for every finite x: what this sum is not 0 for is looked at one by one below.
    let mut zeros = [L::zero(); GROUP];
    let (fours, rest) = values.as_chunks::<WIDTH>();
    let (groups, last) = fours.as_chunks::<GROUP>();
    for group in groups {
        let sums = least.iter_mut().zip(&mut greatest).zip(&mut zeros);
        for (((least, greatest), zeros), four) in sums.zip(group) {
            let x = L::from_array(*four);
            *zeros = *zeros + x * L::zero();
            *least = least.min(x);
            *greatest = greatest.max(x);
        }
    }
    for four in last {
        zeros[0] = zeros[0] + L::from_array(*four) * L::zero();
        least[0] = least[0].min(L::from_array(*four));
        greatest[0] = greatest[0].max(L::from_array(*four));
    }
    least[0] = least[0].min(L::load_part(rest, infinity));
    greatest[0] = greatest[0].max(L::load_part(rest, -infinity));
    let [a, b, c, d] = zeros;
    let all_zeros = (a + b) + (c + d) + L::load_part(rest, L::Real::ZERO) * L::zero();
    let smaller = |a: L::Real, b: L::Real| if b < a { b } else { a };
    let larger = |a: L::Real, b: L::Real| if b > a { b } else { a };
    if all_zeros.sum() != L::Real::ZERO {
        // Relaxed SIMD may take a NaN for the smaller or the larger of two; one by one it never is.
        let numbers = || values.iter().copied();
        return (
            numbers().fold(infinity, smaller),
            numbers().fold(-infinity, larger),
        );
    }
    let [a, b, c, d] = least;
    let low = a.min(b).min(c.min(d)).to_array();
    let [a, b, c, d] = greatest;
    let high = a.max(b).max(c.max(d)).to_array();
    (
        low.into_iter().fold(infinity, smaller),
        high.into_iter().fold(-infinity, larger),
    )
}

/// Values in each of equal bins from `low` to `high`: ⌊(x − low)/(high − low)·bins⌋, the last bin closed.
///
/// A NaN is in no bin; what lies outside is in the nearest. If `low` = `high` all values are in the first.
///
/// # Shapes
/// `counts` `[bins]`; `room` `[COPIES·bins]`, of which nothing is read.
///
/// # Panics
/// If there are no bins or more than `MOST_BINS`, or `room` is of another length.
pub fn count<L: Lanes<Real = f32>>(
    values: &[f32],
    low: f32,
    high: f32,
    counts: &mut [u32],
    room: &mut [u32],
) {
    let bins = counts.len();
    assert!(bins > 0 && bins <= MOST_BINS, "{bins} bins");
    assert_eq!(room.len(), COPIES * bins, "room for {COPIES} copies");
    room.fill(0);
    let (first, others) = room.split_at_mut(bins);
    let (second, others) = others.split_at_mut(bins);
    let (third, fourth) = others.split_at_mut(bins);
    let exact = Exact::new(low, high, bins);

    let start = L::splat(low);
    let scale = L::splat(bins as f32 / (high - low));
    // The place is off by at most 3 roundings: 3·2⁻²⁴ of at most `bins`.
    let doubt = L::splat(bins as f32 / (1 << 22) as f32);
    let half = L::splat(0.5);
    // Added to a small number it leaves its nearest whole number in the lowest bits.
    let whole = L::splat(WHOLE);
    let last = L::splat(bins as f32);
    let sure = L::splat(1.0);

    let (groups, rest) = values.as_chunks::<{ GROUP * WIDTH }>();
    for group in groups {
        let (fours, _) = group.as_chunks::<WIDTH>();
        let mut all_sure = sure;
        let mut places = [[0_f32; WIDTH]; GROUP];
        for (places, four) in places.iter_mut().zip(fours) {
            let place = (L::from_array(*four) - start) * scale;
            let place = place.max(L::zero()).min(last);
            let shifted = place + whole;
            let distance = (place - (shifted - whole)).abs();
            // 0 where the nearest border is too near, or the place is no number.
            all_sure = distance.select_greater(doubt, all_sure, L::zero());
            // ⌊p⌋ is the whole number nearest to p − ½, when p is no border.
            *places = ((place - half) + whole).to_array();
        }
        if all_sure.sum() == WIDTH as f32 {
            for [a, b, c, d] in places {
                count_one(first, a);
                count_one(second, b);
                count_one(third, c);
                count_one(fourth, d);
            }
        } else {
            group.iter().for_each(|x| exact.count(first, *x));
        }
    }
    rest.iter().for_each(|x| exact.count(first, *x));
    let copies = first.iter().zip(second).zip(third).zip(fourth);
    for (count, (((a, b), c), d)) in counts.iter_mut().zip(copies) {
        *count = *a + *b + *c + *d;
    }
}

/// One more in the bin whose number was added to `WHOLE`.
#[inline(always)]
fn count_one(counts: &mut [u32], place: f32) {
    let bin = (place.to_bits() & (WHOLE_BITS - 1)) as usize;
    counts[bin] += 1;
}

/// The same question answered in f64.
struct Exact {
    low: f64,
    width: f64,
    bins: usize,
}

impl Exact {
    fn new(low: f32, high: f32, bins: usize) -> Self {
        let low = f64::from(low);
        Self {
            low,
            width: f64::from(high) - low,
            bins,
        }
    }

    fn count(&self, counts: &mut [u32], x: f32) {
        if x.is_nan() {
            return;
        }
        let share = (f64::from(x) - self.low) / self.width;
        // From a float to a count is cut at 0; 0/0 gives 0.
        let bin = (share * self.bins as f64) as usize;
        counts[bin.min(self.bins - 1)] += 1;
    }
}
