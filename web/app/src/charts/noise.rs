//! How statistics of small batches scatter around the truth, and how that makes one point's x̂ jitter. Every number
//! comes in the report.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use batchnorm_lab::protocol::{BatchNoiseReport, BatchNoiseRow};

use super::axis::{Axis, extent, number, round_up};
use super::ink::{Align, Baseline};
use super::letters::{fit, spread, text_width};
use super::pen::{Pen, Point, Shape, Stroke};
use super::plot::{
    GUTTER_GAP, LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, TICK_SIZE, draw_x_axis, draw_x_ticks,
    draw_y_axis,
};
use super::theme::{Theme, mix};
use super::{Drawn, Hover, paint};
use crate::small_sort::Bound;

/// Dots drawn of each row at most.
const DOTS: usize = 60;

/// Which scatter is shown as strips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoiseKind {
    /// Batch means, in full-set standard deviations from the full-set mean.
    Means,
    /// Batch variances, over the full-set variance.
    Variances,
    /// x̂ of the pinned point.
    XHats,
}

/// A report to draw.
#[derive(Clone, Copy, Debug)]
pub struct NoiseData<'a> {
    /// What was measured.
    pub report: &'a BatchNoiseReport,
    /// Which scatter; the log-log chart does not look at it.
    pub kind: NoiseKind,
    /// The batch size of the run on the page, whose row stands out.
    pub current: Option<u32>,
}

/// Texts of the noise charts.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoiseText<'a> {
    /// Name of the level axis: the value with its unit; in the log-log chart the batch size.
    pub x_name: &'a str,
    /// Name of the upright axis: the batch size; in the log-log chart the standard deviation.
    pub y_name: &'a str,
    /// Label of the true value.
    pub truth: &'a str,
    /// Log-log chart: label of the measured points.
    pub measured: &'a str,
    /// Log-log chart: label of the closed form for Gaussian values.
    pub gaussian: &'a str,
    /// Log-log chart: label of the closed form with the unit's own moments; empty leaves that line out.
    pub own_moments: &'a str,
}

/// Draws strips: a row of dots per batch size, the measured standard deviation as a bar below the dots.
///
/// # Errors
/// The backend's.
pub fn draw_noise<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &NoiseData,
    theme: &Theme,
    text: &NoiseText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| strips(pen, data, text))
}

/// The row under a point; `size` and `point` in css pixels.
pub fn locate_noise(data: &NoiseData, size: Point, point: Point) -> Option<Hover> {
    let (plot, _, band) = strips_layout(data, size, 1.0);
    let index = ((point.1 - plot.top) / band).floor();
    if !plot.contains(point) || index < 0.0 {
        return None;
    }
    let index = index as usize;
    let row = data.report.rows.get(index)?;
    Some(Hover::Batch {
        index,
        batch: row.batch,
    })
}

impl NoiseKind {
    fn draws(self, row: &BatchNoiseRow) -> &[f32] {
        match self {
            NoiseKind::Means => &row.means,
            NoiseKind::Variances => &row.variances,
            NoiseKind::XHats => &row.x_hats,
        }
    }

    fn deviation(self, row: &BatchNoiseRow) -> f64 {
        f64::from(match self {
            NoiseKind::Means => row.mean_sd,
            NoiseKind::Variances => row.variance_sd,
            NoiseKind::XHats => row.x_hat_sd,
        })
    }

    /// What the whole training set gives.
    fn truth(self, report: &BatchNoiseReport) -> f64 {
        match self {
            NoiseKind::Means => 0.0,
            NoiseKind::Variances => 1.0,
            NoiseKind::XHats => f64::from(report.z),
        }
    }

    /// Around which value the bar stands. A batch's biased variance is less than the truth on average: the bar of
    /// variances stands on their mean, the others on the truth.
    fn middle(self, report: &BatchNoiseReport, row: &BatchNoiseRow) -> f64 {
        match self {
            NoiseKind::Variances => f64::from(row.variance_mean),
            _ => self.truth(report),
        }
    }
}

fn strips_layout(data: &NoiseData, size: Point, scale: f64) -> (Plot, Axis, f64) {
    let bottom = NamePlace::Below.margin();
    let plot = Plot::within(size, scale, [22.0, 12.0, bottom, LEFT_MARGIN]);
    let draws = data
        .report
        .rows
        .iter()
        .flat_map(|row| data.kind.draws(row))
        .map(|v| f64::from(*v));
    let truth = data.kind.truth(data.report);
    let truth = if truth.is_finite() { truth } else { 0.0 };
    let reach = extent(draws.map(|v| (v - truth).abs()));
    let reach = round_up(reach.map_or(1.0, |(_, high)| high));
    let low = match data.kind {
        // No variance is below 0, but where they scatter little, what they do would lie on the edge.
        NoiseKind::Variances => (truth - reach).max(0.0),
        _ => truth - reach,
    };
    let x = Axis::linear(low, truth + reach, plot.left, plot.right);
    let band = plot.height() / data.report.rows.len().max(1) as f64;
    (plot, x, band)
}

fn strips(pen: &mut Pen, data: &NoiseData, text: &NoiseText) {
    let (plot, x, band) = strips_layout(data, pen.size(), pen.scale);
    let side = usize::from(data.report.side);
    let (full, pale) = pen.theme.run(side);
    let (ink, muted, axis, grid) = (
        pen.theme.text,
        pen.theme.muted,
        pen.theme.axis,
        pen.theme.grid,
    );
    let dot = mix(pale, full, 0.35);
    pen.clear();
    let truth = data.kind.truth(data.report);
    let rows = &data.report.rows;
    let current = rows.iter().position(|row| data.current == Some(row.batch));
    for (index, row) in rows.iter().enumerate() {
        let top = plot.top + band * index as f64;
        let middle = top + band / 2.0;
        let is_current = current == Some(index);
        if is_current {
            pen.rectangle((plot.left, top), (plot.right, top + band), grid);
        } else {
            pen.rule_across(middle, plot.left, plot.right, 1.0, grid);
        }
        // Where rows are narrower than their numbers, only some are named, and always the current one.
        let numbers_apart = (pen.px(TICK_SIZE) / band).ceil() as usize;
        let beside_current = current.is_some_and(|c| index.abs_diff(c) < numbers_apart);
        let is_named = index.is_multiple_of(numbers_apart) && !beside_current;
        if !is_named && !is_current {
            continue;
        }
        let label = number(f64::from(row.batch), 1.0);
        let at = (plot.left - pen.px(6.0), middle);
        let color = if is_current { ink } else { muted };
        pen.text(&label, at, TICK_SIZE, color, Align::End, Baseline::Middle);
    }
    pen.rule_down(x.px(truth), plot.top, plot.bottom, 1.0, axis);
    for (index, row) in data.report.rows.iter().enumerate() {
        let middle = plot.top + band * (index as f64 + 0.5);
        let draws = data.kind.draws(row);
        let stride = draws.len().div_ceil(DOTS).max(1);
        for (order, value) in draws.iter().step_by(stride).enumerate() {
            // Dots step up and down by their order so that equal values do not hide each other.
            let lane = [0.0, -1.0, 1.0, -0.5, 0.5][order % 5] * (band * 0.2).min(pen.px(5.0));
            let at = (x.px(f64::from(*value)), middle + lane);
            pen.mark(Shape::Circle, at, 1.5, dot);
        }
        let deviation = data.kind.deviation(row);
        if deviation.is_finite() {
            let center = data.kind.middle(data.report, row);
            let (from, to) = (x.px(center - deviation), x.px(center + deviation));
            pen.rule_across(middle, from, to, 2.0, ink);
            let tick = (band * 0.22).min(pen.px(5.0));
            for end in [from, to] {
                pen.rule_down(end, middle - tick, middle + tick, 1.5, ink);
            }
        }
    }
    draw_x_axis(pen, &plot, &x, text.x_name, NamePlace::Below);
    let at = (pen.px(2.0), plot.top - pen.px(6.0));
    pen.text(
        text.y_name,
        at,
        LABEL_SIZE,
        ink,
        Align::Start,
        Baseline::Bottom,
    );
    let name_end = text_width(text.y_name, pen.px(LABEL_SIZE)) + pen.px(8.0);
    let half = text_width(text.truth, pen.px(TICK_SIZE)) / 2.0;
    if x.px(truth) - half > name_end && x.px(truth) + half < pen.width {
        let at = (x.px(truth), plot.top - pen.px(2.0));
        pen.text(
            text.truth,
            at,
            TICK_SIZE,
            muted,
            Align::Middle,
            Baseline::Bottom,
        );
    }
}

/// Draws the standard deviation of the pinned point's x̂ against batch size, both logarithmic, with the closed forms.
///
/// # Errors
/// The backend's.
pub fn draw_x_hat_noise<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &NoiseData,
    theme: &Theme,
    text: &NoiseText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| x_hat(pen, data, text))
}

/// The batch size nearest to a point; `size` and `point` in css pixels.
pub fn locate_x_hat_noise(data: &NoiseData, size: Point, point: Point) -> Option<Hover> {
    let (plot, x, _) = x_hat_layout(data, size, 1.0);
    if !plot.contains(point) {
        return None;
    }
    let distance = |batch: u32| (x.px(f64::from(batch)) - point.0).abs();
    let rows = data.report.rows.iter().map(|row| row.batch).enumerate();
    rows.min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))
        .map(|(index, batch)| Hover::Batch { index, batch })
}

fn x_hat_layout(data: &NoiseData, size: Point, scale: f64) -> (Plot, Axis, Axis) {
    let width_css = size.0 / scale;
    let right = (width_css * 0.24).bound(30.0, 120.0);
    let bottom = NamePlace::for_gutter(right).margin();
    let plot = Plot::within(size, scale, [22.0, right, bottom, LEFT_MARGIN]);
    let rows = &data.report.rows;
    let inset = (8.0 * scale).min(plot.width() / 4.0);
    let (first, last) =
        extent(rows.iter().map(|row| f64::from(row.batch.max(1)))).unwrap_or((2.0, 256.0));
    let x = Axis::logarithmic(first, last, plot.left + inset, plot.right - inset);
    let values = rows
        .iter()
        .flat_map(|row| [row.x_hat_sd, row.x_hat_sd_theory])
        .map(f64::from)
        .filter(|v| *v > 0.0);
    let (low, high) = extent(values).unwrap_or((0.1, 1.0));
    let low = low.max(high * 1e-4) / 1.3;
    (
        plot,
        x,
        Axis::logarithmic(low, high * 1.3, plot.bottom, plot.top),
    )
}

fn x_hat(pen: &mut Pen, data: &NoiseData, text: &NoiseText) {
    let (plot, x, y) = x_hat_layout(data, pen.size(), pen.scale);
    let rows = &data.report.rows;
    let full = pen.theme.run(usize::from(data.report.side)).0;
    let (ink, muted, grid) = (pen.theme.text, pen.theme.muted, pen.theme.grid);
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
    let ticks: Vec<(f64, String)> = rows
        .iter()
        .map(|row| (f64::from(row.batch), number(f64::from(row.batch), 1.0)))
        .collect();
    draw_x_ticks(pen, &plot, &x, &ticks, text.x_name, place);
    let through = |value: fn(&BatchNoiseRow) -> f32| -> Vec<Point> {
        rows.iter()
            .map(|row| (x.px(f64::from(row.batch)), f64::from(value(row))))
            .map(|(at, v)| (at, if v > 0.0 { y.px(v) } else { f64::NAN }))
            .collect()
    };
    let gaussian = through(|row| row.x_hat_sd_theory);
    let own = through(|row| row.x_hat_sd_moments);
    let measured = through(|row| row.x_hat_sd);
    pen.line(&gaussian, 1.5, Stroke::Solid, muted);
    if !text.own_moments.is_empty() {
        pen.line(&own, 1.5, Stroke::Dotted, ink);
    }
    for point in &measured {
        pen.mark(Shape::Circle, *point, 3.5, full);
    }
    let end = |points: &[Point]| points.last().map_or(f64::NAN, |point| point.1);
    let own_end = match text.own_moments {
        "" => f64::NAN,
        _ => end(&own),
    };
    let wanted = [end(&measured), end(&gaussian), own_end];
    let labels = [
        (text.measured, full),
        (text.gaussian, muted),
        (text.own_moments, ink),
    ];
    let gap = pen.px(LABEL_SIZE + 1.0);
    let left = plot.right + pen.px(GUTTER_GAP);
    let room = pen.width - left;
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
