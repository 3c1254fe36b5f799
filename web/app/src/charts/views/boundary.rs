//! What the network says over the plane: shades of the two classes, the line between them, and the points it learns from.

use batchnorm_lab::protocol::BOUNDARY_SIDE;

mod contour;

pub(crate) use self::contour::zero_line;
use crate::charts::frame::axis::Axis;
use crate::charts::frame::plot::{Plot, TICK_SIZE};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::{Rgb, Theme, mix};
use crate::charts::{Chart, Hover};

/// Shades from one class to the other; odd, so that the middle one is the background.
const SHADES: i32 = 11;
/// Logits below this are no decision: 50 % to a tenth of a percent.
const UNDECIDED: f32 = 0.004;
/// Points drawn of each set at most.
const TRAIN_POINTS: usize = 220;
const TEST_POINTS: usize = 110;

/// One run over the plane.
#[derive(Clone, Copy, Debug, Default)]
pub struct Boundary<'a> {
    /// `Side::boundary`; empty before the first frame.
    pub logits: &'a [f32],
    /// Training points, `[points, 2]`.
    pub train: &'a [f32],
    /// Their classes.
    pub train_labels: &'a [u8],
    /// Test points, `[points, 2]`.
    pub test: &'a [f32],
    /// Their classes.
    pub test_labels: &'a [u8],
    /// The pinned training point.
    pub pin: Option<usize>,
    /// Stands below a plane on which both classes are as likely everywhere, or one class is likelier everywhere.
    pub flat: &'a str,
}

impl Chart for Boundary<'_> {
    fn draw(&self, painter: &mut Painter) {
        let layout = PlaneLayout::new(painter.size(), painter.scale);
        painter.clear();
        let is_flat = draw_decision(painter, self.logits, &layout.plot);
        draw_axes(painter, &layout.plot, if is_flat { self.flat } else { "" });
        draw_points(painter, self);
    }

    /// The place in the plane, and the training point within 8 css pixels.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let layout = PlaneLayout::new(size, 1.0);
        if !layout.plot.contains(point) {
            return None;
        }
        let nearest = self
            .train
            .chunks_exact(2)
            .map(|at| layout.px(at))
            .map(|(x, y)| (x - point.0).hypot(y - point.1))
            .enumerate()
            .filter(|(_, distance)| *distance <= 8.0)
            .min_by(|a, b| a.1.total_cmp(&b.1));
        Some(Hover::Place {
            x1: layout.x1.value(point.0),
            x2: layout.x2.value(point.1),
            point: nearest.map(|(index, _)| index),
        })
    }
}

struct PlaneLayout {
    plot: Plot,
    x1: Axis,
    x2: Axis,
}

impl PlaneLayout {
    /// The largest square that leaves room for the axes' names.
    fn new(size: Point, scale: f64) -> Self {
        let room = Plot::within(size, scale, [6.0, 6.0, 19.0, 22.0]);
        let side = room.width().min(room.height());
        let left = room.left + (room.width() - side) / 2.0;
        let plot = Plot {
            left,
            right: left + side,
            bottom: room.top + side,
            ..room
        };
        Self {
            plot,
            x1: Axis::linear(-1.0, 1.0, plot.left, plot.right),
            x2: Axis::linear(-1.0, 1.0, plot.bottom, plot.top),
        }
    }

    fn px(&self, at: &[f32]) -> Point {
        (self.x1.px(f64::from(at[0])), self.x2.px(f64::from(at[1])))
    }
}

/// The shade of a logit, from -SHADES/2 (surely class 0) to SHADES/2; `None` where it is not a number.
fn shade(logit: f32) -> Option<i32> {
    if logit.is_nan() {
        return None;
    }
    let probability = 1.0 / (1.0 + (-f64::from(logit)).exp());
    let level = ((probability - 0.5) * f64::from(SHADES)).round() as i32;
    Some(level.clamp(-(SHADES / 2), SHADES / 2))
}

fn shade_color(theme: &Theme, level: i32) -> Rgb {
    let class = theme.class(u8::from(level > 0));
    let share = f64::from(level.abs()) / f64::from(SHADES / 2);
    mix(theme.background, class, share * 0.36)
}

/// Shades and the line between the classes; says whether there is no such line.
fn draw_decision(painter: &mut Painter, logits: &[f32], plot: &Plot) -> bool {
    if logits.len() != BOUNDARY_SIDE * BOUNDARY_SIDE {
        return false;
    }
    fill_shades(painter, logits, plot);
    let lines = match logits.iter().all(|logit| logit.abs() < UNDECIDED) {
        true => Vec::new(),
        false => zero_line(logits, BOUNDARY_SIDE),
    };
    let is_flat = lines.is_empty() && logits.iter().all(|logit| logit.is_finite());
    // Values stand for the middles of cells.
    let step = plot.width() / BOUNDARY_SIDE as f64;
    let color = painter.theme.text;
    for line in lines {
        let line: Vec<Point> = line
            .iter()
            .map(|(x, y)| (plot.left + (x + 0.5) * step, plot.top + (y + 0.5) * step))
            .collect();
        painter.line(&line, 1.5, Stroke::Solid, color);
    }
    is_flat
}

/// Both axes with their ends, and a word below the middle.
fn draw_axes(painter: &mut Painter, plot: &Plot, word: &str) {
    let (axis, muted, text) = (painter.theme.axis, painter.theme.muted, painter.theme.text);
    painter.rule_across(plot.bottom, plot.left, plot.right, 1.0, axis);
    painter.rule_down(plot.left, plot.top, plot.bottom, 1.0, axis);
    let low = plot.bottom + painter.px(4.0);
    let beside = plot.left - painter.px(4.0);
    let middle = (plot.left + plot.right) / 2.0;
    // Between the ends' numbers, or not at all.
    let size = painter.px(TICK_SIZE);
    let is_free = text_width(word, size) + 3.0 * size < plot.width();
    let word = if is_free { word } else { "" };
    for (label, at, color, align, baseline) in [
        ("−1", (plot.left, low), muted, Align::Middle, Baseline::Top),
        ("1", (plot.right, low), muted, Align::End, Baseline::Top),
        (word, (middle, low), text, Align::Middle, Baseline::Top),
        ("1", (beside, plot.top), muted, Align::End, Baseline::Top),
        (
            "−1",
            (beside, plot.bottom),
            muted,
            Align::End,
            Baseline::Bottom,
        ),
    ] {
        painter.text(label, at, TICK_SIZE, color, align, baseline);
    }
}

/// Cells of one shade in a row are one rectangle, equal rows are one block.
fn fill_shades(painter: &mut Painter, logits: &[f32], plot: &Plot) {
    let step = plot.width() / BOUNDARY_SIDE as f64;
    // Cell borders on whole pixels, or seams would shine through.
    let border = |start: f64, index: usize| (start + index as f64 * step).round();
    let levels: Vec<Option<i32>> = logits.iter().map(|logit| shade(*logit)).collect();
    let rows: Vec<&[Option<i32>]> = levels.chunks_exact(BOUNDARY_SIDE).collect();
    let mut row = 0;
    while row < BOUNDARY_SIDE {
        let same = rows[row..].iter().take_while(|r| **r == rows[row]).count();
        let top = border(plot.top, row);
        let bottom = border(plot.top, row + same);
        let mut column = 0;
        while column < BOUNDARY_SIDE {
            let level = rows[row][column];
            let run = rows[row][column..]
                .iter()
                .take_while(|l| **l == level)
                .count();
            let left = border(plot.left, column);
            let right = border(plot.left, column + run);
            match level {
                Some(0) => {}
                Some(level) => {
                    let color = shade_color(painter.theme, level);
                    painter.rectangle((left, top), (right, bottom), color);
                }
                None => {
                    let color = painter.theme.grid;
                    painter.rectangle((left, top), (right, bottom), color);
                }
            }
            column += run;
        }
        row += same;
    }
}

fn class_shape(label: u8) -> Shape {
    if label == 0 {
        Shape::Circle
    } else {
        Shape::Diamond
    }
}

fn draw_points(painter: &mut Painter, data: &Boundary) {
    let layout = PlaneLayout::new(painter.size(), painter.scale);
    let radius = if layout.plot.width() < painter.px(180.0) {
        1.5
    } else {
        2.25
    };
    // A shift of the domain moves points off the plane that is drawn.
    let on_plane = |at: &[f32]| Some(layout.px(at)).filter(|at| layout.plot.contains(*at));
    let test = data.test.chunks_exact(2).zip(data.test_labels);
    let stride = data.test_labels.len().div_ceil(TEST_POINTS).max(1);
    for (at, label) in test.step_by(stride) {
        let color = painter.theme.class(*label);
        if let Some(at) = on_plane(at) {
            painter.hollow(class_shape(*label), at, radius + 0.25, 1.0, color);
        }
    }
    let stride = data.train_labels.len().div_ceil(TRAIN_POINTS).max(1);
    let train = || data.train.chunks_exact(2).zip(data.train_labels);
    for (at, label) in train().step_by(stride) {
        let color = painter.theme.class(*label);
        if let Some(at) = on_plane(at) {
            painter.mark(class_shape(*label), at, radius, color);
        }
    }
    let pinned = data.pin.and_then(|pin| train().nth(pin));
    if let Some((at, label)) = pinned.and_then(|(at, label)| Some((on_plane(at)?, label))) {
        let (color, text) = (painter.theme.class(*label), painter.theme.text);
        painter.mark(class_shape(*label), at, radius + 1.5, color);
        painter.ring(at, radius + 4.0, 2.0, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{Case, Like, check, texts};

    fn show_in(case: &Case, show: &mut dyn FnMut(&dyn Chart)) {
        let labels: Vec<u8> = (0..case.points.len() / 2).map(|i| (i % 2) as u8).collect();
        show(&Boundary {
            logits: case.frame.sides.first().map_or(&[], |s| &s.boundary),
            train: &case.points,
            train_labels: &labels,
            test: &case.points,
            test_labels: &labels,
            pin: Some(3),
            flat: "no boundary",
        });
    }

    #[test]
    fn any_plane_is_drawn_within() {
        // Random logits: no two cells are alike.
        check(3200, &["−1", "1"], show_in);
    }

    #[test]
    fn a_plane_without_a_boundary_says_so() {
        for (like, want) in [(Like::Zero, true), (Like::Normal, false)] {
            show_in(&Case::like(like, 1), &mut |chart| {
                let says = texts(chart, (200, 200)).contains(&"no boundary".to_owned());
                assert_eq!(says, want, "{like:?}");
            });
        }
    }
}
