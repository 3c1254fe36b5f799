//! From values to pixels and back, where ticks stand and how they read. Draws nothing.

use crate::small_sort::Bound;
use batchnorm_lab::numeric::decimal;

/// A scale between values and device pixels, linear or logarithmic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    logarithmic: bool,
    from_px: f64,
    to_px: f64,
}

/// Values beyond this are drawn as if they were this.
const HUGE: f64 = 1e30;

impl Axis {
    /// `low` at `from_px`, `high` at `to_px`; what is not finite or empty is widened to something that can be drawn.
    pub(crate) fn linear(low: f64, high: f64, from_px: f64, to_px: f64) -> Self {
        let (mut low, mut high) = (tame(low, 0.0), tame(high, 1.0));
        if low > high {
            (low, high) = (high, low);
        }
        if high - low <= low.abs().max(high.abs()) * 1e-6 {
            let margin = (low.abs() * 0.1).max(0.5);
            (low, high) = (low - margin, high + margin);
        }
        Self {
            low,
            high,
            logarithmic: false,
            from_px,
            to_px,
        }
    }

    /// The same, logarithmic; both ends are positive.
    pub(crate) fn logarithmic(low: f64, high: f64, from_px: f64, to_px: f64) -> Self {
        let low = tame(low, 1e-3).max(1e-30);
        let high = tame(high, 1.0).max(low);
        let (low, high) = if high / low < 1.2 {
            (low / 2.0, high * 2.0)
        } else {
            (low, high)
        };
        Self {
            low,
            high,
            logarithmic: true,
            from_px,
            to_px,
        }
    }

    pub(crate) fn high(&self) -> f64 {
        self.high
    }

    /// The pixel of a value, kept between the ends; NaN where there is none.
    pub(crate) fn px(&self, value: f64) -> f64 {
        let value = match value {
            v if v.is_nan() => return f64::NAN,
            v => v.bound(self.low, self.high),
        };
        let share = if self.logarithmic {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.from_px + share * (self.to_px - self.from_px)
    }

    /// The value at a pixel, kept between the ends.
    pub(crate) fn value(&self, px: f64) -> f64 {
        let share = ((px - self.from_px) / (self.to_px - self.from_px)).bound(0.0, 1.0);
        if self.logarithmic {
            self.low * (share * (self.high / self.low).ln()).exp()
        } else {
            self.low + share * (self.high - self.low)
        }
    }

    /// Whether a value lies between the ends.
    pub(crate) fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// About `wanted` round values with their labels, growing.
    pub(crate) fn ticks(&self, wanted: usize) -> Vec<(f64, String)> {
        if self.logarithmic {
            return self.log_ticks(wanted.max(2));
        }
        let step = round_step((self.high - self.low) / wanted.max(1) as f64);
        let first = (self.low / step - 1e-6).ceil();
        (0..=3 * wanted.max(1))
            .map(|i| (first + i as f64) * step)
            .take_while(|v| *v <= self.high + step * 1e-6)
            .map(|v| {
                let v = if v.abs() < step * 1e-6 { 0.0 } else { v };
                (v, number(v, step))
            })
            .collect()
    }

    fn log_ticks(&self, wanted: usize) -> Vec<(f64, String)> {
        let first = (self.low.log10() - 1e-9).ceil() as i32;
        let last = (self.high.log10() + 1e-9).floor() as i32;
        let decades = (last - first + 1).max(0) as usize;
        let mut ticks = Vec::new();
        for power in first - 1..=last {
            for digit in [1.0, 2.0, 5.0] {
                let value = digit * 10_f64.powi(power);
                if self.contains(value) {
                    ticks.push((value, number(value, value)));
                }
            }
        }
        if decades >= 2 && ticks.len() > wanted + 1 {
            let stride = decades.div_ceil(wanted).max(1);
            return (first..=last)
                .rev()
                .step_by(stride)
                .map(|power| (10_f64.powi(power), power_of_ten(power)))
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
        }
        ticks
    }
}

fn tame(value: f64, instead: f64) -> f64 {
    if value.is_nan() {
        instead
    } else {
        value.bound(-HUGE, HUGE)
    }
}

/// The nearest of 1, 2, 5 times a power of ten at or above.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powi(step.log10().floor() as i32);
    let digit = step / power;
    let round = match digit {
        d if d <= 1.000_001 => 1.0,
        d if d <= 2.000_001 => 2.0,
        d if d <= 5.000_001 => 5.0,
        _ => 10.0,
    };
    round * power
}

/// A smallest and a largest value that are finite; `None` if there is none.
pub(crate) fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .filter(|v| v.is_finite())
        .fold(None, |seen: Option<(f64, f64)>, v| match seen {
            None => Some((v, v)),
            Some((low, high)) => Some((low.min(v), high.max(v))),
        })
}

/// The round number at or above, for the end of an axis that shall stand still while values wander.
pub(crate) fn round_up(value: f64) -> f64 {
    if value.is_finite() && value > 0.0 {
        round_step(value.min(HUGE))
    } else {
        1.0
    }
}

/// A number as a tick reads: as many decimals as `step` needs, a true minus, thousands apart, k and M when long.
pub(crate) fn number(value: f64, step: f64) -> String {
    let size = value.abs();
    if size >= 1e7 {
        return exponent(value);
    }
    let (value, step, unit) = if size >= 1e6 {
        (value / 1e6, step / 1e6, "M")
    } else if size >= 1e4 {
        (value / 1e3, step / 1e3, "k")
    } else {
        (value, step, "")
    };
    if size > 0.0 && size < 1e-4 {
        return exponent(value);
    }
    let decimals = (-(step.abs().log10() + 1e-9).floor()).bound(0.0, 5.0) as usize;
    let text = decimal::fixed(value, decimals);
    let text = match text.strip_prefix('-') {
        Some(digits) if digits.chars().any(|c| c.is_ascii_digit() && c != '0') => {
            format!("−{digits}")
        }
        Some(digits) => digits.into(),
        None => text,
    };
    text + unit
}

fn exponent(value: f64) -> String {
    let power = value.abs().log10().floor() as i32;
    let digit = value / 10_f64.powi(power);
    let sign = if digit < 0.0 { "−" } else { "" };
    match digit.abs().round() as i64 {
        1 => format!("{sign}{}", power_of_ten(power)),
        digit => format!("{sign}{digit}·{}", superscript(power)),
    }
}

fn power_of_ten(power: i32) -> String {
    match power {
        -3..=-1 => decimal::fixed(10_f64.powi(power), power.unsigned_abs() as usize),
        0..=3 => format!("{}", 10_i64.pow(power as u32)),
        _ => superscript(power),
    }
}

fn superscript(power: i32) -> String {
    let digits = power.to_string();
    let raised = digits.chars().map(|c| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32(0x2070 + digit as u32 - '0' as u32).unwrap_or(digit),
    });
    "10".chars().chain(raised).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: Axis, wanted: usize) -> Vec<String> {
        axis.ticks(wanted).into_iter().map(|t| t.1).collect()
    }

    #[test]
    fn pixels_and_values_are_inverse() {
        for axis in [
            Axis::linear(-3.0, 7.0, 20.0, 300.0),
            Axis::linear(0.0, 1.0, 200.0, 10.0),
            Axis::logarithmic(1e-4, 10.0, 200.0, 10.0),
        ] {
            for value in [0.001, 0.25, 0.99] {
                assert!((axis.value(axis.px(value)) - value).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn ticks_are_round_and_read_well() {
        let linear = |low, high, n| labels(Axis::linear(low, high, 0.0, 100.0), n);
        assert_eq!(linear(-4.0, 4.0, 4), ["−4", "−2", "0", "2", "4"]);
        assert_eq!(linear(0.0, 1.0, 4), ["0.0", "0.5", "1.0"]);
        assert_eq!(linear(0.0, 24_000.0, 3), ["0", "10k", "20k"]);
        let log = |low, high, n| labels(Axis::logarithmic(low, high, 0.0, 100.0), n);
        assert_eq!(log(1e-3, 10.0, 5), ["0.001", "0.01", "0.1", "1", "10"]);
        assert_eq!(log(1e-6, 1.0, 3), ["10⁻⁶", "0.001", "1"]);
        assert_eq!(log(0.2, 0.9, 5), ["0.2", "0.5"]);
    }

    #[test]
    fn what_cannot_be_an_axis_becomes_one() {
        let bad = [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            0.0,
            1e38,
            -1e-40,
        ];
        for low in bad {
            for high in bad {
                for axis in [
                    Axis::linear(low, high, 0.0, 100.0),
                    Axis::logarithmic(low, high, 0.0, 100.0),
                ] {
                    assert!(axis.low < axis.high, "{low} {high} {axis:?}");
                    assert!((0.0..=100.0).contains(&axis.px(1.0)), "{axis:?}");
                    assert!(axis.ticks(4).len() <= 20);
                }
            }
        }
    }

    #[test]
    fn numbers_have_a_true_minus_and_no_minus_zero() {
        assert_eq!(number(-1.5, 0.5), "−1.5");
        assert_eq!(number(-0.0001, 0.5), "0.0");
        assert_eq!(number(3e-7, 1e-7), "3·10⁻⁷");
        assert_eq!(number(-2e9, 1e9), "−2·10⁹");
    }
}
