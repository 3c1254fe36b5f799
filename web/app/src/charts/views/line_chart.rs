//! Lines over steps: the chart behind curves, γ and β, running statistics. Decides no colour and no meaning.

use crate::charts::Hover;
use crate::charts::frame::axis::{Axis, extent, number, round_up};
use crate::charts::frame::plot::{
    LEFT_MARGIN, NamePlace, Plot, TICK_SIZE, draw_x_axis, draw_y_axis,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::Rgb;
use crate::history::Table;

/// One line: a column of a table.
#[derive(Clone)]
pub(super) struct Line<'a> {
    pub table: &'a Table,
    pub column: usize,
    pub color: Rgb,
    /// css pixels; 0 draws only the line's end.
    pub width: f64,
    pub stroke: Stroke,
    /// A mark on the newest value.
    pub end: Option<Shape>,
}

/// How the upright axis runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Upright {
    /// Between these values.
    Fixed(f64, f64),
    /// Around the data, taking in a reference value.
    Around(f64),
    /// From zero, logarithmic where values span more than a factor of fifty; ends where values are all beyond this
    /// one, and lines that go there leave the axis.
    FromZero(f64),
}

/// Lines that share their axes.
pub(super) struct LineChart<'a> {
    pub lines: Vec<Line<'a>>,
    pub upright: Upright,
    /// A value with a line of its own.
    pub reference: Option<f64>,
    pub x_name: &'a str,
    /// The step under the pointer.
    pub cursor: Option<u64>,
    /// Stands before the highest value of a line that leaves the axis.
    pub beyond: &'a str,
}

/// Where things lie; the same for drawing and for hovering.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LineLayout {
    pub plot: Plot,
    pub x: Axis,
    pub y: Axis,
}

impl LineLayout {
    pub(super) fn new(chart: &LineChart, size: Point, scale: f64) -> Self {
        let plot = Plot::within(size, scale, [22.0, 10.0, 20.0, LEFT_MARGIN]);
        let first = chart.lines.iter().filter_map(|l| l.table.steps().first());
        let last = chart.lines.iter().filter_map(|l| l.table.steps().last());
        let first = Iterator::min(first).copied().unwrap_or(0);
        // Fewer have no whole numbers for ticks.
        let last = Iterator::max(last).copied().unwrap_or(0).max(first + 4);
        Self {
            plot,
            x: Axis::linear(first as f64, last as f64, plot.left, plot.right),
            y: chart.upright_axis(&plot),
        }
    }
}

impl LineChart<'_> {
    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.lines
            .iter()
            .flat_map(|line| line.table.column(line.column))
            .map(|(_, value)| f64::from(value))
    }

    fn upright_axis(&self, plot: &Plot) -> Axis {
        let (from, to) = (plot.bottom, plot.top);
        match self.upright {
            Upright::Fixed(low, high) => Axis::linear(low, high, from, to),
            Upright::Around(reference) => {
                let values = self.values().chain([reference]);
                let (low, high) = extent(values).unwrap_or((0.0, 1.0));
                let margin = ((high - low) * 0.08).max(0.05);
                Axis::linear(low - margin, high + margin, from, to)
            }
            Upright::FromZero(ceiling) => {
                let positive = extent(self.values().filter(|v| *v > 0.0 && *v <= ceiling));
                match positive {
                    Some((low, high)) if high > 50.0 * low => {
                        Axis::logarithmic(low.max(high * 1e-8), high, from, to)
                    }
                    Some((_, high)) => Axis::linear(0.0, round_up(high), from, to),
                    None => Axis::linear(0.0, 1.0, from, to),
                }
            }
        }
    }

    /// The line and the row nearest to a point within the plot.
    pub(super) fn nearest(&self, layout: &LineLayout, (x, y): Point) -> Option<(usize, usize)> {
        let step = layout.x.value(x);
        let candidates = self.lines.iter().enumerate().filter_map(|(index, line)| {
            let row = line.table.nearest(step)?;
            let value = *line.table.row(row).get(line.column)?;
            let distance = (layout.y.px(f64::from(value)) - y).abs();
            distance.is_finite().then_some((index, row, distance))
        });
        candidates
            .min_by(|a, b| a.2.total_cmp(&b.2))
            .map(|(index, row, _)| (index, row))
    }

    pub(super) fn draw(&self, painter: &mut Painter) {
        let layout = LineLayout::new(self, painter.size(), painter.scale);
        let LineLayout { plot, x, y } = layout;
        painter.clear();
        draw_y_axis(painter, &plot, &y);
        draw_x_axis(painter, &plot, &x, self.x_name, NamePlace::Beside);
        let axis = painter.theme.axis;
        if let Some(value) = self.reference
            && y.contains(value)
        {
            painter.rule_across(y.px(value), plot.left, plot.right, 1.0, axis);
        }
        if let Some(step) = self.cursor
            && x.contains(step as f64)
        {
            painter.rule_down(x.px(step as f64), plot.top, plot.bottom, 1.0, axis);
        }
        for line in &self.lines {
            if line.width == 0.0 {
                continue;
            }
            let points = thinned(line, &x, &y, painter.px(1.0));
            painter.line(&points, line.width, line.stroke, line.color);
            // A point without neighbours is no line.
            for piece in points.split(|(_, y)| !y.is_finite()) {
                if let [alone] = piece {
                    painter.mark(Shape::Circle, *alone, line.width, line.color);
                }
            }
        }
        self.draw_leaving(painter, &layout);
        self.draw_ends(painter, &layout);
    }

    /// Marks where a line leaves the axis, and says how far it went; of lines of one colour the last speaks, and noise
    /// does not.
    fn draw_leaving(&self, painter: &mut Painter, LineLayout { plot, x, y }: &LineLayout) {
        let mut spoken = Vec::new();
        let gap = painter.px(6.0);
        let mut free = gap;
        for line in self.lines.iter().rev().filter(|line| line.width > 1.2) {
            let values = line.table.column(line.column);
            let outside = values.filter(|(_, value)| value.is_finite() && is_beyond(y, *value));
            let outside: Vec<(u64, f32)> = outside.collect();
            let Some((step, _)) = outside.first().filter(|_| !spoken.contains(&line.color)) else {
                continue;
            };
            spoken.push(line.color);
            let at = (x.px(*step as f64), plot.top);
            painter.mark(Shape::Triangle, at, 4.0, line.color);
            let peak = outside
                .iter()
                .fold(0.0, |peak, (_, value)| f64::from(*value).max(peak));
            let text = format!("{} {}", self.beyond, number(peak, peak));
            let width = text_width(&text, painter.px(TICK_SIZE));
            let left = (at.0 - width / 2.0).min(painter.width - width).max(free);
            free = left + width + gap;
            let place = (left, plot.top - gap);
            let (start, bottom) = (Align::Start, Baseline::Bottom);
            painter.text(&text, place, TICK_SIZE, line.color, start, bottom);
        }
    }

    /// Marks the newest value of each line, and its value at the step under the pointer.
    fn draw_ends(&self, painter: &mut Painter, layout: &LineLayout) {
        for line in &self.lines {
            if let Some(shape) = line.end {
                let newest = line.table.newest().and_then(|row| row.get(line.column));
                let y = layout.y.px(newest.map_or(f64::NAN, |v| f64::from(*v)));
                let step = line.table.steps().last().map_or(0.0, |step| *step as f64);
                painter.mark(shape, (layout.x.px(step), y), 3.0, line.color);
            }
            if let Some(step) = self.cursor
                && let Some(row) = line.table.nearest(step as f64)
                && let Some(value) = line.table.row(row).get(line.column)
                && (line.width > 1.2 || self.lines.len() < 4)
            {
                let at = (
                    layout.x.px(line.table.steps()[row] as f64),
                    layout.y.px(f64::from(*value)),
                );
                painter.mark(Shape::Circle, at, 2.5, line.color);
            }
        }
    }

    /// The step of a table nearest to a point in the plot; `size` and `point` in css pixels.
    pub(super) fn step_at(&self, table: &Table, size: Point, point: Point) -> Option<Hover> {
        let layout = LineLayout::new(self, size, 1.0);
        if !layout.plot.contains(point) {
            return None;
        }
        let row = table.nearest(layout.x.value(point.0))?;
        Some(Hover::Step {
            row,
            step: table.steps()[row],
        })
    }
}

fn is_beyond(y: &Axis, value: f32) -> bool {
    f64::from(value) > y.high() * (1.0 + 1e-6)
}

/// The line's points, with a gap where steps are missing; at most two a column of `column_px`: the lowest and the highest, in their order, so that a
/// noisy line keeps its envelope.
fn thinned(line: &Line, x: &Axis, y: &Axis, column_px: f64) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    let mut pending: Option<(i64, Point, Point)> = None;
    let flush = |points: &mut Vec<Point>, (_, a, b): (i64, Point, Point)| {
        points.push(a);
        if b != a {
            points.push(b);
        }
    };
    let mut was_beyond = true;
    let mut before = None;
    for (step, value) in line.table.column(line.column) {
        let is_cut = before.is_some_and(|before| line.table.has_gap(before, step));
        before = Some(step);
        let point = (x.px(step as f64), y.px(f64::from(value)));
        // Beyond the axis a line has a gap, after it has reached the edge.
        let has_left = was_beyond && is_beyond(y, value);
        was_beyond = is_beyond(y, value);
        let is_missing = !point.1.is_finite() || has_left;
        if is_missing || is_cut {
            if let Some(column) = pending.take() {
                flush(&mut points, column);
            }
            if points.last().is_some_and(|(_, y)| y.is_finite()) {
                points.push((point.0, f64::NAN));
            }
        }
        if is_missing {
            continue;
        }
        let column = (point.0 / column_px.max(1.0)) as i64;
        pending = match pending {
            Some((seen, a, b)) if seen == column => {
                let (low, high) = if a.1 <= b.1 { (a, b) } else { (b, a) };
                let low = if point.1 < low.1 { point } else { low };
                let high = if point.1 >= high.1 { point } else { high };
                let (first, second) = if low.0 <= high.0 {
                    (low, high)
                } else {
                    (high, low)
                };
                Some((column, first, second))
            }
            other => {
                if let Some(column) = other {
                    flush(&mut points, column);
                }
                Some((column, point, point))
            }
        };
    }
    if let Some(column) = pending {
        flush(&mut points, column);
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thinned_line_keeps_its_envelope_and_its_gaps() {
        let mut table = Table::default();
        for step in 0..500 {
            table.push(512, 1, step, |row| {
                row[0] = match step {
                    250 => 9.0,
                    300 => f32::NAN,
                    _ => (step % 2) as f32,
                };
            });
        }
        let line = Line {
            table: &table,
            column: 0,
            color: (0, 0, 0),
            width: 1.0,
            stroke: Stroke::Solid,
            end: None,
        };
        let x = Axis::linear(0.0, 500.0, 0.0, 50.0);
        let y = Axis::linear(0.0, 10.0, 0.0, 10.0);
        let points = thinned(&line, &x, &y, 1.0);
        assert!(points.len() <= 2 * 50 + 3, "{}", points.len());
        assert!(points.iter().any(|p| p.1 == 9.0));
        assert_eq!(points.iter().filter(|p| p.1.is_nan()).count(), 1);
        assert!(points.windows(2).all(|p| p[0].0 <= p[1].0));
    }
}
