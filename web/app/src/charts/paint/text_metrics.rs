//! How wide text is, roughly, and where it must be cut. Draws nothing.

use std::borrow::Cow;

/// Width of a text in the unit of `size`. A canvas can measure text, plotters' trait cannot ask it: this estimate is
/// on the wide side for the usual sans-serif fonts, Chinese included.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    let ems: f64 = text.chars().map(char_width).sum();
    ems * size
}

fn char_width(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '·' | ' ' | '\u{2009}' => 0.32,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '⁻' | '⁰'..='⁹' | '¹' | '²' | '³' => {
            0.42
        }
        'm' | 'w' | 'M' | 'W' | '%' | '…' => 0.92,
        'A'..='Z' => 0.7,
        '\u{2e80}'..='\u{ffef}' => 1.02,
        _ => 0.64,
    }
}

/// The text, cut with an ellipsis where it is wider than `room`; one with a number in it is whole or nothing.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> Cow<'_, str> {
    if text_width(text, size) <= room {
        return Cow::Borrowed(text);
    }
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Cow::Borrowed("");
    }
    let mut left = room - text_width("…", size);
    let kept: String = text
        .chars()
        .take_while(|c| {
            left -= char_width(*c) * size;
            left >= 0.0
        })
        .collect();
    if kept.trim().is_empty() {
        return Cow::Borrowed("");
    }
    Cow::Owned(format!("{}…", kept.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_to_its_room() {
        assert_eq!(fit("loss", 10.0, 100.0), "loss");
        let cut = fit("standard deviations", 10.0, 60.0);
        assert!(
            cut.ends_with('…') && text_width(&cut, 10.0) <= 60.0,
            "{cut}"
        );
        assert_eq!(fit("批统计", 10.0, 24.0), "批…");
        assert_eq!(fit("wide", 10.0, 3.0), "");
    }

    #[test]
    fn a_number_is_whole_or_absent() {
        for text in ["0.001", "−4", "10⁻⁶", "3 · 10²", "up to 2.4"] {
            let whole = text_width(text, 10.0);
            assert_eq!(fit(text, 10.0, whole), text);
            assert_eq!(fit(text, 10.0, whole - 0.1), "", "{text}");
        }
    }
}
