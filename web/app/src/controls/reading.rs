//! What people type as a number: decimal commas, full-width digits, signs of other keyboards, units behind it. Knows no
//! setting and no element.

/// The number in `text` as links write it; `text` without its blanks where that is no number.
pub fn plain(text: &str, is_whole: bool) -> String {
    let signs: String = text.chars().filter_map(sign).collect();
    let end = number_end(&signs);
    // Letters of any writing, without the tables of Unicode: what is no mark of ASCII, and these.
    let is_of_unit = |c: char| c.is_ascii_alphabetic() || !c.is_ascii() || c == '%';
    let number = signs.get(..end).unwrap_or_default();
    let has_unit = signs.chars().skip(end).all(is_of_unit);
    if number.is_empty() || !has_unit {
        return signs;
    }
    let number = number.strip_prefix('+').unwrap_or(number);
    let (digits, exponent) = match number.split_once('e') {
        Some((digits, exponent)) => (digits, exponent.strip_prefix('+').unwrap_or(exponent)),
        None => (number, ""),
    };
    let digits = with_point(digits, is_whole);
    if exponent.is_empty() {
        digits
    } else {
        [&*digits, "e", exponent].concat()
    }
}

/// A sign as links write it; `None` for a blank.
fn sign(c: char) -> Option<char> {
    Some(match c {
        _ if c.is_whitespace() || matches!(c, '_' | '\u{200b}'..='\u{200f}') => return None,
        '０'..='９' => shifted(c, '０'),
        '٠'..='٩' => shifted(c, '٠'),
        '۰'..='۹' => shifted(c, '۰'),
        '．' | '。' | '｡' => '.',
        '，' | '、' | '٫' => ',',
        '\'' | '’' | '٬' => return None,
        '－' | '−' | '–' | '‐' | '﹣' | 'ー' => '-',
        '＋' => '+',
        'E' | 'ｅ' | 'Ｅ' => 'e',
        '％' => '%',
        other => other,
    })
}

fn shifted(c: char, zero: char) -> char {
    char::from(b'0' + (c as u32 - zero as u32) as u8)
}

/// Where the number at the beginning of a text ends.
fn number_end(text: &str) -> usize {
    let mut end = 0;
    let bytes = text.as_bytes();
    for (place, byte) in bytes.iter().enumerate() {
        let before = place.checked_sub(1).map(|before| bytes[before]);
        let next = bytes.get(place + 1);
        let belongs = match byte {
            b'0'..=b'9' | b'.' | b',' => true,
            b'-' | b'+' => place == 0 || before == Some(b'e'),
            b'e' => {
                let goes_on = next.is_some_and(|next| matches!(next, b'0'..=b'9' | b'-' | b'+'));
                before.is_some_and(|before| before.is_ascii_digit() || before == b'.') && goes_on
            }
            _ => false,
        };
        if !belongs {
            break;
        }
        end = place + 1;
    }
    end
}

/// Digits with a point or none. The last of two kinds of marks is the decimal one, a single mark too, unless it groups
/// the digits of a whole number by three.
fn with_point(digits: &str, is_whole: bool) -> String {
    let last = digits.rfind([',', '.']);
    let Some(last) = last else {
        return digits.into();
    };
    let whole = digits.get(..last).unwrap_or_default();
    let fraction: String = digits.chars().skip(last + 1).collect();
    let mark = if digits.chars().nth(last) == Some(',') {
        ','
    } else {
        '.'
    };
    let repeats = whole.contains(mark);
    let groups = fraction.len() == 3 && (repeats || is_whole && !whole.starts_with('0'));
    let whole: String = whole.chars().filter(|c| !matches!(c, ',' | '.')).collect();
    if groups {
        return [whole, fraction].concat();
    }
    let is_nothing = fraction.bytes().all(|digit| digit == b'0');
    if is_whole && is_nothing || fraction.is_empty() {
        return whole;
    }
    [&*whole, ".", &*fraction].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keypads_and_input_methods_give_is_read() {
        for (typed, real, whole) in [
            ("0,03", "0.03", "0.03"),
            ("０．０３", "0.03", "0.03"),
            ("０，０３", "0.03", "0.03"),
            (" 0.03 ", "0.03", "0.03"),
            ("1e-3", "1e-3", "1e-3"),
            ("1E−3", "1e-3", "1e-3"),
            ("1.5e+2", "1.5e2", "1.5e2"),
            ("−2", "-2", "-2"),
            ("＋3", "3", "3"),
            ("٠٫٥", "0.5", "0.5"),
            ("۱۲", "12", "12"),
            ("6４", "64", "64"),
            ("1 000", "1000", "1000"),
            ("1\u{202f}000", "1000", "1000"),
            ("1’000", "1000", "1000"),
            ("1,000", "1.000", "1000"),
            ("1.000", "1.000", "1000"),
            ("1,234,567", "1234567", "1234567"),
            ("1.000,5", "1000.5", "1000.5"),
            ("1,000.5", "1000.5", "1000.5"),
            ("16.0", "16.0", "16"),
            ("16.", "16", "16"),
            (".5", ".5", ".5"),
            ("20 %", "20", "20"),
            ("２０％", "20", "20"),
            ("32 points", "32", "32"),
            ("32点", "32", "32"),
            ("2×", "2", "2"),
            ("fast", "fast", "fast"),
            ("1-2", "1-2", "1-2"),
            ("", "", ""),
        ] {
            assert_eq!(plain(typed, false), real, "{typed}");
            assert_eq!(plain(typed, true), whole, "{typed}");
        }
    }
}
