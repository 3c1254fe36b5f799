//! The heart of the lab: how one layer's values are spread, now in front and earlier steps behind. Bins come in the frame.

use batchnorm_lab::protocol::BINS;

use crate::charts::frame::axis::{Axis, number};
use crate::charts::frame::moments_mark::draw_moments_mark;
use crate::charts::frame::plot::{Plot, TICK_SIZE};
use crate::charts::paint::painter::{Painter, Point, Stroke};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::theme::{Rgb, Theme, mix};
use crate::charts::{Chart, Hover};
use crate::history::{RIDGE_HEAD, RidgeColumn, Stage, Table};

/// How the distribution is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RidgeForm {
    /// Rows over training time.
    #[default]
    Ridges,
    /// The current histogram alone.
    Bars,
}

/// Rows that are drawn at most: more, and one could not tell them apart.
const MOST_ROWS: usize = 14;

/// One layer of one run at one stage.
#[derive(Clone, Copy, Debug)]
pub struct Ridgeline<'a> {
    /// `LayerHistory::ridge`.
    pub rows: &'a Table,
    /// 0 is side A, 1 is side B.
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

impl Chart for Ridgeline<'_> {
    fn draw(&self, painter: &mut Painter) {
        let layout = RidgeLayout::new(self, painter.size(), painter.scale);
        let (plot, x) = (layout.plot, layout.x);
        let (grid, axis, text) = (painter.theme.grid, painter.theme.axis, painter.theme.text);
        painter.clear();
        for share in [-0.5, 0.0, 0.5] {
            let at = x.px(share * x.high());
            painter.rule_down(at, plot.top, plot.bottom, 1.0, grid);
        }
        painter.rule_across(plot.bottom, plot.left, plot.right, 1.0, axis);
        if let Some(newest) = self.rows.newest() {
            match self.form {
                RidgeForm::Ridges => draw_rows(painter, self, &layout),
                RidgeForm::Bars => draw_bars(painter, self, &layout),
            }
            if self.reference {
                draw_normal(painter, newest, &layout);
            }
            let mean = newest[RidgeColumn::Mean as usize];
            let std = newest[RidgeColumn::Std as usize];
            draw_moments_mark(painter, &x, plot.bottom, (mean, std), text);
        }
        if self.ticks {
            draw_ticks(painter, self, &layout);
        }
    }

    /// The value and the remembered row under a point.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let layout = RidgeLayout::new(self, size, 1.0);
        let newest = self.rows.len().checked_sub(1)?;
        if !layout.plot.contains(point) {
            return None;
        }
        let row = match self.form {
            RidgeForm::Bars => newest,
            // The frontmost row whose lower half reaches the point; above all of them, the oldest.
            RidgeForm::Ridges => drawn(self.rows)
                .into_iter()
                .rev()
                .find(|row| layout.base(self.rows, *row) - layout.amplitude * 0.5 <= point.1)
                .unwrap_or(0),
        };
        let value = layout.x.value(point.0);
        let cells = self.rows.row(row);
        let (low, high) = ends(cells);
        let share = (value - low) / (high - low);
        let is_in_a_bin = (0.0..1.0).contains(&share);
        let bin = is_in_a_bin.then_some((share * BINS as f64) as usize);
        Some(Hover::Distribution {
            row,
            step: self.rows.steps()[row],
            value,
            count: bin.map_or(0.0, |bin| f64::from(cells[RIDGE_HEAD + bin])),
        })
    }
}

/// The rows that are drawn, oldest first: every one, or every second, fourth … by their steps, and the newest.
fn drawn(rows: &Table) -> Vec<usize> {
    let steps = rows.steps();
    let mut every = rows.stride();
    loop {
        let is_drawn = |row: &usize| steps[*row].is_multiple_of(every) || row + 1 == steps.len();
        let drawn: Vec<usize> = (0..steps.len()).filter(is_drawn).collect();
        if drawn.len() <= MOST_ROWS {
            return drawn;
        }
        every *= 2;
    }
}

struct RidgeLayout {
    plot: Plot,
    x: Axis,
    /// Height of a full row, device pixels.
    amplitude: f64,
}

impl RidgeLayout {
    fn new(data: &Ridgeline, size: Point, scale: f64) -> Self {
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
fn stage_colors(theme: &Theme, side: usize, stage: Stage) -> (Rgb, Rgb) {
    let (full, pale) = theme.run(side);
    match stage {
        Stage::Before => (pale, full),
        Stage::Normalized => (mix(theme.background, full, 0.82), full),
        Stage::After => (theme.affine_pale, theme.affine),
        Stage::Output => (mix(theme.background, pale, 0.5), full),
    }
}

fn draw_rows(painter: &mut Painter, data: &Ridgeline, layout: &RidgeLayout) {
    let (surface, edge) = stage_colors(painter.theme, data.side, data.stage);
    let background = painter.theme.background;
    let last = data.rows.len() - 1;
    let mut outline = Vec::with_capacity(BINS + 4);
    for row in drawn(data.rows) {
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
            painter.rule_across(base, from, to, 0.75, color);
        }
        if outline.len() >= 2 {
            let (first, end) = (outline[0].0, outline[outline.len() - 1].0);
            outline.push((end, base));
            outline.push((first, base));
            painter.polygon(&outline, mix(background, surface, fade));
            outline.truncate(outline.len() - 2);
            let width = if is_newest {
                edge_width(data.stage)
            } else {
                1.0
            };
            painter.line(&outline, width, Stroke::Solid, mix(background, edge, line));
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

fn draw_bars(painter: &mut Painter, data: &Ridgeline, layout: &RidgeLayout) {
    let (surface, edge) = stage_colors(painter.theme, data.side, data.stage);
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
    painter.polygon(&steps, surface);
    painter.line(&steps, edge_width(data.stage), Stroke::Solid, edge);
}

/// The unit normal density, in the newest row's own counts: what a perfect N(0, 1) would have put into each bin.
fn draw_normal(painter: &mut Painter, cells: &[f32], layout: &RidgeLayout) {
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
    let color = painter.theme.text;
    painter.line(&points, 1.25, Stroke::Dotted, color);
}

fn draw_ticks(painter: &mut Painter, data: &Ridgeline, layout: &RidgeLayout) {
    let limit = layout.x.high();
    let y = layout.plot.bottom + painter.px(13.0);
    let color = if data.rescaled {
        painter.theme.text
    } else {
        painter.theme.muted
    };
    let step = if limit < 10.0 && limit.fract() != 0.0 {
        0.1
    } else {
        1.0
    };
    let left = (layout.plot.left - painter.px(6.0), Align::Start, -limit);
    let right = (layout.plot.right + painter.px(6.0), Align::End, limit);
    let middle = (layout.x.px(0.0), Align::Middle, 0.0);
    for (x, align, value) in [left, middle, right] {
        let label = number(value, step);
        if data.rescaled {
            painter.strong(&label, (x, y), TICK_SIZE, color, align, Baseline::Top);
        } else {
            painter.text(&label, (x, y), TICK_SIZE, color, align, Baseline::Top);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{Case, check};
    use crate::history::LayerHistory;

    fn chart(layer: &LayerHistory, stage: Stage, form: RidgeForm) -> Ridgeline<'_> {
        Ridgeline {
            rows: layer.ridge(stage),
            side: 1,
            stage,
            limit: 4.0,
            form,
            ticks: true,
            rescaled: form == RidgeForm::Bars,
            reference: stage == Stage::Normalized,
        }
    }

    #[test]
    fn any_distribution_is_drawn_within() {
        // Fourteen rows of three marks, and the dots of the normal density.
        check(170, &["−4", "0", "4"], |case, show| {
            let layer = case.layer(1);
            for stage in Stage::ALL {
                for form in [RidgeForm::Ridges, RidgeForm::Bars] {
                    show(&chart(&layer, stage, form));
                }
            }
        });
    }

    #[test]
    fn an_axis_without_bounds_is_drawn_too() {
        let layer = Case::regular().layer(1);
        for limit in [f32::NAN, 0.0, f32::INFINITY] {
            let chart = Ridgeline {
                limit,
                ..chart(&layer, Stage::Before, RidgeForm::Ridges)
            };
            crate::charts::support::drawn_within(&chart, (360, 200), 1.0);
        }
    }

    #[test]
    fn pointing_finds_the_row_and_its_bin() {
        let layer = Case::regular().layer(1);
        let ridge = chart(&layer, Stage::Before, RidgeForm::Ridges);
        let size = (320.0, 200.0);
        let newest = ridge.rows.len() - 1;
        let middle = f64::from(ridge.rows.row(newest)[RIDGE_HEAD + BINS / 2]);
        match ridge.locate(size, (160.0, 170.0)) {
            Some(Hover::Distribution {
                row, value, count, ..
            }) => {
                assert_eq!((row, count), (newest, middle));
                assert!(value.abs() < 1e-9);
            }
            other => panic!("{other:?}"),
        }
        match ridge.locate(size, (160.0, 6.0)) {
            Some(Hover::Distribution { row, .. }) => assert!(row <= 1, "{row}"),
            other => panic!("{other:?}"),
        }
    }
}
