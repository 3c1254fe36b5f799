//! Where a slider may stand: a list of round values per setting. Pure numbers, no component.

use batchnorm_lab::numeric::decimal;
use batchnorm_lab::settings::{Range, Setting, Settings};

use crate::format;

/// Mantissas of a logarithmic slider: six round numbers a decade.
const ROUND: [&str; 6] = ["1", "1.5", "2", "3", "5", "7"];

/// The values at which the slider of a setting stops, growing.
pub fn stops(row: &Setting, settings: &Settings) -> Vec<f64> {
    match row.name {
        "batch" => {
            let full = settings.train_points() as f64;
            let mut stops: Vec<f64> = (0..)
                .flat_map(|octave| {
                    let base = f64::from(1_u32 << octave);
                    [base, base * 1.5]
                })
                .filter(|size| size.fract() == 0.0)
                .take_while(|size| *size < full)
                .collect();
            stops.push(full);
            stops
        }
        "noise" => even(0.0, 50.0, 5.0),
        "split" => even(10.0, 90.0, 10.0),
        "samples" => vec![
            40.0, 100.0, 200.0, 300.0, 500.0, 700.0, 1000.0, 1500.0, 2000.0, 3000.0, 4000.0,
        ],
        "sgdm" => vec![0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99],
        "wd" => vec![0.0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1],
        _ => match row.range {
            // A range that begins at 0 has no decades: it would take for ever to reach its end.
            Range::Real { min, max, .. } if min <= 0.0 => even(min, max, (max - min) / 20.0),
            Range::Real { min, max, .. } => decades(min, max),
            Range::Integer { min, max } => even(min as f64, max as f64, 1.0),
            _ => Vec::new(),
        },
    }
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

/// The text that a link uses for the value at a stop.
pub fn text(value: f64) -> String {
    format::setting(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use batchnorm_lab::settings::{SETTINGS, setting};

    #[test]
    fn every_stop_of_every_slider_is_allowed_and_the_default_is_one() {
        let settings = Settings::default();
        let mut checked = 0;
        for row in SETTINGS.iter() {
            let name = row.name;
            // Seeds and places in a run are typed.
            let is_slider = match row.range {
                Range::Real { .. } => true,
                Range::Integer { max, .. } => max <= 4000 && name != "unit" && name != "pin",
                _ => false,
            };
            if !is_slider {
                continue;
            }
            checked += 1;
            let stops = stops(row, &settings);
            assert!(
                (2..1000).contains(&stops.len()),
                "{name}: {} stops",
                stops.len()
            );
            assert!(stops.is_sorted_by(|a, b| a < b), "{name}: {stops:?}");
            for stop in &stops {
                let mut next = settings.clone();
                assert_eq!(next.set(name, &text(*stop)), Ok(()), "{name} {stop}");
            }
            let default: f64 = (row.read)(&settings).parse().unwrap();
            assert_eq!(stops[nearest(&stops, default)], default, "{name}");
        }
        assert!(checked >= 12, "{checked} sliders");
    }

    #[test]
    fn batch_sizes_run_from_one_to_all() {
        let settings = Settings::default();
        let stops = stops(setting("batch").unwrap(), &settings);
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
