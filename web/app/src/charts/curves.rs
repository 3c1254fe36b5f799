//! Loss and accuracy of both runs over steps, and test accuracy under the three kinds of statistics.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use crate::history::{Curve, Table};

use super::axis::extent;
use super::lines::{Line, LineChart, LineLayout, Upright};
use super::pen::{Point, Shape, Stroke};
use super::theme::Theme;
use super::{Drawn, Hover, paint};

/// A loss so many times the other run's highest has left the axis that both would share.
const EXPLODED: f64 = 100.0;

/// Which curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurveKind {
    /// Loss: of the batch pale, of the training set solid, of the test set dashed.
    Loss,
    /// Accuracy: on the training set solid, on the test set (inference mode) dashed.
    Accuracy,
}

/// Curves over steps.
#[derive(Clone, Copy, Debug)]
pub struct CurvesData<'a> {
    /// `History::curves`.
    pub curves: &'a Table,
    /// Which runs are shown.
    pub shown: [bool; 2],
    /// Which curves.
    pub kind: CurveKind,
    /// The step under the pointer, here or in another chart.
    pub cursor: Option<u64>,
    /// Whether there is room for labels at the right.
    pub labelled: bool,
}

/// Texts of curves.
#[derive(Clone, Copy, Debug, Default)]
pub struct CurvesText<'a> {
    /// Name of the upright axis with its unit.
    pub y_name: &'a str,
    /// Name of the step axis.
    pub x_name: &'a str,
    /// Stands before the highest loss of a run that leaves the axis, e.g. `up to`.
    pub beyond: &'a str,
    /// Labels of the training-set lines, A and B; for the three accuracies those of batch statistics.
    pub train: [&'a str; 2],
    /// Labels of the test-set lines; for the three accuracies those of running statistics.
    pub test: [&'a str; 2],
    /// For the three accuracies only: labels of full-set statistics.
    pub full: [&'a str; 2],
}

/// Draws loss or accuracy.
///
/// # Errors
/// The backend's.
pub fn draw_curves<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &CurvesData,
    theme: &Theme,
    text: &CurvesText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| {
        curves(data, theme, text).draw(pen)
    })
}

/// The remembered step nearest to a point; `size` and `point` in css pixels.
pub fn locate_curves(data: &CurvesData, size: Point, point: Point) -> Option<Hover> {
    let chart = curves(data, &Theme::light(), &CurvesText::default());
    step_at(&chart, data.curves, size, point)
}

/// Draws test accuracy under batch (solid), running (dashed) and full-set (dotted) statistics.
///
/// # Errors
/// The backend's.
pub fn draw_three_accuracies<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &CurvesData,
    theme: &Theme,
    text: &CurvesText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| three(data, theme, text).draw(pen))
}

/// The remembered step nearest to a point; `size` and `point` in css pixels.
pub fn locate_three_accuracies(data: &CurvesData, size: Point, point: Point) -> Option<Hover> {
    let chart = three(data, &Theme::light(), &CurvesText::default());
    step_at(&chart, data.curves, size, point)
}

fn step_at(chart: &LineChart, table: &Table, size: Point, point: Point) -> Option<Hover> {
    let layout = LineLayout::new(chart, size, 1.0);
    if !layout.plot.contains(point) {
        return None;
    }
    let row = table.nearest(layout.x.value(point.0))?;
    Some(Hover::Step {
        row,
        step: table.steps()[row],
    })
}

fn curves<'a>(data: &CurvesData<'a>, theme: &Theme, text: &CurvesText<'a>) -> LineChart<'a> {
    let mut pale = Vec::new();
    let mut lines = Vec::new();
    for side in (0..2).filter(|side| data.shown[*side]) {
        let (full, faint) = theme.run(side);
        let line = |curve: Curve, stroke, label| Line {
            table: data.curves,
            column: curve.column(side),
            color: full,
            width: 1.75,
            stroke,
            label,
            end: None,
        };
        let (train, test) = match data.kind {
            CurveKind::Loss => {
                pale.push(Line {
                    color: faint,
                    width: 1.0,
                    ..line(Curve::LossBatch, Stroke::Solid, "")
                });
                (Curve::LossTrain, Curve::LossTest)
            }
            CurveKind::Accuracy => (Curve::AccuracyTrain, Curve::AccuracyRunning),
        };
        lines.push(line(train, Stroke::Solid, text.train[side]));
        lines.push(line(test, Stroke::Dashed, text.test[side]));
    }
    // Noise first, so that it lies behind.
    pale.extend(lines);
    LineChart {
        lines: pale,
        upright: match data.kind {
            CurveKind::Loss => Upright::FromZero(ceiling(data.curves, data.shown)),
            CurveKind::Accuracy => accuracy_range(data.curves, data.shown),
        },
        reference: None,
        x_name: text.x_name,
        y_name: text.y_name,
        cursor: data.cursor,
        labelled: data.labelled,
        beyond: text.beyond,
    }
}

fn three<'a>(data: &CurvesData<'a>, theme: &Theme, text: &CurvesText<'a>) -> LineChart<'a> {
    let mut lines = Vec::new();
    for side in (0..2).filter(|side| data.shown[*side]) {
        let kinds = [
            (
                Curve::AccuracyBatch,
                Stroke::Solid,
                text.train[side],
                Shape::Circle,
            ),
            (
                Curve::AccuracyRunning,
                Stroke::Dashed,
                text.test[side],
                Shape::Square,
            ),
            (
                Curve::AccuracyFull,
                Stroke::Dotted,
                text.full[side],
                Shape::Cross,
            ),
        ];
        for (curve, stroke, label, end) in kinds {
            lines.push(Line {
                table: data.curves,
                column: curve.column(side),
                color: theme.run(side).0,
                width: 1.75,
                stroke,
                label,
                end: Some(end),
            });
        }
    }
    LineChart {
        lines,
        upright: accuracy_range(data.curves, data.shown),
        reference: None,
        x_name: text.x_name,
        y_name: text.y_name,
        cursor: data.cursor,
        labelled: data.labelled,
        beyond: text.beyond,
    }
}

/// Where the axis of the losses ends: nowhere, unless one run's are so far above the other's that the other would be a
/// flat line.
fn ceiling(curves: &Table, shown: [bool; 2]) -> f64 {
    let losses = [Curve::LossBatch, Curve::LossTrain, Curve::LossTest];
    let peak = |side: usize| {
        let columns = losses.iter().map(|curve| curve.column(side));
        let values = columns.flat_map(|column| curves.column(column));
        extent(values.map(|(_, value)| f64::from(value))).map(|(_, high)| high)
    };
    match (shown, peak(0), peak(1)) {
        ([true, true], Some(a), Some(b)) if a.max(b) > EXPLODED * a.min(b) => a.min(b),
        _ => f64::INFINITY,
    }
}

/// From 40 % up; from 0 where a run is worse than that.
fn accuracy_range(curves: &Table, shown: [bool; 2]) -> Upright {
    let all = [
        Curve::AccuracyTrain,
        Curve::AccuracyBatch,
        Curve::AccuracyRunning,
        Curve::AccuracyFull,
    ];
    let poor = (0..2).filter(|side| shown[*side]).any(|side| {
        all.iter()
            .flat_map(|curve| curves.column(curve.column(side)))
            .any(|(_, value)| value < 0.4)
    });
    Upright::Fixed(if poor { 0.0 } else { 0.4 }, 1.0)
}
