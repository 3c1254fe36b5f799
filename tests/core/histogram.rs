//! The histogram against exact counting, on values that lie on borders, beside them and nowhere.

use batchnorm_lab::kernels::histogram::{COPIES, count, range};
use batchnorm_lab::lanes::{Best, Lanes, Scalar};
use batchnorm_lab::numeric::rng::Rng;
use wasm_bindgen_test::wasm_bindgen_test;

fn counts<L: Lanes<Real = f32>>(values: &[f32], bins: usize) -> (f32, f32, Vec<u32>) {
    let (low, high) = range::<L>(values);
    let (mut counts, mut room) = (vec![9; bins], vec![9; COPIES * bins]);
    count::<L>(values, low, high, &mut counts, &mut room);
    (low, high, counts)
}

fn naive(values: &[f32], bins: usize) -> (f32, f32, Vec<u32>) {
    let numbers: Vec<f64> = values
        .iter()
        .filter(|x| !x.is_nan())
        .map(|x| f64::from(*x))
        .collect();
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut counts = vec![0; bins];
    for x in numbers {
        let bin = ((x - low) / (high - low) * bins as f64).floor() as usize;
        counts[bin.min(bins - 1)] += 1;
    }
    (low as f32, high as f32, counts)
}

fn check<L: Lanes<Real = f32>>() {
    let mut rng = Rng::new(1, "histogram");
    for len in (1..=70).chain([1000, 4099]) {
        for (bins, mean, spread) in [
            (64, 0.0, 1.0),
            (64, 1e4, 1.0),
            (1, 0.0, 1.0),
            (1000, -3.0, 1e-3),
            (7, 0.0, 1e30),
        ] {
            let values: Vec<f32> = (0..len)
                .map(|_| (mean + spread * rng.normal()) as f32)
                .collect();
            assert_eq!(
                counts::<L>(&values, bins),
                naive(&values, bins),
                "{} of {len} in {bins}",
                L::NAME
            );
        }
        // Whole numbers: every value is a border of some bin.
        let values: Vec<f32> = (0..len).map(|_| rng.below(65) as f32).collect();
        assert_eq!(counts::<L>(&values, 64), naive(&values, 64));
        let mut holes = values.clone();
        holes[len / 2] = f32::NAN;
        if len > 1 {
            assert_eq!(
                counts::<L>(&holes, 64),
                naive(&holes, 64),
                "a NaN is in no bin"
            );
        }
        assert_eq!(
            counts::<L>(&vec![2.5; len], 64).2[0],
            len as u32,
            "equal values"
        );
    }
}

fn what_lies_outside<L: Lanes<Real = f32>>() {
    let values: Vec<f32> = (0..64).map(|n| n as f32 - 20.0).collect();
    let (mut counts, mut room) = ([0; 4], [0; 4 * COPIES]);
    count::<L>(&values, 0.0, 8.0, &mut counts, &mut room);
    assert_eq!(counts, [22, 2, 2, 38]);
}

#[wasm_bindgen_test(unsupported = test)]
fn histograms_are_exact() {
    check::<Scalar>();
    check::<Best>();
}

#[wasm_bindgen_test(unsupported = test)]
fn values_outside_the_range_are_in_the_nearest_bin() {
    what_lies_outside::<Scalar>();
    what_lies_outside::<Best>();
}
