//! From raw activations to what charts show: moments, histograms, saturation. Knows no layer and no chart.

use crate::protocol::{BINS, Distribution, LayerStats};
use crate::settings::choice::Activation;

/// Half-width that every axis starts with: x̂ hardly leaves it.
pub const FIRST_AXIS_LIMIT: f32 = 4.0;
/// Half-width up to which all distributions share one axis: beyond it, x̂ would be a spike.
const LAST_SHARED_LIMIT: f32 = 12.0;
/// Half-width beyond which an axis does not follow exploding values.
pub const LAST_AXIS_LIMIT: f32 = 1024.0;

/// Where values lie; bins are equal between `-limit` and `limit`.
///
/// Sums run in f64 in the order of the values; the deviation is two-pass and biased.
/// Values that are not finite are left out of the bins and make mean and deviation not finite.
#[inline(never)]
pub fn distribution(values: &[f32], limit: f32) -> Distribution {
    let n = values.len().max(1) as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let squares = values.iter().map(|v| (f64::from(*v) - mean).powi(2));
    let std = (squares.sum::<f64>() / n).sqrt();
    let mut histogram = vec![0; BINS];
    let per_unit = BINS as f32 / (2.0 * limit);
    let mut min = f32::INFINITY;
    let mut max = f32::NEG_INFINITY;
    for value in values.iter().filter(|v| v.is_finite()) {
        min = min.min(*value);
        max = max.max(*value);
        // A float-to-integer cast saturates: what lies left of the axis lands in bin 0.
        let bin = ((value + limit) * per_unit) as usize;
        histogram[bin.min(BINS - 1)] += 1;
    }
    if min > max {
        (min, max) = (0.0, 0.0);
    }
    Distribution {
        mean: mean as f32,
        std: std as f32,
        min,
        max,
        low: -limit,
        high: limit,
        histogram,
    }
}

/// The next half-width of an axis: 4, 8, 16 go up by half, 6, 12, 24 by a third. Round numbers, little empty paper.
pub(super) fn wider(limit: f32) -> f32 {
    let is_power_of_two = limit.log2().fract() == 0.0;
    limit * if is_power_of_two { 1.5 } else { 4.0 / 3.0 }
}

/// The half-width that shows these distributions: 4, 6, 8, 12, 16, …, never less than `limit`, so that an axis only
/// grows during a run.
fn axis_limit<'a>(limit: f32, distributions: impl Iterator<Item = &'a Distribution>) -> f32 {
    let reach = distributions
        .map(|d| d.mean.abs() + 3.0 * d.std)
        .filter(|reach| reach.is_finite())
        .fold(0.0, f32::max);
    let mut limit = limit;
    while limit < reach && limit < LAST_AXIS_LIMIT {
        limit = wider(limit);
    }
    limit
}

/// `axis_limit` of what comes before normalisation, of x̂, and of what γ and β make of it.
pub fn axis_limits<'a>(
    [before, normalized, after]: [f32; 3],
    layers: impl Iterator<Item = &'a LayerStats> + Clone,
) -> [f32; 3] {
    let all = || layers.clone();
    [
        axis_limit(before, all().map(|l| &l.before)),
        axis_limit(normalized, all().filter_map(|l| l.normalized.as_ref())),
        axis_limit(after, all().filter_map(|l| l.after.as_ref())),
    ]
}

/// One axis for all, as wide as the widest needs; each its own where that would hide what the others show.
pub fn together(limits: [f32; 3]) -> [f32; 3] {
    let most = limits.into_iter().fold(0.0, f32::max);
    if most <= LAST_SHARED_LIMIT {
        [most; 3]
    } else {
        limits
    }
}

/// Standard deviation, biased, in f64.
pub fn standard_deviation(values: &[f32]) -> f32 {
    let n = values.len().max(1) as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let squares = values.iter().map(|v| (f64::from(*v) - mean).powi(2));
    (squares.sum::<f64>() / n).sqrt() as f32
}

/// Share of inputs at which the activation passes on less than 5 % of the largest gradient it can pass.
///
/// For sigmoid and tanh that is saturation, for ReLU the dead side.
pub fn saturated(inputs: &[f32], activation: Activation) -> f32 {
    let bound = flat_slope(activation);
    let is_flat = |x: &&f32| slope(activation, f64::from(**x)).abs() < bound;
    inputs.iter().filter(is_flat).count() as f32 / inputs.len().max(1) as f32
}

/// The slope under which an activation counts as flat.
pub fn flat_slope(activation: Activation) -> f64 {
    0.05 * largest_slope(activation)
}

/// Derivative of the activation.
fn slope(activation: Activation, x: f64) -> f64 {
    let sigmoid = |x: f64| 1.0 / (1.0 + libm::exp(-x));
    match activation {
        Activation::Identity => 1.0,
        Activation::Sigmoid => sigmoid(x) * (1.0 - sigmoid(x)),
        // 1 − tanh² x, without what cancels.
        Activation::Tanh => 4.0 * sigmoid(2.0 * x) * sigmoid(-2.0 * x),
        Activation::Relu => f64::from(u8::from(x > 0.0)),
        Activation::LeakyRelu => {
            if x > 0.0 {
                1.0
            } else {
                0.01
            }
        }
        Activation::Gelu => {
            let density = libm::exp(-0.5 * x * x) / (2.0 * std::f64::consts::PI).sqrt();
            0.5 * (1.0 + libm::erf(x / std::f64::consts::SQRT_2)) + x * density
        }
        Activation::Silu => sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x))),
    }
}

fn largest_slope(activation: Activation) -> f64 {
    match activation {
        Activation::Sigmoid => 0.25,
        // At x = √2 and x = 2.3994.
        Activation::Gelu => 1.128_9,
        Activation::Silu => 1.099_8,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_counts_every_finite_value_once() {
        let values = [-9.0, -1.0, 0.0, 0.5, 3.999, 4.0, 50.0, f32::NAN];
        let d = distribution(&values, 4.0);
        assert_eq!(d.histogram.iter().sum::<u32>(), 7);
        assert_eq!((d.histogram[0], d.histogram[BINS - 1]), (1, 3));
        assert_eq!((d.min, d.max), (-9.0, 50.0));
        assert!(d.mean.is_nan());
    }

    #[test]
    fn moments_survive_a_large_mean() {
        let values: Vec<f32> = (0..64).map(|i| 1e4 + (i % 2) as f32).collect();
        let d = distribution(&values, 4.0);
        assert_eq!((d.mean, d.std), (10_000.5, 0.5));
        assert_eq!(standard_deviation(&values), 0.5);
    }

    #[test]
    fn the_axis_only_grows_and_stops_at_its_last_limit() {
        let with = |std| Distribution {
            std,
            ..Distribution::default()
        };
        for (limit, std, want) in [
            (4.0, 1.0, 4.0),
            (4.0, 2.0, 6.0),
            (8.0, 1.0, 8.0),
            (4.0, 1e9, 1024.0),
        ] {
            assert_eq!(axis_limit(limit, [with(std)].iter()), want);
        }
        assert_eq!(axis_limit(4.0, [with(f32::NAN)].iter()), 4.0);
    }

    #[test]
    fn axes_are_one_until_one_would_hide_the_others() {
        assert_eq!(together([4.0, 4.0, 6.0]), [6.0; 3]);
        assert_eq!(together([1024.0, 4.0, 6.0]), [1024.0, 4.0, 6.0]);
    }

    #[test]
    fn saturation_starts_where_the_slope_falls_under_a_twentieth() {
        for activation in Activation::ALL {
            let slopes = (-800..800).map(|i| slope(*activation, f64::from(i) / 100.0));
            let largest = slopes.fold(0.0, f64::max);
            assert!(
                (largest - largest_slope(*activation)).abs() < 1e-4,
                "{activation:?}"
            );
        }
        assert_eq!(saturated(&[-5.0, 0.0, 5.0, 1.0], Activation::Sigmoid), 0.5);
        assert_eq!(saturated(&[-5.0, 0.0, 5.0, 1.0], Activation::Relu), 0.5);
    }
}
