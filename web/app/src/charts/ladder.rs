//! Test accuracy against batch size, every point a network trained afresh; sizes still to come are marked as such.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use batchnorm_lab::protocol::SweepRow;

use super::axis::{Axis, number};
use super::ink::{Align, Baseline};
use super::letters::{fit, spread};
use super::pen::{Pen, Point, Shape, Stroke};
use super::plot::{
    GUTTER_GAP, LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, TICK_SIZE, draw_x_ticks, draw_y_axis,
};
use super::theme::Theme;
use super::{Drawn, Hover, paint};
use crate::small_sort::{Bound, sort_few};

/// The ladder as far as measured.
#[derive(Clone, Copy, Debug)]
pub struct LadderData<'a> {
    /// Batch sizes that are or will be measured, growing.
    pub batches: &'a [u32],
    /// `SweepReport::rows`.
    pub rows: &'a [SweepRow],
    /// Which runs are shown.
    pub shown: [bool; 2],
    /// The batch size of the run on the page, marked on the axis.
    pub current: Option<u32>,
}

/// Texts of the ladder.
#[derive(Clone, Copy, Debug, Default)]
pub struct LadderText<'a> {
    /// Name of the upright axis.
    pub y_name: &'a str,
    /// Name of the batch axis.
    pub x_name: &'a str,
    /// Labels of run A and run B.
    pub runs: [&'a str; 2],
    /// Label of the line at 0.5.
    pub chance: &'a str,
    /// Stands where a network diverged.
    pub diverged: &'a str,
}

/// Draws it: filled shapes and a dashed line are running statistics; hollow ones, dotted, full-set statistics where
/// they differ. Squares are run A, triangles run B.
///
/// # Errors
/// The backend's.
pub fn draw_ladder<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &LadderData,
    theme: &Theme,
    text: &LadderText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| ladder(pen, data, text))
}

/// The batch size nearest to a point; `size` and `point` in css pixels.
pub fn locate_ladder(data: &LadderData, size: Point, point: Point) -> Option<Hover> {
    let (plot, x, _) = layout(data, size, 1.0);
    if !plot.contains(point) {
        return None;
    }
    let distance = |batch: u32| (x.px(f64::from(batch)) - point.0).abs();
    let nearest = data.batches.iter().copied().enumerate();
    nearest
        .min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))
        .map(|(index, batch)| Hover::Batch { index, batch })
}

fn layout(data: &LadderData, size: Point, scale: f64) -> (Plot, Axis, Axis) {
    let width_css = size.0 / scale;
    let right = (width_css * 0.24).bound(34.0, 96.0);
    let bottom = NamePlace::for_gutter(right).margin();
    let plot = Plot::within(size, scale, [22.0, right, bottom, LEFT_MARGIN]);
    let first = data.batches.first().copied().unwrap_or(2).max(1);
    let last = data.batches.last().copied().unwrap_or(256).max(first + 1);
    let inset = 8.0 * scale;
    let x = Axis::logarithmic(
        f64::from(first),
        f64::from(last),
        plot.left + inset.min(plot.width() / 4.0),
        plot.right - inset.min(plot.width() / 4.0),
    );
    let poor = data
        .rows
        .iter()
        .any(|row| row.accuracy_running < 0.4 || row.accuracy_full < 0.4);
    let low = if poor { 0.0 } else { 0.4 };
    (plot, x, Axis::linear(low, 1.0, plot.bottom, plot.top))
}

fn ladder(pen: &mut Pen, data: &LadderData, text: &LadderText) {
    let (plot, x, y) = layout(data, pen.size(), pen.scale);
    let (muted, axis, warn, grid) = (
        pen.theme.muted,
        pen.theme.axis,
        pen.theme.warn,
        pen.theme.grid,
    );
    let place = NamePlace::for_gutter((pen.width - plot.right) / pen.scale);
    pen.clear();
    if let Some(current) = data.current {
        let at = x.px(f64::from(current));
        pen.rectangle(
            (at - pen.px(5.0), plot.top),
            (at + pen.px(5.0), plot.bottom),
            grid,
        );
    }
    draw_y_axis(pen, &plot, &y, text.y_name);
    let ticks: Vec<(f64, String)> = data
        .batches
        .iter()
        .map(|batch| (f64::from(*batch), number(f64::from(*batch), 1.0)))
        .collect();
    draw_x_ticks(pen, &plot, &x, &ticks, text.x_name, place);
    pen.rule_across(y.px(0.5), plot.left, plot.right, 1.0, axis);
    let mut wanted = [f64::NAN, f64::NAN, y.px(0.5)];
    for side in (0..2).filter(|side| data.shown[*side]) {
        wanted[side] = draw_side(pen, data, &x, &y, side);
    }
    for batch in data.batches {
        let at = x.px(f64::from(*batch));
        let mut here = data.rows.iter().filter(|row| row.batch == *batch);
        if here.clone().next().is_none() {
            let at = (at, plot.bottom - pen.px(2.0));
            pen.text("…", at, TICK_SIZE, muted, Align::Middle, Baseline::Bottom);
        } else if here.any(|row| row.diverged) {
            let at = (at, plot.bottom - pen.px(2.0));
            pen.text(
                text.diverged,
                at,
                TICK_SIZE,
                warn,
                Align::Middle,
                Baseline::Bottom,
            );
        }
    }
    let gap = pen.px(LABEL_SIZE + 1.0);
    let left = plot.right + pen.px(GUTTER_GAP);
    let room = pen.width - left;
    let labels = [
        (text.runs[0], pen.theme.run_a),
        (text.runs[1], pen.theme.run_b),
        (text.chance, muted),
    ];
    let places = spread(&wanted, gap, plot.top, plot.bottom - gap / 2.0);
    for ((label, color), place) in labels.into_iter().zip(places) {
        if let Some(at) = place {
            let label = fit(label, pen.px(LABEL_SIZE), room);
            pen.text(
                &label,
                (left, at),
                LABEL_SIZE,
                color,
                Align::Start,
                Baseline::Middle,
            );
        }
    }
}

/// Draws one run and gives the height of its last point.
fn draw_side(pen: &mut Pen, data: &LadderData, x: &Axis, y: &Axis, side: usize) -> f64 {
    let color = pen.theme.run(side).0;
    let shape = [Shape::Square, Shape::Triangle][side];
    let mut rows: Vec<&SweepRow> = data
        .rows
        .iter()
        .filter(|row| usize::from(row.side) == side && !row.diverged)
        .collect();
    sort_few(&mut rows, |a, b| a.batch > b.batch);
    let place =
        |row: &SweepRow, accuracy: f32| (x.px(f64::from(row.batch)), y.px(f64::from(accuracy)));
    let running: Vec<Point> = rows.iter().map(|r| place(r, r.accuracy_running)).collect();
    let full: Vec<Point> = rows.iter().map(|r| place(r, r.accuracy_full)).collect();
    pen.line(&full, 1.25, Stroke::Dotted, color);
    pen.line(&running, 1.5, Stroke::Dashed, color);
    for (at, again) in running.iter().zip(&full) {
        if (at.1 - again.1).abs() > pen.px(3.0) {
            pen.hollow(shape, *again, 4.0, 1.25, color);
        }
        pen.mark(shape, *at, 4.0, color);
    }
    running.last().map_or(f64::NAN, |point| point.1)
}
