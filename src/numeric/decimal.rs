//! Numbers as short decimal text, exactly there and back. Refuses what a few digits cannot say.
//!
//! The standard library's conversions are right for every number and weigh 17 kB in a compressed wasm module, most of
//! it tables. A setting is a number like 0.003: a whole number below 2^53 over a power of ten, both exact in f64, so
//! one division is correctly rounded (Clinger 1990, "How to read floating point numbers accurately", the simple case).

/// Powers of ten that f64 holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];
/// Whole numbers up to here are exact in f64.
const LARGEST: u64 = 1 << 53;

/// The text's number: digits with at most one point, then perhaps `e` and a whole exponent; no sign but `-` in front
/// or behind the `e`. Digits behind the point that 53 bits cannot hold are rounded away. `None` for anything else, and
/// for what one exact division cannot give.
pub fn parse(text: &str) -> Option<f64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let (mut mantissa, mut kept, mut is_full) = (0_u64, 0_i32, false);
    for (place, digit) in whole.bytes().chain(fraction.bytes()).enumerate() {
        let value = u64::from(digit.checked_sub(b'0').filter(|value| *value < 10)?);
        let is_whole = place < whole.len();
        let longer = mantissa.checked_mul(10)?.checked_add(value)?;
        if is_whole || !is_full && longer <= LARGEST {
            mantissa = longer;
            kept += i32::from(!is_whole);
        } else if !is_full {
            // The end of 0.30000000000000004, as programs write 0.3, is beyond what is kept.
            mantissa += u64::from(value > 4);
            is_full = true;
        }
    }
    let places = kept.checked_sub(exponent)?;
    let power = *POWERS.get(usize::try_from(places.unsigned_abs()).ok()?)?;
    if mantissa > LARGEST {
        return None;
    }
    let value = mantissa as f64;
    Some(
        sign * if places < 0 {
            value * power
        } else {
            value / power
        },
    )
}

/// The shortest decimal text, without exponent, that `parse` reads back as the same number; numbers that none fits are
/// rounded to 22 places or as far as 53 bits go.
pub fn format(value: f64) -> String {
    let size = value.abs();
    let mut places = 0;
    while places < POWERS.len() - 1 {
        let mantissa = (size * POWERS[places]).round();
        let has_no_room = size * POWERS[places + 1] > LARGEST as f64;
        if mantissa / POWERS[places] == size || has_no_room {
            break;
        }
        places += 1;
    }
    write(value < 0.0, (size * POWERS[places]).round() as u64, places)
}

/// The number rounded to so many places, halves away from zero, as for a reader; what 53 bits cannot count at that
/// many places is given with fewer.
pub fn fixed(value: f64, places: usize) -> String {
    if !value.is_finite() {
        let word = if value.is_nan() { "NaN" } else { "∞" };
        return [if value < 0.0 { "-" } else { "" }, word].concat();
    }
    let size = value.abs();
    let mut places = places.min(POWERS.len() - 1);
    while places > 0 && size * POWERS[places] > LARGEST as f64 {
        places -= 1;
    }
    let digits = (size * POWERS[places]).round() as u64;
    write(value < 0.0 && digits > 0, digits, places)
}

fn write(is_negative: bool, digits: u64, places: usize) -> String {
    let digits = format!("{digits:0>width$}", width = places + 1);
    let mut text = String::with_capacity(digits.len() + 2);
    if is_negative {
        text.push('-');
    }
    // Digit by digit: a cut through a text could fail, and what would then be said weighs 3 kB in a module.
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index + places == digits.len() {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_decimals_are_what_the_standard_library_reads_and_writes() {
        for text in [
            "0",
            "1",
            "30",
            "0.1",
            "0.3",
            "0.001",
            "0.0001",
            "0.00001",
            "0.000000000001",
            "0.99",
            "2.5",
            "1234.5678",
            "-2.25",
            "100000",
            "9007199254740992",
        ] {
            let want: f64 = text.parse().expect("a number");
            assert_eq!(parse(text), Some(want), "{text}");
            assert_eq!(format(want), text);
        }
        for text in ["1e-5", "2.5E3", "1e22", "5e-12", ".5", "5."] {
            assert_eq!(parse(text), text.parse().ok(), "{text}");
        }
    }

    #[test]
    fn digits_beyond_what_is_kept_are_rounded_away() {
        for (text, value) in [
            ("0.30000000000000004", 0.3),
            ("0.1000000000000000055511151231257827", 0.1),
            ("0.010000000000000002", 0.01),
            ("0.00009999999999999999", 0.0001),
            ("2.9999999999999996", 3.0),
            ("0.7000000000000001", 0.7000000000000001),
        ] {
            assert_eq!(parse(text), Some(value), "{text}");
        }
    }

    #[test]
    fn every_slider_place_comes_back() {
        for i in 0..20_000_u32 {
            let value = f64::from(i) / 1000.0;
            assert_eq!(parse(&format(value)), Some(value));
            let small = f64::from(i) / 1e8;
            assert_eq!(parse(&format(small)), Some(small));
        }
    }

    #[test]
    fn places_are_those_of_the_standard_library_but_for_ties() {
        for i in 0..4000_u32 {
            // An irrational step meets no tie.
            let value = (f64::from(i) - 2000.0) * 0.031_415_926_535;
            for places in 0..6 {
                let want = format!("{value:.places$}");
                let is_zero = want.trim_matches(['-', '0', '.']).is_empty();
                let want = if is_zero { want.replace('-', "") } else { want };
                assert_eq!(fixed(value, places), want);
            }
        }
        assert_eq!(fixed(f64::NAN, 2), "NaN");
        assert_eq!(fixed(f64::NEG_INFINITY, 2), "-∞");
        assert_eq!(fixed(1e15, 3), "1000000000000000");
    }

    #[test]
    fn what_is_no_short_number_is_refused() {
        for text in [
            "",
            ".",
            "-",
            "fast",
            "NaN",
            "inf",
            "+1",
            "1e",
            "1e99",
            "0x1",
            "1,5",
            "--1",
            "1.2.3",
            "١",
            "99999999999999999999",
            "1e-2147483648",
            " 1",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
