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

/// Two significant digits are enough of an exponent.
fn exponent(x: f64) -> String {
    let mut power = 0;
    let mut mantissa = x;
    while mantissa.abs() >= 9.95 {
        mantissa /= 10.0;
        power += 1;
    }
    while mantissa.abs() < 0.995 {
        mantissa *= 10.0;
        power -= 1;
    }
    let digits = fixed(mantissa, 1);
    format!("{}e{power}", digits.strip_suffix(".0").unwrap_or(&digits))
}

/// A setting's number as short as it can be typed.
pub fn setting(x: f64) -> String {
    decimal::format(x)
}

/// A share as the style sheet reads it, from 0 to 1.
pub fn share(share: f64) -> String {
    fixed(share, 4)
}

/// A share as a percentage with one decimal: `97.4 %`.
pub fn percent(share: f32) -> String {
    if share.is_nan() {
        return "–".into();
    }
    fixed(f64::from(share) * 100.0, 1) + " %"
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
    fn settings_can_be_typed_back() {
        for x in [1e-5, 0.3, 30.0, 1e-12, 0.0, 0.001] {
            assert_eq!(setting(x).parse::<f64>(), Ok(x));
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
