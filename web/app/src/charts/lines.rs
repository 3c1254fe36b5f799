//! Lines over steps: the chart behind curves, γ and β, running statistics. Decides no colour and no meaning.

use crate::history::Table;

use super::axis::{Axis, extent, number, round_up};
use super::ink::{Align, Baseline};
use super::letters::{fit, spread, text_width};
use super::pen::{Pen, Point, Shape, Stroke};
use super::plot::{
    GUTTER_GAP, LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, TICK_SIZE, draw_x_axis, draw_y_axis,
};
use super::theme::Rgb;
use crate::small_sort::Bound;

/// One line: a column of a table.
#[derive(Clone)]
pub(crate) struct Line<'a> {
    pub table: &'a Table,
    pub column: usize,
    pub color: Rgb,
    /// css pixels; 0 draws only the line's end and label.
    pub width: f64,
    pub stroke: Stroke,
    /// Direct label at the line's end; empty for none.
    pub label: &'a str,
    /// A mark on the newest value.
    pub end: Option<Shape>,
}

/// How the upright axis runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Upright {
    /// Between these values.
    Fixed(f64, f64),
    /// Around the data, taking in a reference value.
    Around(f64),
    /// From zero, logarithmic where values span more than a factor of fifty; ends where values are all beyond this
    /// one, and lines that go there leave the axis.
    FromZero(f64),
}

/// Lines that share their axes.
pub(crate) struct LineChart<'a> {
    pub lines: Vec<Line<'a>>,
    pub upright: Upright,
    /// A value with a line of its own and its label.
    pub reference: Option<(f64, &'a str)>,
    pub x_name: &'a str,
    pub y_name: &'a str,
    /// The step under the pointer.
    pub cursor: Option<u64>,
    /// Whether room is kept at the right for direct labels.
    pub labelled: bool,
    /// Stands before the highest value of a line that leaves the axis.
    pub beyond: &'a str,
}

/// Where things lie; the same for drawing and for hovering.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LineLayout {
    pub plot: Plot,
    pub x: Axis,
    pub y: Axis,
}

impl LineLayout {
    pub(crate) fn new(chart: &LineChart, size: Point, scale: f64) -> Self {
        let width_css = size.0 / scale;
        let right = if chart.labelled {
            (width_css * 0.22).bound(40.0, 96.0)
        } else {
            10.0
        };
        let plot = Plot::within(size, scale, [22.0, right, 20.0, LEFT_MARGIN]);
        let first = chart.lines.iter().filter_map(|l| l.table.steps().first());
        let last = chart.lines.iter().filter_map(|l| l.table.steps().last());
        let first = Iterator::min(first).copied().unwrap_or(0);
        let last = Iterator::max(last).copied().unwrap_or(0).max(first + 1);
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
    pub(crate) fn nearest(&self, layout: &LineLayout, (x, y): Point) -> Option<(usize, usize)> {
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

    pub(crate) fn draw(&self, pen: &mut Pen) {
        let layout = LineLayout::new(self, pen.size(), pen.scale);
        let LineLayout { plot, x, y } = layout;
        pen.clear();
        draw_y_axis(pen, &plot, &y, self.y_name);
        draw_x_axis(pen, &plot, &x, self.x_name, NamePlace::Beside);
        if let Some((value, label)) = self.reference
            && y.contains(value)
        {
            let (color, muted) = (pen.theme.axis, pen.theme.muted);
            let at = y.px(value);
            pen.rule_across(at, plot.left, plot.right, 1.0, color);
            let at = (plot.right + pen.px(GUTTER_GAP), at);
            if self.labelled {
                pen.text(label, at, LABEL_SIZE, muted, Align::Start, Baseline::Middle);
            }
        }
        if let Some(step) = self.cursor
            && x.contains(step as f64)
        {
            let color = pen.theme.axis;
            pen.rule_down(x.px(step as f64), plot.top, plot.bottom, 1.0, color);
        }
        for line in &self.lines {
            if line.width == 0.0 {
                continue;
            }
            let points = thinned(line, &x, &y, pen.px(1.0));
            pen.line(&points, line.width, line.stroke, line.color);
            if points.len() == 1 {
                pen.mark(Shape::Circle, points[0], line.width, line.color);
            }
        }
        self.draw_leaving(pen, &layout);
        self.draw_ends(pen, &layout);
    }

    /// Marks where a line leaves the axis, and says how far it went; of lines of one colour the last speaks, and noise
    /// does not.
    fn draw_leaving(&self, pen: &mut Pen, LineLayout { plot, x, y }: &LineLayout) {
        let mut spoken = Vec::new();
        let gap = pen.px(6.0);
        // The name of the axis has the same row.
        let mut free = text_width(self.y_name, pen.px(LABEL_SIZE)) + gap;
        for line in self.lines.iter().rev().filter(|line| line.width > 1.2) {
            let values = line.table.column(line.column);
            let outside = values.filter(|(_, value)| value.is_finite() && is_beyond(y, *value));
            let outside: Vec<(u64, f32)> = outside.collect();
            let Some((step, _)) = outside.first().filter(|_| !spoken.contains(&line.color)) else {
                continue;
            };
            spoken.push(line.color);
            let at = (x.px(*step as f64), plot.top);
            pen.mark(Shape::Triangle, at, 4.0, line.color);
            let peak = outside
                .iter()
                .fold(0.0, |peak, (_, value)| f64::from(*value).max(peak));
            let text = format!("{} {}", self.beyond, number(peak, peak));
            let width = text_width(&text, pen.px(TICK_SIZE));
            let left = (at.0 - width / 2.0).min(pen.width - width).max(free);
            free = left + width + gap;
            let place = (left, plot.top - gap);
            let (start, bottom) = (Align::Start, Baseline::Bottom);
            pen.text(&text, place, TICK_SIZE, line.color, start, bottom);
        }
    }

    fn draw_ends(&self, pen: &mut Pen, layout: &LineLayout) {
        let ends: Vec<f64> = self
            .lines
            .iter()
            .map(|line| {
                let newest = line.table.newest().and_then(|row| row.get(line.column));
                layout.y.px(newest.map_or(f64::NAN, |v| f64::from(*v)))
            })
            .collect();
        for (line, y) in self.lines.iter().zip(&ends) {
            if let Some(shape) = line.end {
                pen.mark(shape, (layout.plot.right, *y), 3.0, line.color);
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
                pen.mark(Shape::Circle, at, 2.5, line.color);
            }
        }
        if !self.labelled {
            return;
        }
        let labelled: Vec<usize> = (0..self.lines.len())
            .filter(|i| !self.lines[*i].label.is_empty())
            .collect();
        let wanted: Vec<f64> = labelled.iter().map(|i| ends[*i]).collect();
        let (gap, half) = (pen.px(LABEL_SIZE + 1.0), pen.px(LABEL_SIZE / 2.0));
        let places = spread(&wanted, gap, layout.plot.top, layout.plot.bottom - half);
        let left = layout.plot.right + pen.px(GUTTER_GAP);
        for (index, place) in labelled.into_iter().zip(places) {
            if let Some(y) = place {
                let line = &self.lines[index];
                let text = fit(line.label, pen.px(LABEL_SIZE), pen.width - left);
                let color = line.color;
                pen.text(
                    &text,
                    (left, y),
                    LABEL_SIZE,
                    color,
                    Align::Start,
                    Baseline::Middle,
                );
            }
        }
    }
}

fn is_beyond(y: &Axis, value: f32) -> bool {
    f64::from(value) > y.high() * (1.0 + 1e-6)
}

/// The line's points, at most two a column of `column_px`: the lowest and the highest, in their order, so that a
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
    for (step, value) in line.table.column(line.column) {
        let point = (x.px(step as f64), y.px(f64::from(value)));
        // Beyond the axis a line has a gap, after it has reached the edge.
        let has_left = was_beyond && is_beyond(y, value);
        was_beyond = is_beyond(y, value);
        if !point.1.is_finite() || has_left {
            if let Some(column) = pending.take() {
                flush(&mut points, column);
            }
            if points.last().is_some_and(|(_, y)| y.is_finite()) {
                points.push((point.0, f64::NAN));
            }
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
            table.push(600, 1, step, |row| {
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
            label: "",
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
