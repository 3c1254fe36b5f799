//! Labels at the right ends of lines, which keep off each other.

use super::plot::{GUTTER_GAP, LABEL_SIZE, Plot};
use crate::charts::paint::painter::Painter;
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::fit;
use crate::charts::paint::theme::Rgb;
use crate::small_sort::{Bound, sort_few};

/// Writes each label in its colour right of the plot, as near as there is room to the height of its line's end, device
/// pixels; one whose height is not finite is left out. The first matter most.
pub(crate) fn draw_end_labels(painter: &mut Painter, plot: &Plot, labels: &[(&str, Rgb, f64)]) {
    let wanted: Vec<f64> = labels.iter().map(|label| label.2).collect();
    let gap = painter.px(LABEL_SIZE + 1.0);
    let left = plot.right + painter.px(GUTTER_GAP);
    let room = painter.width - left;
    let heights = spread(&wanted, gap, plot.top, plot.bottom - gap / 2.0);
    for ((label, color, _), height) in labels.iter().zip(heights) {
        if let Some(y) = height {
            let label = fit(label, painter.px(LABEL_SIZE), room);
            let (start, middle) = (Align::Start, Baseline::Middle);
            painter.text(&label, (left, y), LABEL_SIZE, *color, start, middle);
        }
    }
}

/// Moves label heights apart until neighbours are `gap` from each other and all lie in `top..=bottom`.
///
/// Gives `None` for those that find no room; the first labels are the ones that matter most.
fn spread(wanted: &[f64], gap: f64, top: f64, bottom: f64) -> Vec<Option<f64>> {
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
