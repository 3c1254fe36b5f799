//! How wide text is, roughly, where it must be cut, and how labels keep off each other. Draws nothing.

use crate::small_sort::{Bound, sort_few};
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
        _ => 0.58,
    }
}

/// The text, cut with an ellipsis where it is wider than `room`.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> Cow<'_, str> {
    if text_width(text, size) <= room {
        return Cow::Borrowed(text);
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

/// Moves label heights apart until neighbours are `gap` from each other and all lie in `top..=bottom`.
///
/// Gives `None` for those that find no room; the first labels are the ones that matter most.
pub(crate) fn spread(wanted: &[f64], gap: f64, top: f64, bottom: f64) -> Vec<Option<f64>> {
    if bottom < top {
        return vec![None; wanted.len()];
    }
    let room = ((bottom - top) / gap).floor() as usize + 1;
    let mut order: Vec<usize> = (0..wanted.len())
        .filter(|i| wanted[*i].is_finite())
        .take(room)
        .collect();
    // Ends that are almost equal keep the order of their labels: it would flicker with every frame.
    let rough = |i: &usize| (wanted[*i] / gap * 1.5).round();
    sort_few(&mut order, |a, b| rough(a) > rough(b));
    let mut placed = vec![None; wanted.len()];
    let mut free = top;
    for index in &order {
        let y = wanted[*index].bound(top, bottom).max(free);
        placed[*index] = Some(y);
        free = y + gap;
    }
    let mut limit = bottom;
    for index in order.iter().rev() {
        let y = placed[*index].unwrap_or(limit).min(limit);
        placed[*index] = Some(y);
        limit = y - gap;
    }
    placed
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
    fn labels_keep_apart_and_inside() {
        let placed = spread(&[50.0, 51.0, 49.0, f64::NAN, 99.0, 98.0], 12.0, 0.0, 100.0);
        assert_eq!(placed[3], None);
        let mut seen: Vec<f64> = placed.iter().flatten().copied().collect();
        seen.sort_by(f64::total_cmp);
        assert_eq!(seen.len(), 5);
        assert!(
            seen.windows(2).all(|pair| pair[1] - pair[0] >= 11.999),
            "{seen:?}"
        );
        assert!(seen[0] >= 0.0 && seen[4] <= 100.0, "{seen:?}");
    }

    #[test]
    fn labels_without_room_are_left_out_last_first() {
        let placed = spread(&[1.0, 2.0, 3.0], 10.0, 0.0, 10.0);
        assert!(placed[0].is_some() && placed[1].is_some());
        assert_eq!(placed[2], None);
        assert_eq!(spread(&[1.0], 10.0, 5.0, 4.0), [None]);
    }
}
