//! What the network says over the plane: shades of the two classes, the line between them, and the points it learns from.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use batchnorm_lab::protocol::BOUNDARY_SIDE;

use super::axis::Axis;
use super::contour::zero_line;
use super::ink::{Align, Baseline};
use super::pen::{Pen, Point, Shape, Stroke};
use super::plot::{Plot, TICK_SIZE};
use super::theme::{Rgb, Theme, mix};
use super::{Drawn, Hover, paint};

/// Shades from one class to the other; odd, so that the middle one is the background.
const SHADES: i32 = 11;
/// Logits below this are no decision: 50 % to a tenth of a percent.
const UNDECIDED: f32 = 0.004;
/// Points drawn of each set at most.
const TRAIN_POINTS: usize = 220;
const TEST_POINTS: usize = 110;

/// One run over the plane.
#[derive(Clone, Copy, Debug, Default)]
pub struct BoundaryData<'a> {
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
}

/// Texts of the plane.
#[derive(Clone, Copy, Debug, Default)]
pub struct BoundaryText<'a> {
    /// Name of the first feature.
    pub x1: &'a str,
    /// Name of the second feature.
    pub x2: &'a str,
    /// Stands below a plane on which both classes are as likely everywhere, or one class is likelier everywhere.
    pub flat: &'a str,
}

/// Draws the shades, the line between the classes and the points.
///
/// # Errors
/// The backend's.
pub fn draw_boundary<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &BoundaryData,
    theme: &Theme,
    text: &BoundaryText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| {
        map(pen, data, text);
        points(pen, data);
    })
}

/// Draws all but the points, for a page that keeps them on a canvas of their own.
///
/// # Errors
/// The backend's.
pub fn draw_boundary_map<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &BoundaryData,
    theme: &Theme,
    text: &BoundaryText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| map(pen, data, text))
}

/// Draws the points alone, on whatever is there.
///
/// # Errors
/// The backend's.
pub fn draw_boundary_points<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &BoundaryData,
    theme: &Theme,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| points(pen, data))
}

/// The place in the plane, and the training point within 8 css pixels; `size` and `point` in css pixels.
pub fn locate_boundary(data: &BoundaryData, size: Point, point: Point) -> Option<Hover> {
    let layout = PlaneLayout::new(size, 1.0);
    if !layout.plot.contains(point) {
        return None;
    }
    let nearest = data
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

struct PlaneLayout {
    plot: Plot,
    x1: Axis,
    x2: Axis,
}

impl PlaneLayout {
    /// The largest square that leaves room for the axes' names.
    fn new(size: Point, scale: f64) -> Self {
        let room = Plot::within(size, scale, [6.0, 6.0, 17.0, 22.0]);
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

fn map(pen: &mut Pen, data: &BoundaryData, text: &BoundaryText) {
    let layout = PlaneLayout::new(pen.size(), pen.scale);
    let plot = layout.plot;
    let (axis, muted, ink) = (pen.theme.axis, pen.theme.muted, pen.theme.text);
    pen.clear();
    let mut name = text.x1;
    if data.logits.len() == BOUNDARY_SIDE * BOUNDARY_SIDE {
        fill_shades(pen, data.logits, &plot);
        let lines = match data.logits.iter().all(|logit| logit.abs() < UNDECIDED) {
            true => Vec::new(),
            false => zero_line(data.logits, BOUNDARY_SIDE),
        };
        if lines.is_empty() && data.logits.iter().all(|logit| logit.is_finite()) {
            name = text.flat;
        }
        // Values stand for the middles of cells.
        let step = plot.width() / BOUNDARY_SIDE as f64;
        for line in lines {
            let line: Vec<Point> = line
                .iter()
                .map(|(x, y)| (plot.left + (x + 0.5) * step, plot.top + (y + 0.5) * step))
                .collect();
            pen.line(&line, 1.5, Stroke::Solid, ink);
        }
    }
    pen.rule_across(plot.bottom, plot.left, plot.right, 1.0, axis);
    pen.rule_down(plot.left, plot.top, plot.bottom, 1.0, axis);
    let low = plot.bottom + pen.px(4.0);
    let beside = plot.left - pen.px(4.0);
    pen.text(
        "−1",
        (plot.left, low),
        TICK_SIZE,
        muted,
        Align::Middle,
        Baseline::Top,
    );
    pen.text(
        "1",
        (plot.right, low),
        TICK_SIZE,
        muted,
        Align::End,
        Baseline::Top,
    );
    let middle = (plot.left + plot.right) / 2.0;
    pen.text(
        name,
        (middle, low),
        TICK_SIZE,
        ink,
        Align::Middle,
        Baseline::Top,
    );
    pen.text(
        "1",
        (beside, plot.top),
        TICK_SIZE,
        muted,
        Align::End,
        Baseline::Top,
    );
    pen.text(
        "−1",
        (beside, plot.bottom),
        TICK_SIZE,
        muted,
        Align::End,
        Baseline::Bottom,
    );
    let middle = (plot.top + plot.bottom) / 2.0;
    pen.text(
        text.x2,
        (beside, middle),
        TICK_SIZE,
        ink,
        Align::End,
        Baseline::Middle,
    );
}

/// Cells of one shade in a row are one rectangle, equal rows are one block.
fn fill_shades(pen: &mut Pen, logits: &[f32], plot: &Plot) {
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
                    let color = shade_color(pen.theme, level);
                    pen.rectangle((left, top), (right, bottom), color);
                }
                None => {
                    let color = pen.theme.grid;
                    pen.rectangle((left, top), (right, bottom), color);
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

fn points(pen: &mut Pen, data: &BoundaryData) {
    let layout = PlaneLayout::new(pen.size(), pen.scale);
    let radius = if layout.plot.width() < pen.px(180.0) {
        1.5
    } else {
        2.25
    };
    let test = data.test.chunks_exact(2).zip(data.test_labels);
    let stride = data.test_labels.len().div_ceil(TEST_POINTS).max(1);
    for (at, label) in test.step_by(stride) {
        let color = pen.theme.class(*label);
        let at = layout.px(at);
        pen.hollow(class_shape(*label), at, radius + 0.25, 1.0, color);
    }
    let stride = data.train_labels.len().div_ceil(TRAIN_POINTS).max(1);
    let train = || data.train.chunks_exact(2).zip(data.train_labels);
    for (at, label) in train().step_by(stride) {
        let color = pen.theme.class(*label);
        pen.mark(class_shape(*label), layout.px(at), radius, color);
    }
    if let Some((at, label)) = data.pin.and_then(|pin| train().nth(pin)) {
        let (color, ink) = (pen.theme.class(*label), pen.theme.text);
        let at = layout.px(at);
        pen.mark(class_shape(*label), at, radius + 1.5, color);
        pen.ring(at, radius + 4.0, 2.0, ink);
    }
}
