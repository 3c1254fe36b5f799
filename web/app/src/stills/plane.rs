//! What a network says over the plane, without a bitmap: the line between the classes, the regions it is sure of, and the
//! points it learns from.

use batchnorm_lab::data::Split;
use batchnorm_lab::protocol::BOUNDARY_SIDE;

use super::svg::{Rect, SvgDocument, TokenColor};
use crate::charts::zero_line;

/// Logits at which a network is sure: 80 %.
const SURE: f32 = 1.386;
/// Logits below this are no decision, as in the page's chart.
const UNDECIDED: f32 = 0.004;
/// Training points drawn at most.
const POINTS: usize = 80;
/// Share of a class' colour where the network is sure of it, percent.
const SHADE: u8 = 25;

/// Draws a square plane; says whether there is no line on it.
pub(super) fn draw(svg: &mut SvgDocument, place: Rect, logits: &[f32], points: &Split) -> bool {
    let mut is_flat = false;
    if logits.len() == BOUNDARY_SIDE * BOUNDARY_SIDE {
        for (sign, class) in [(-1.0, "class-0"), (1.0, "class-1")] {
            let values: Vec<f32> = logits.iter().map(|logit| logit * sign - SURE).collect();
            svg.region(&region(&values, place), TokenColor::part(class, SHADE));
        }
        let lines = match logits.iter().all(|logit| logit.abs() < UNDECIDED) {
            true => Vec::new(),
            false => zero_line(logits, BOUNDARY_SIDE),
        };
        is_flat = lines.is_empty();
        for line in lines {
            let line: Vec<_> = line.iter().map(|at| to_edge(*at, place)).collect();
            svg.line(&line, 1.5, TokenColor::of("text"));
        }
    }
    let (left, top, right, bottom) = (place.left, place.top, place.right(), place.bottom());
    let ends = [(left, top), (left, bottom), (right, bottom)];
    svg.line(&ends, 1.0, TokenColor::of("axis"));
    draw_points(svg, place, points);
    is_flat
}

/// Where values are above zero, as closed rings: a ring of cells below zero is laid around them.
fn region(values: &[f32], place: Rect) -> Vec<Vec<(f64, f64)>> {
    let side = BOUNDARY_SIDE + 2;
    let mut padded = vec![f32::MIN / 4.0; side * side];
    for (row, values) in values.chunks_exact(BOUNDARY_SIDE).enumerate() {
        let start = (row + 1) * side + 1;
        padded[start..start + BOUNDARY_SIDE].copy_from_slice(values);
    }
    zero_line(&padded, side)
        .into_iter()
        .map(|ring| {
            ring.into_iter()
                .map(|(x, y)| to_edge((x - 1.0, y - 1.0), place))
                .collect()
        })
        .collect()
}

/// A place of the grid on the sheet. Values stand for the middles of cells: what comes to the outermost ones goes on to
/// the edge.
fn to_edge((x, y): (f64, f64), place: Rect) -> (f64, f64) {
    let last = BOUNDARY_SIDE as f64 - 1.0;
    let share = |v: f64| match v {
        v if v < 0.01 => 0.0,
        v if v > last - 0.01 => 1.0,
        v => (v + 0.5) / BOUNDARY_SIDE as f64,
    };
    (
        place.left + share(x) * place.width,
        place.top + share(y) * place.height,
    )
}

/// Class 0 is a circle, class 1 a diamond. They stand on whole pixels of their plane, so that two planes of a picture
/// have the same path.
fn draw_points(svg: &mut SvgDocument, place: Rect, points: &Split) {
    let stride = points.len().div_ceil(POINTS).max(1);
    let all = points.x.chunks_exact(2).zip(&points.labels);
    for (at, label) in all.step_by(stride) {
        let margin = 3.0;
        let on = |share: f64, length: f64| (share * length).round().clamp(margin, length - margin);
        let x = place.left + on((f64::from(at[0]) + 1.0) / 2.0, place.width);
        let y = place.top + on((1.0 - f64::from(at[1])) / 2.0, place.height);
        match label {
            0 => svg.dot((x, y), 2.2, TokenColor::of("class-0")),
            _ => {
                let r = 2.8;
                let diamond = [(x, y - r), (x + r, y), (x, y + r), (x - r, y)];
                svg.polygon(&diamond, TokenColor::of("class-1"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_at_the_edge_is_closed_along_it() {
        let place = Rect::new(0.0, 0.0, 96.0, 96.0);
        let value = |i: usize| (i % BOUNDARY_SIDE) as f32 - 20.25;
        let values: Vec<f32> = (0..BOUNDARY_SIDE * BOUNDARY_SIDE).map(value).collect();
        let rings = region(&values, place);
        assert_eq!(rings.len(), 1);
        assert_eq!(rings[0].first(), rings[0].last());
        let least = rings[0].iter().fold(f64::MAX, |least, at| least.min(at.0));
        assert!((least - 41.5).abs() < 0.1, "{least}");
        for corner in [(96.0, 0.0), (96.0, 96.0)] {
            let near = |at: &(f64, f64)| (at.0 - corner.0).hypot(at.1 - corner.1) < 0.5;
            assert!(rings[0].iter().any(near), "{corner:?}");
        }
    }
}
