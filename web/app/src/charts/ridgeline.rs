//! The heart of the lab: how one layer's values are spread, now in front and earlier steps behind. Bins come in the frame.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use batchnorm_lab::protocol::BINS;

use crate::history::{RIDGE_HEAD, RidgeColumn, Stage, Table};

use super::axis::{Axis, number};
use super::ink::{Align, Baseline};
use super::letters::text_width;
use super::pen::{Pen, Point, Stroke};
use super::plot::{Plot, TICK_SIZE};
use super::theme::{Rgb, Theme, mix};
use super::{Drawn, Hover, paint};

/// How the distribution is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RidgeForm {
    /// Rows over training time.
    #[default]
    Ridges,
    /// The current histogram alone.
    Bars,
}

/// One layer of one run at one stage.
#[derive(Clone, Copy, Debug)]
pub struct RidgelineData<'a> {
    /// `LayerHistory::ridge`.
    pub rows: &'a Table,
    /// 0 is run A, 1 is run B.
    pub side: usize,
    /// Which stage; it chooses the colour.
    pub stage: Stage,
    /// Half-width of the shared axis.
    pub limit: f32,
    /// How it is shown.
    pub form: RidgeForm,
    /// Whether tick labels are drawn (the bottom row of a column of charts).
    pub ticks: bool,
    /// Whether the axis has just been rescaled: its labels then stand out.
    pub rescaled: bool,
    /// Whether the unit normal density is drawn over the newest row (x̂ only).
    pub reference: bool,
}

/// Texts of a ridgeline; an empty one is left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct RidgelineText<'a> {
    /// Name of the axis, at the end of the ticks.
    pub axis: &'a str,
    /// At the oldest row, e.g. `step 0`.
    pub oldest: &'a str,
}

/// Draws it.
///
/// # Errors
/// The backend's.
pub fn draw_ridgeline<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &RidgelineData,
    theme: &Theme,
    text: &RidgelineText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| ridgeline(pen, data, text))
}

/// The value, the bin and the remembered row under a point; `size` and `point` in css pixels.
pub fn locate_ridgeline(data: &RidgelineData, size: Point, point: Point) -> Option<Hover> {
    let layout = RidgeLayout::new(data, size, 1.0);
    let newest = data.rows.len().checked_sub(1)?;
    if !layout.plot.contains(point) {
        return None;
    }
    let row = match data.form {
        RidgeForm::Bars => newest,
        // The frontmost row whose lower half reaches the point; above all of them, the oldest.
        RidgeForm::Ridges => (0..=newest)
            .rev()
            .find(|row| layout.base(data.rows, *row) - layout.amplitude * 0.5 <= point.1)
            .unwrap_or(0),
    };
    let value = layout.x.value(point.0);
    let cells = data.rows.row(row);
    let (low, high) = ends(cells);
    let share = (value - low) / (high - low);
    let bin = (0.0..1.0)
        .contains(&share)
        .then_some((share * BINS as f64) as usize);
    Some(Hover::Distribution {
        row,
        step: data.rows.steps()[row],
        value,
        bin,
        count: bin.map_or(0.0, |bin| f64::from(cells[RIDGE_HEAD + bin])),
    })
}

struct RidgeLayout {
    plot: Plot,
    x: Axis,
    /// Height of a full row, device pixels.
    amplitude: f64,
}

impl RidgeLayout {
    fn new(data: &RidgelineData, size: Point, scale: f64) -> Self {
        let bottom = if data.ticks { 27.0 } else { 12.0 };
        let plot = Plot::within(size, scale, [4.0, 8.0, bottom, 8.0]);
        let limit = f64::from(data.limit);
        let limit = if limit > 0.0 { limit } else { 1.0 };
        let share = match data.form {
            RidgeForm::Ridges => 0.52,
            RidgeForm::Bars => 0.96,
        };
        Self {
            plot,
            x: Axis::linear(-limit, limit, plot.left, plot.right),
            amplitude: plot.height() * share,
        }
    }

    /// Height at which a row stands: time runs upwards from the newest step to the oldest, to scale.
    fn base(&self, rows: &Table, row: usize) -> f64 {
        let steps = rows.steps();
        let (first, last) = (steps[0] as f64, steps[steps.len() - 1] as f64);
        let age = if last > first {
            (last - steps[row] as f64) / (last - first)
        } else {
            0.0
        };
        self.plot.bottom - age * (self.plot.height() - self.amplitude)
    }
}

fn ends(cells: &[f32]) -> (f64, f64) {
    let low = f64::from(cells[RidgeColumn::Low as usize]);
    let high = f64::from(cells[RidgeColumn::High as usize]);
    if low.is_finite() && high.is_finite() && low < high {
        (low, high)
    } else {
        (-1.0, 1.0)
    }
}

/// Surface and edge of a stage: before is pale, normalised full, after γ and β edged in violet.
pub(crate) fn stage_colors(theme: &Theme, side: usize, stage: Stage) -> (Rgb, Rgb) {
    let (full, pale) = theme.run(side);
    match stage {
        Stage::Before => (pale, full),
        Stage::Normalized => (mix(theme.background, full, 0.82), full),
        Stage::After => (theme.affine_pale, theme.affine),
        Stage::Output => (mix(theme.background, pale, 0.5), full),
    }
}

fn ridgeline(pen: &mut Pen, data: &RidgelineData, text: &RidgelineText) {
    let layout = RidgeLayout::new(data, pen.size(), pen.scale);
    let (plot, x) = (layout.plot, layout.x);
    let (grid, axis) = (pen.theme.grid, pen.theme.axis);
    pen.clear();
    for share in [-0.5, 0.0, 0.5] {
        let at = x.px(share * x.high());
        pen.rule_down(at, plot.top, plot.bottom, 1.0, grid);
    }
    pen.rule_across(plot.bottom, plot.left, plot.right, 1.0, axis);
    if let Some(newest) = data.rows.len().checked_sub(1) {
        match data.form {
            RidgeForm::Ridges => draw_rows(pen, data, &layout),
            RidgeForm::Bars => draw_bars(pen, data, &layout),
        }
        if data.reference {
            draw_normal(pen, data.rows.row(newest), &layout);
        }
        draw_moments(pen, data, &layout);
        if data.form == RidgeForm::Ridges && newest > 0 {
            let muted = pen.theme.muted;
            let at = (plot.right, layout.base(data.rows, 0) - pen.px(2.0));
            pen.text(text.oldest, at, 9.0, muted, Align::End, Baseline::Bottom);
        }
    }
    if data.ticks {
        draw_ticks(pen, data, &layout, text.axis);
    }
}

fn draw_rows(pen: &mut Pen, data: &RidgelineData, layout: &RidgeLayout) {
    let (surface, edge) = stage_colors(pen.theme, data.side, data.stage);
    let background = pen.theme.background;
    let last = data.rows.len() - 1;
    let mut outline = Vec::with_capacity(BINS + 4);
    for row in 0..=last {
        let is_newest = row == last;
        let base = layout.base(data.rows, row);
        // Rows fade with age; the newest stands out from all others.
        let near = row as f64 / last.max(1) as f64;
        let fade = if is_newest { 1.0 } else { 0.10 + 0.38 * near };
        let line = if is_newest { 1.0 } else { 0.30 + 0.35 * near };
        silhouette(data.rows.row(row), layout, base, &mut outline);
        let (from, to) = (layout.plot.left, layout.plot.right);
        if !is_newest {
            let color = mix(background, edge, line * 0.28);
            pen.rule_across(base, from, to, 0.75, color);
        }
        if outline.len() >= 2 {
            let (first, end) = (outline[0].0, outline[outline.len() - 1].0);
            outline.push((end, base));
            outline.push((first, base));
            pen.polygon(&outline, mix(background, surface, fade));
            outline.truncate(outline.len() - 2);
            let width = if is_newest {
                edge_width(data.stage)
            } else {
                1.0
            };
            pen.line(&outline, width, Stroke::Solid, mix(background, edge, line));
        }
    }
}

fn edge_width(stage: Stage) -> f64 {
    if stage == Stage::After { 2.0 } else { 1.5 }
}

/// The upper edge of a row through the middles of its bins, from the first that is not empty to the last; its highest
/// bin reaches the row's full height.
fn silhouette(cells: &[f32], layout: &RidgeLayout, base: f64, points: &mut Vec<Point>) {
    points.clear();
    let bins = &cells[RIDGE_HEAD..];
    let Some(first) = bins.iter().position(|count| *count > 0.0) else {
        return;
    };
    let last = bins.iter().rposition(|count| *count > 0.0).unwrap_or(first);
    let peak = bins.iter().copied().fold(0.0, f32::max);
    let (low, high) = ends(cells);
    let width = (high - low) / BINS as f64;
    let edge = |bin: f64| layout.x.px(low + bin * width);
    points.push((edge(first as f64), base));
    for (bin, count) in bins.iter().enumerate().take(last + 1).skip(first) {
        let height = f64::from(*count / peak) * layout.amplitude;
        points.push((edge(bin as f64 + 0.5), base - height));
    }
    points.push((edge(last as f64 + 1.0), base));
}

fn draw_bars(pen: &mut Pen, data: &RidgelineData, layout: &RidgeLayout) {
    let (surface, edge) = stage_colors(pen.theme, data.side, data.stage);
    let Some(cells) = data.rows.newest() else {
        return;
    };
    let bins = &cells[RIDGE_HEAD..];
    let peak = bins.iter().copied().fold(0.0, f32::max);
    let Some(first) = bins.iter().position(|count| *count > 0.0) else {
        return;
    };
    let last = bins.iter().rposition(|count| *count > 0.0).unwrap_or(first);
    let (low, high) = ends(cells);
    let width = (high - low) / BINS as f64;
    let base = layout.plot.bottom;
    let mut steps = Vec::with_capacity(2 * BINS + 2);
    steps.push((layout.x.px(low + first as f64 * width), base));
    for (bin, count) in bins.iter().enumerate().take(last + 1).skip(first) {
        let y = base - f64::from(*count / peak) * layout.amplitude;
        steps.push((layout.x.px(low + bin as f64 * width), y));
        steps.push((layout.x.px(low + (bin + 1) as f64 * width), y));
    }
    steps.push((layout.x.px(low + (last + 1) as f64 * width), base));
    pen.polygon(&steps, surface);
    pen.line(&steps, edge_width(data.stage), Stroke::Solid, edge);
}

/// The unit normal density, in the newest row's own counts: what a perfect N(0, 1) would have put into each bin.
fn draw_normal(pen: &mut Pen, cells: &[f32], layout: &RidgeLayout) {
    let bins = &cells[RIDGE_HEAD..];
    let total: f64 = bins.iter().map(|c| f64::from(*c)).sum();
    let peak = f64::from(bins.iter().copied().fold(0.0, f32::max));
    if !(total > 0.0 && peak > 0.0) {
        return;
    }
    let (low, high) = ends(cells);
    let expected_at_0 = total * (high - low) / BINS as f64 / (2.0 * std::f64::consts::PI).sqrt();
    let reach = layout.x.high().min(3.5);
    let points: Vec<Point> = (0..=40)
        .map(|i| {
            let z = -reach + 2.0 * reach * f64::from(i) / 40.0;
            let height = (expected_at_0 * (-z * z / 2.0).exp() / peak).min(1.6);
            let y = layout.plot.bottom - height * layout.amplitude;
            (layout.x.px(z), y.max(layout.plot.top))
        })
        .collect();
    let color = pen.theme.text;
    pen.line(&points, 1.25, Stroke::Dotted, color);
}

/// Mean and one standard deviation to each side, under the newest row.
fn draw_moments(pen: &mut Pen, data: &RidgelineData, layout: &RidgeLayout) {
    let Some(cells) = data.rows.newest() else {
        return;
    };
    let mean = f64::from(cells[RidgeColumn::Mean as usize]);
    let std = f64::from(cells[RidgeColumn::Std as usize]);
    if !mean.is_finite() {
        return;
    }
    let color = pen.theme.text;
    let y = layout.plot.bottom + pen.px(6.0);
    if std.is_finite() {
        let (from, to) = (layout.x.px(mean - std), layout.x.px(mean + std));
        pen.rule_across(y, from, to, 1.5, color);
        for end in [from, to] {
            pen.rule_down(end, y - pen.px(2.5), y + pen.px(2.5), 1.0, color);
        }
    }
    let (x, half) = (layout.x.px(mean), pen.px(3.5));
    let tip = layout.plot.bottom + pen.px(1.0);
    pen.polygon(
        &[(x, tip), (x + half, y + half), (x - half, y + half)],
        color,
    );
}

fn draw_ticks(pen: &mut Pen, data: &RidgelineData, layout: &RidgeLayout, name: &str) {
    let limit = layout.x.high();
    let y = layout.plot.bottom + pen.px(13.0);
    let color = if data.rescaled {
        pen.theme.text
    } else {
        pen.theme.muted
    };
    let step = if limit < 10.0 && limit.fract() != 0.0 {
        0.1
    } else {
        1.0
    };
    let left = (layout.plot.left - pen.px(6.0), Align::Start, -limit);
    let right = (layout.plot.right + pen.px(6.0), Align::End, limit);
    let middle = (layout.x.px(0.0), Align::Middle, 0.0);
    for (x, align, value) in [left, middle, right] {
        let label = number(value, step);
        if data.rescaled {
            pen.strong(&label, (x, y), TICK_SIZE, color, align, Baseline::Top);
        } else {
            pen.text(&label, (x, y), TICK_SIZE, color, align, Baseline::Top);
        }
    }
    draw_name(pen, &layout.x, y, name);
}

/// The name of the axis between 0 and its right end, where it fits there.
pub(crate) fn draw_name(pen: &mut Pen, x: &Axis, y: f64, name: &str) {
    let (zero, end) = (x.px(0.0), x.px(x.high()));
    if text_width(name, pen.px(TICK_SIZE)) <= end - zero - pen.px(26.0) {
        let (at, color) = (((zero + end) / 2.0, y), pen.theme.muted);
        pen.text(name, at, TICK_SIZE, color, Align::Middle, Baseline::Top);
    }
}
