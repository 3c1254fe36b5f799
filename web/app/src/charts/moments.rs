//! Mean and variance three ways, of the batch, running, of the full set: over steps for one unit, and now for all.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use crate::history::{LayerHistory, UnitColumn};

use super::axis::{Axis, extent, number};
use super::lines::{Line, LineChart, LineLayout, Upright};
use super::pen::{Pen, Point, Shape, Stroke};
use super::plot::{LEFT_MARGIN, NamePlace, Plot, draw_x_ticks, draw_y_axis};
use super::theme::Theme;
use super::{Drawn, Hover, paint};

/// Which statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Mean.
    Mean,
    /// Variance; a logarithmic axis where it spans more than a factor of fifty.
    Variance,
}

impl Moment {
    /// Columns of the batch's, the running and the full set's statistic.
    fn columns(self, unit: usize) -> [usize; 3] {
        match self {
            Moment::Mean => [
                UnitColumn::BatchMean,
                UnitColumn::RunningMean,
                UnitColumn::FullMean,
            ],
            Moment::Variance => [
                UnitColumn::BatchVar,
                UnitColumn::RunningVar,
                UnitColumn::FullVar,
            ],
        }
        .map(|column| column.column(unit))
    }
}

/// One unit over steps.
#[derive(Clone, Copy, Debug)]
pub struct MomentsData<'a> {
    /// The layer.
    pub layer: &'a LayerHistory,
    /// 0 is run A, 1 is run B.
    pub side: usize,
    /// The unit.
    pub unit: usize,
    /// Which statistic.
    pub moment: Moment,
    /// The step under the pointer.
    pub cursor: Option<u64>,
    /// Whether there is room for labels at the right.
    pub labelled: bool,
}

/// All units now.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotData<'a> {
    /// The layer.
    pub layer: &'a LayerHistory,
    /// 0 is run A, 1 is run B.
    pub side: usize,
    /// The unit under the lens.
    pub focus: usize,
    /// Which statistic.
    pub moment: Moment,
}

/// Texts of both charts.
#[derive(Clone, Copy, Debug, Default)]
pub struct MomentsText<'a> {
    /// Name of the upright axis.
    pub y_name: &'a str,
    /// Name of the other axis: steps, or units.
    pub x_name: &'a str,
    /// Labels of the batch's, the running and the full set's line; the snapshot has none.
    pub lines: [&'a str; 3],
}

/// Draws one unit over steps: batch pale and solid, running dashed, full set dotted.
///
/// # Errors
/// The backend's.
pub fn draw_moments<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &MomentsData,
    theme: &Theme,
    text: &MomentsText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| chart(data, theme, text).draw(pen))
}

/// The remembered step nearest to a point; `size` and `point` in css pixels.
pub fn locate_moments(data: &MomentsData, size: Point, point: Point) -> Option<Hover> {
    let chart = chart(data, &Theme::light(), &MomentsText::default());
    let layout = LineLayout::new(&chart, size, 1.0);
    if !layout.plot.contains(point) {
        return None;
    }
    let row = data.layer.units.nearest(layout.x.value(point.0))?;
    Some(Hover::Step {
        row,
        step: data.layer.units.steps()[row],
    })
}

fn chart<'a>(data: &MomentsData<'a>, theme: &Theme, text: &MomentsText<'a>) -> LineChart<'a> {
    let (full, pale) = theme.run(data.side);
    let [batch, running, whole] = data.moment.columns(data.unit);
    let line = |column, color, width, stroke, label, end| Line {
        table: &data.layer.units,
        column,
        color,
        width,
        stroke,
        label,
        end: Some(end),
    };
    let [batch_name, running_name, full_name] = text.lines;
    LineChart {
        lines: vec![
            line(batch, pale, 1.0, Stroke::Solid, "", Shape::Circle),
            line(
                whole,
                theme.text,
                1.5,
                Stroke::Dotted,
                full_name,
                Shape::Cross,
            ),
            line(
                running,
                full,
                2.0,
                Stroke::Dashed,
                running_name,
                Shape::Square,
            ),
            // The pale line's label and end must still be read: they are drawn in the full colour.
            Line {
                width: 0.0,
                ..line(batch, full, 0.0, Stroke::Solid, batch_name, Shape::Circle)
            },
        ],
        upright: match data.moment {
            Moment::Mean => Upright::Around(0.0),
            Moment::Variance => Upright::FromZero(f64::INFINITY),
        },
        reference: None,
        x_name: text.x_name,
        y_name: text.y_name,
        cursor: data.cursor,
        labelled: data.labelled,
        beyond: "",
    }
}

/// Draws all units now: batch dot, running hollow square, full set cross.
///
/// # Errors
/// The backend's.
pub fn draw_snapshot<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &SnapshotData,
    theme: &Theme,
    text: &MomentsText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| snapshot(pen, data, text))
}

/// The unit nearest to a point; `size` and `point` in css pixels.
pub fn locate_snapshot(data: &SnapshotData, size: Point, point: Point) -> Option<Hover> {
    let (plot, x, _) = snapshot_layout(data, size, 1.0);
    let row = data.layer.units.len().checked_sub(1)?;
    if !plot.contains(point) || data.layer.width == 0 {
        return None;
    }
    let unit = (x.value(point.0).round() as usize).clamp(1, data.layer.width) - 1;
    Some(Hover::Unit {
        unit,
        row,
        step: data.layer.units.steps()[row],
    })
}

fn newest(data: &SnapshotData, column: usize) -> f64 {
    let row = data.layer.units.newest();
    let cell = row.and_then(|row| row.get(column));
    cell.map_or(f64::NAN, |v| f64::from(*v))
}

fn snapshot_layout(data: &SnapshotData, size: Point, scale: f64) -> (Plot, Axis, Axis) {
    let left = LEFT_MARGIN;
    let plot = Plot::within(size, scale, [22.0, 10.0, 20.0, left]);
    let units = data.layer.width.max(1) as f64;
    let x = Axis::linear(0.5, units + 0.5, plot.left, plot.right);
    let values = || {
        (0..data.layer.width)
            .flat_map(|unit| data.moment.columns(unit))
            .map(|column| newest(data, column))
    };
    let y = match data.moment {
        Moment::Mean => {
            let (low, high) = extent(values().chain([0.0])).unwrap_or((-1.0, 1.0));
            let margin = ((high - low) * 0.08).max(0.05);
            Axis::linear(low - margin, high + margin, plot.bottom, plot.top)
        }
        Moment::Variance => match extent(values().filter(|v| *v > 0.0)) {
            Some((low, high)) if high > 50.0 * low => {
                Axis::logarithmic(low * 0.8, high * 1.25, plot.bottom, plot.top)
            }
            Some((_, high)) => Axis::linear(0.0, high * 1.08, plot.bottom, plot.top),
            None => Axis::linear(0.0, 1.0, plot.bottom, plot.top),
        },
    };
    (plot, x, y)
}

fn snapshot(pen: &mut Pen, data: &SnapshotData, text: &MomentsText) {
    let (plot, x, y) = snapshot_layout(data, pen.size(), pen.scale);
    let (full, _) = pen.theme.run(data.side);
    let (ink, grid, axis) = (pen.theme.text, pen.theme.grid, pen.theme.axis);
    pen.clear();
    if data.focus < data.layer.width {
        let half = pen
            .px(6.0)
            .min(plot.width() / data.layer.width as f64 / 2.0);
        let middle = x.px(data.focus as f64 + 1.0);
        pen.rectangle(
            (middle - half, plot.top),
            (middle + half, plot.bottom),
            grid,
        );
    }
    draw_y_axis(pen, &plot, &y, text.y_name);
    if data.moment == Moment::Mean {
        pen.rule_across(y.px(0.0), plot.left, plot.right, 1.0, axis);
    }
    let every = (data.layer.width / 8).next_power_of_two().max(1);
    let ticks: Vec<(f64, String)> = (1..=data.layer.width)
        .filter(|unit| *unit == 1 || unit % every == 0)
        .map(|unit| (unit as f64, number(unit as f64, 1.0)))
        .collect();
    draw_x_ticks(pen, &plot, &x, &ticks, text.x_name, NamePlace::Beside);
    let small = plot.width() / (data.layer.width.max(1) as f64) < pen.px(9.0);
    let radius = if small { 2.0 } else { 3.0 };
    for unit in 0..data.layer.width {
        let [batch, running, whole] = data.moment.columns(unit).map(|c| y.px(newest(data, c)));
        let at = x.px(unit as f64 + 1.0);
        // A stem from the batch's value to the truth: its length is the batch's error.
        if batch.is_finite() && whole.is_finite() {
            pen.rule_down(at, batch.min(whole), batch.max(whole), 1.0, axis);
        }
        pen.mark(Shape::Circle, (at, batch), radius, full);
        pen.hollow(Shape::Square, (at, running), radius + 0.75, 1.25, full);
        pen.mark(Shape::Cross, (at, whole), radius, ink);
    }
}
