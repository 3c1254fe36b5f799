//! Numbers as people read them. Knows no language: both write numbers the same way.

/// A value with three significant digits, e.g. `0.0312`, `1.25`, `384`, `1.2e-7`.
pub fn value(x: f64) -> String {
    if x.is_nan() {
        return "–".into();
    }
    if x.is_infinite() {
        return if x > 0.0 { "∞" } else { "−∞" }.into();
    }
    let size = x.abs();
    let text = if size == 0.0 {
        "0".into()
    } else if !(1e-3..1e5).contains(&size) {
        exponent(x)
    } else {
        let decimals = match size {
            s if s >= 99.95 => 0,
            s if s >= 9.995 => 1,
            s if s >= 0.9995 => 2,
            s if s >= 0.09995 => 3,
            _ => 4,
        };
        format!("{x:.decimals$}")
    };
    text.replace('-', "−")
}

/// Three significant digits are enough of an exponent too.
fn exponent(x: f64) -> String {
    let text = format!("{x:.1e}");
    text.replace(".0e", "e")
}

/// A setting's number as short as it can be typed.
pub fn setting(x: f64) -> String {
    if x != 0.0 && x.abs() < 1e-3 {
        format!("{x:e}")
    } else {
        format!("{x}")
    }
}

/// A share as a percentage with one decimal: `97.4 %`.
pub fn percent(share: f32) -> String {
    if share.is_nan() {
        return "–".into();
    }
    format!("{:.1} %", share * 100.0)
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
