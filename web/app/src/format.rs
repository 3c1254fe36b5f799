//! Numbers as people read them. Knows no language: both write numbers the same way.

use batchnorm_lab::numeric::decimal::{self, fixed};

/// A value with three significant digits, e.g. `0.0312`, `1.25`, `384`, `1.2e-7`.
pub fn value(x: f64) -> String {
    if x.is_nan() {
        return "–".into();
    }
    let size = x.abs();
    let text = if size == 0.0 {
        "0".into()
    } else if !(1e-3..1e5).contains(&size) && size.is_finite() {
        exponent(x)
    } else {
        let decimals = match size {
            s if s >= 99.95 => 0,
            s if s >= 9.995 => 1,
            s if s >= 0.9995 => 2,
            s if s >= 0.09995 => 3,
            _ => 4,
        };
        fixed(x, decimals)
    };
    text.replace('-', "−")
}

/// The same with fewer digits, where room is short: `0.42`, `1.3`.
pub fn short(x: f64) -> String {
    let size = x.abs();
    if !(1e-3..1e3).contains(&size) {
        return if size < 1e-3 { "0".into() } else { value(x) };
    }
    let decimals = match size {
        s if s >= 9.95 => 0,
        s if s >= 0.995 => 1,
        _ => 2,
    };
    fixed(x, decimals).replace('-', "−")
}

/// A measured number with the six digits that it is sure of, e.g. `0.693147`, `1.5`, `2.71828e30`.
pub fn exact(x: f32) -> String {
    let size = f64::from(x).abs();
    if x.is_nan() {
        return "–".into();
    }
    let mut text = if size == 0.0 {
        "0".into()
    } else if !(1e-4..1e6).contains(&size) && size.is_finite() {
        return scientific(f64::from(x), 5).replace('-', "−");
    } else {
        let bounds = [1e5, 1e4, 1e3, 1e2, 1e1, 1e0, 1e-1, 1e-2, 1e-3];
        let decimals = bounds.iter().take_while(|bound| size < **bound).count();
        fixed(f64::from(x), decimals)
    };
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    text.replace('-', "−")
}

/// Two significant digits are enough of an exponent.
fn exponent(x: f64) -> String {
    scientific(x, 1)
}

fn scientific(x: f64, decimals: usize) -> String {
    let mut power = 0;
    let mut mantissa = x;
    // What would be rounded to 10 is 1 of the next power.
    let one = match decimals {
        1 => 0.995,
        _ => 0.999_999_5,
    };
    while mantissa.abs() >= 10.0 * one {
        mantissa /= 10.0;
        power += 1;
    }
    while mantissa.abs() < one {
        mantissa *= 10.0;
        power -= 1;
    }
    let digits = fixed(mantissa, decimals);
    format!(
        "{}e{power}",
        digits.trim_end_matches('0').trim_end_matches('.')
    )
}

/// A setting's number as short as it can be typed.
pub fn setting(x: f64) -> String {
    decimal::format(x)
}

/// A share as the style sheet reads it, from 0 to 1.
pub fn share(share: f64) -> String {
    fixed(share, 4)
}

/// A share as a percentage with one decimal, which no line parts from its sign: `97.4 %`.
pub fn percent(share: f32) -> String {
    if share.is_nan() {
        return "–".into();
    }
    fixed(f64::from(share) * 100.0, 1) + "\u{202f}%"
}

/// A whole number with its thousands set apart by narrow spaces: `12 400`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + 4);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_three_digits() {
        for (x, text) in [
            (0.0, "0"),
            (1.0, "1.00"),
            (-0.5, "−0.500"),
            (9.999, "10.0"),
            (12.34, "12.3"),
            (383.6, "384"),
            (0.01234, "0.0123"),
            (1.23e-7, "1.2e−7"),
            (2e9, "2e9"),
            (f64::NAN, "–"),
            (f64::NEG_INFINITY, "−∞"),
        ] {
            assert_eq!(value(x), text, "{x}");
        }
    }

    #[test]
    fn short_values_fit_narrow_columns() {
        for (x, text) in [
            (0.4223, "0.42"),
            (-1.26, "−1.3"),
            (0.00354, "0.00"),
            (1e-5, "0"),
            (128.4, "128"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(short(x), text, "{x}");
        }
    }

    #[test]
    fn exact_figures_keep_the_six_digits_of_a_measurement() {
        for (x, text) in [
            (0.0, "0"),
            (-0.5, "−0.5"),
            (0.512_346_7, "0.512347"),
            (97.2, "97.2"),
            (100.0, "100"),
            (0.1, "0.1"),
            (123_456.7, "123457"),
            (2.71828e30, "2.71828e30"),
            (-1.5e-7, "−1.5e−7"),
            (f32::NAN, "–"),
            (f32::INFINITY, "∞"),
        ] {
            assert_eq!(exact(x), text, "{x}");
        }
    }

    #[test]
    fn settings_can_be_typed_back() {
        for x in [1e-5, 0.3, 30.0, 1e-12, 0.0, 0.001] {
            assert_eq!(setting(x).parse::<f64>(), Ok(x));
        }
    }

    #[test]
    fn a_percentage_is_one_word() {
        for (share, text) in [
            (0.974, "97.4\u{202f}%"),
            (1.0, "100.0\u{202f}%"),
            (f32::NAN, "–"),
        ] {
            assert_eq!(percent(share), text);
            assert!(!text.contains(' '));
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1240), "1\u{202f}240");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
