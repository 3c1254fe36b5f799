//! Where a slider may stand: round values. Pure numbers, no component.

use batchnorm_lab::numeric::decimal;
use batchnorm_lab::settings::{Range, Settings, Stops, Value};

/// Mantissas of a logarithmic slider: six round numbers a decade.
const ROUND: [&str; 6] = ["1", "1.5", "2", "3", "5", "7"];

/// The values at which a slider stops, growing.
pub fn values(stops: Stops, range: Range, settings: &Settings) -> Vec<f64> {
    let (min, max) = match range {
        Range::Integer { min, max } => (min as f64, max as f64),
        Range::Real { min, max, .. } => (min, max),
        _ => return Vec::new(),
    };
    match stops {
        Stops::At(values) => values.to_vec(),
        Stops::Every(step) => even(min, max, step),
        Stops::Decades => decades(min, max),
        Stops::BatchSizes => batch_sizes(settings.train_points() as f64),
    }
}

/// The number of a value, if it is one.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Real(number) => Some(*number),
        _ => None,
    }
}

/// The value of a number in such a range.
pub fn value(range: Range, number: f64) -> Value {
    match range {
        Range::Integer { .. } => Value::Integer(number as u64),
        _ => Value::Real(number),
    }
}

fn batch_sizes(full: f64) -> Vec<f64> {
    let mut sizes: Vec<f64> = (0..)
        .flat_map(|octave| {
            let base = f64::from(1_u32 << octave);
            [base, base * 1.5]
        })
        .filter(|size| size.fract() == 0.0)
        .take_while(|size| *size < full)
        .collect();
    sizes.push(full);
    sizes
}

fn even(from: f64, to: f64, by: f64) -> Vec<f64> {
    (0..=((to - from) / by).round() as u32)
        .map(|i| from + by * f64::from(i))
        .collect()
}

fn decades(min: f64, max: f64) -> Vec<f64> {
    let first = min.log10().floor() as i32;
    let last = max.log10().ceil() as i32;
    (first..=last)
        .flat_map(|exponent| ROUND.map(|mantissa| (mantissa, exponent)))
        // Parsing gives the number a reader would type; multiplying would give 0.30000000000000004.
        .filter_map(|(mantissa, exponent)| decimal::parse(&format!("{mantissa}e{exponent}")))
        .filter(|value| (min..=max).contains(value))
        .collect()
}

/// The stop nearest to a value: by ratio where all stops are positive, else by difference.
pub fn nearest(stops: &[f64], value: f64) -> usize {
    let distance = |stop: f64| {
        if stops.first().is_some_and(|first| *first > 0.0) && value > 0.0 {
            (stop / value).ln().abs()
        } else {
            (stop - value).abs()
        }
    };
    (0..stops.len())
        .min_by(|a, b| distance(stops[*a]).total_cmp(&distance(stops[*b])))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use batchnorm_lab::settings::{Control, SETTINGS, setting};

    #[test]
    fn every_stop_of_every_slider_is_allowed_and_the_default_is_one() {
        let settings = Settings::default();
        let mut checked = 0;
        for row in SETTINGS.iter() {
            let name = row.name;
            let Control::Slider(stops) = row.control else {
                continue;
            };
            checked += 1;
            let stops = values(stops, row.range, &settings);
            assert!(
                (2..1000).contains(&stops.len()),
                "{name}: {} stops",
                stops.len()
            );
            assert!(stops.is_sorted_by(|a, b| a < b), "{name}: {stops:?}");
            for stop in &stops {
                assert!(row.range.allows(&value(row.range, *stop)), "{name} {stop}");
            }
            let default = number(&(row.get)(&settings)).unwrap();
            assert_eq!(stops[nearest(&stops, default)], default, "{name}");
        }
        assert!(checked >= 12, "{checked} sliders");
    }

    #[test]
    fn batch_sizes_run_from_one_to_all() {
        let settings = Settings::default();
        let range = setting("batch").unwrap().range;
        let stops = values(Stops::BatchSizes, range, &settings);
        assert_eq!(stops[..5], [1.0, 2.0, 3.0, 4.0, 6.0]);
        assert_eq!(stops.last(), Some(&500.0));
    }

    #[test]
    fn nearest_measures_ratios_on_logarithmic_scales() {
        let stops = [0.01, 0.1, 1.0];
        assert_eq!(nearest(&stops, 0.04), 1);
        assert_eq!(nearest(&[0.0, 0.5, 1.0], 0.2), 0);
    }
}
