//! Slow motion: the batch's own points of one unit leave the line of raw values, lose the mean, are divided by the
//! deviation, then stretched by γ and moved by β, and pile up into the histogram that the other charts only show.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use batchnorm_lab::choice::Statistics;
use batchnorm_lab::protocol::{Frame, Lens, Side};

use super::axis::{Axis, number};
use super::ink::{Align, Baseline};
use super::letters::text_width;
use super::pen::{Pen, Point, Shape};
use super::plot::{LABEL_SIZE, Plot, TICK_SIZE};
use super::theme::Theme;
use super::{Drawn, paint};

/// Points drawn at most; of a larger batch every second, third, … is shown.
const DOTS: usize = 96;

/// Mean and standard deviation of the batch on one rail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RailMark {
    /// Mean.
    pub mean: f32,
    /// Standard deviation.
    pub std: f32,
}

/// One unit of one run, point by point.
#[derive(Clone, Copy, Debug)]
pub struct LensData<'a> {
    /// `Side::lens`.
    pub points: &'a Lens,
    /// Half-width of the shared axis.
    pub limit: f32,
    /// Where in the movement, 0 (all before) to 1 (all after).
    pub phase: f64,
    /// The mean that is subtracted.
    pub mean: f32,
    /// The deviation that is divided by, ε included.
    pub std: f32,
    /// γ of the unit; 1 without.
    pub gamma: f32,
    /// Mark of the batch on each rail: before, x̂, after.
    pub marks: [Option<RailMark>; 3],
}

impl<'a> LensData<'a> {
    /// The lens of a run in a frame: which statistics normalise is the reader's choice, the numbers are the frame's.
    ///
    /// The marks of x̂ and of γ·x̂ + β are the batch's own mean and deviation carried through the same two maps.
    /// `None` if that run, layer or unit is not in the frame.
    pub fn of(
        frame: &Frame,
        side: &'a Side,
        statistics: Statistics,
        epsilon: f32,
        phase: f64,
    ) -> Option<Self> {
        let lens = &side.lens;
        let layer = side.layers.get(lens.layer as usize)?;
        let unit = lens.unit as usize;
        let value = |list: &[f32]| list.get(unit).copied();
        let (mean, variance) = (value(&layer.batch_mean)?, value(&layer.batch_var)?);
        let before = RailMark {
            mean,
            std: variance.sqrt(),
        };
        let (used_mean, used_variance) = match statistics {
            Statistics::Batch => (mean, variance),
            Statistics::Running => (
                value(&layer.running_mean).unwrap_or(mean),
                value(&layer.running_var).unwrap_or(variance),
            ),
        };
        let used_std = (used_variance + epsilon).sqrt();
        let gamma = value(&layer.gamma).unwrap_or(1.0);
        let beta = value(&layer.beta).unwrap_or(0.0);
        let normalized = RailMark {
            mean: (mean - used_mean) / used_std,
            std: before.std / used_std,
        };
        let after = RailMark {
            mean: gamma * normalized.mean + beta,
            std: gamma.abs() * normalized.std,
        };
        let is_normalized = !lens.normalized.is_empty();
        Some(Self {
            points: lens,
            limit: frame.axis_limit,
            phase,
            mean: used_mean,
            std: used_std,
            gamma,
            marks: [
                Some(before),
                is_normalized.then_some(normalized),
                is_normalized.then_some(after),
            ],
        })
    }
}

/// Texts of the lens.
#[derive(Clone, Copy, Debug, Default)]
pub struct LensText<'a> {
    /// Names of the three rails.
    pub rails: [&'a str; 3],
    /// The four operations between them, e.g. `− μ`, `÷ σ`, `× γ`, `+ β`.
    pub operations: [&'a str; 4],
    /// Name of the axis.
    pub axis: &'a str,
}

/// Draws it.
///
/// # Errors
/// The backend's.
pub fn draw_lens<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &LensData,
    theme: &Theme,
    text: &LensText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| lens(pen, data, text))
}

/// When each operation takes place within the movement.
const OPERATIONS: [(f64, f64); 4] = [(0.06, 0.26), (0.26, 0.48), (0.56, 0.74), (0.74, 0.94)];
/// Share of an operation by which the last point starts later than the first.
const STAGGER: f64 = 0.35;

struct RailLayout {
    plot: Plot,
    x: Axis,
    rails: usize,
    height: f64,
}

impl RailLayout {
    fn new(data: &LensData, size: Point, scale: f64) -> Self {
        let plot = Plot::within(size, scale, [4.0, 10.0, 20.0, 10.0]);
        let rails = if data.points.normalized.is_empty() {
            1
        } else {
            3
        };
        let limit = if data.limit > 0.0 {
            f64::from(data.limit)
        } else {
            1.0
        };
        Self {
            plot,
            x: Axis::linear(-limit, limit, plot.left, plot.right),
            rails,
            height: plot.height() / rails as f64,
        }
    }

    /// Where the dots of a rail stand; below it is room for its mean and deviation.
    fn base(&self, rail: f64, mark_room: f64) -> f64 {
        self.plot.top + self.height * (rail + 1.0) - mark_room
    }
}

fn lens(pen: &mut Pen, data: &LensData, text: &LensText) {
    let layout = RailLayout::new(data, pen.size(), pen.scale);
    let mark_room = pen.px(12.0);
    pen.clear();
    draw_rails(pen, data, text, &layout, mark_room);
    let values = Values::new(data);
    let radius = dot_radius(&layout, values.shown.len(), pen.scale);
    let phase = if data.phase.is_finite() {
        data.phase.clamp(0.0, 1.0)
    } else {
        1.0
    };
    // Where a point has left, its pale trace stays: all three histograms can be compared at the end.
    for rail in 0..layout.rails {
        let heights = piles(&values.rails[rail], &layout, radius, mark_room, pen.scale);
        for (place, index) in values.shown.iter().enumerate() {
            let progress = values.progress(phase, place);
            let label = data.points.labels.get(*index).copied().unwrap_or(0);
            let color = pen.theme.class(label);
            let x = layout.x.px(values.rails[rail][place]);
            let at = (x, layout.base(rail as f64, mark_room) - heights[place]);
            let here = rail as f64 * 2.0;
            if progress >= here + 1e-9 && rail + 1 < layout.rails {
                let pale = super::theme::mix(pen.theme.background, color, 0.38);
                dot(pen, label, at, radius, pale);
            } else if (progress - here).abs() < 1e-9 {
                dot(pen, label, at, radius, color);
            }
        }
    }
    if layout.rails == 3 {
        draw_travellers(pen, data, &values, &layout, (radius, mark_room), phase);
    }
}

/// The points that are shown and their values on each rail.
struct Values {
    shown: Vec<usize>,
    rails: [Vec<f64>; 3],
}

impl Values {
    fn new(data: &LensData) -> Self {
        let count = data.points.before.len();
        let stride = count.div_ceil(DOTS).max(1);
        let shown: Vec<usize> = (0..count).step_by(stride).collect();
        let take = |values: &[f32]| -> Vec<f64> {
            let value = |i: &usize| values.get(*i).map_or(f64::NAN, |v| f64::from(*v));
            shown.iter().map(value).collect()
        };
        let rails = [
            take(&data.points.before),
            take(&data.points.normalized),
            take(&data.points.after),
        ];
        Self { shown, rails }
    }

    /// How many operations a point has behind it, 0 to 4; points start one after the other.
    fn progress(&self, phase: f64, place: usize) -> f64 {
        let late = place as f64 / self.shown.len().max(1) as f64;
        OPERATIONS
            .iter()
            .map(|(from, to)| {
                let length = (to - from) * (1.0 - STAGGER);
                let start = from + (to - from) * STAGGER * late;
                ease(((phase - start) / length).clamp(0.0, 1.0))
            })
            .sum()
    }
}

/// Slow at both ends.
fn ease(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

fn draw_travellers(
    pen: &mut Pen,
    data: &LensData,
    values: &Values,
    layout: &RailLayout,
    (radius, mark_room): (f64, f64),
    phase: f64,
) {
    let std = f64::from(data.std);
    for (place, index) in values.shown.iter().enumerate() {
        let progress = values.progress(phase, place);
        if progress.fract() < 1e-9 && progress.round() as i64 % 2 == 0 {
            continue;
        }
        let [before, normalized, after] = [0, 1, 2].map(|rail| values.rails[rail][place]);
        // What each operation has made of the value so far.
        let stops = [
            before,
            before - f64::from(data.mean),
            normalized,
            f64::from(data.gamma) * normalized,
            after,
        ];
        let operation = (progress.floor() as usize).min(3);
        let share = progress - operation as f64;
        let value = if operation == 1 && std > 0.0 {
            // A division is a steady change of scale.
            stops[1] / std.powf(share)
        } else {
            stops[operation] + (stops[operation + 1] - stops[operation]) * share
        };
        let label = data.points.labels.get(*index).copied().unwrap_or(0);
        let color = pen.theme.class(label);
        let y = layout.base(progress / 2.0, mark_room) - pen.px(radius);
        dot(pen, label, (layout.x.px(value), y), radius, color);
    }
}

fn dot(pen: &mut Pen, label: u8, at: Point, radius: f64, color: super::Rgb) {
    let shape = if label == 0 {
        Shape::Circle
    } else {
        Shape::Diamond
    };
    pen.mark(shape, at, radius, color);
}

/// css pixels; smaller where many points share little room.
fn dot_radius(layout: &RailLayout, count: usize, scale: f64) -> f64 {
    let room = layout.plot.width() / scale * (layout.height / scale - 24.0).max(8.0);
    (room / (count.max(1) as f64 * 60.0)).sqrt().clamp(1.5, 3.5)
}

/// How high each point lies: those of one column pile up in their order, closer together where a pile is too high.
fn piles(values: &[f64], layout: &RailLayout, radius: f64, mark_room: f64, scale: f64) -> Vec<f64> {
    let column_px = 2.0 * radius * scale;
    let column = |v: &f64| (layout.x.px(*v) / column_px).floor() as i64;
    let columns: Vec<i64> = values.iter().map(column).collect();
    let highest = columns
        .iter()
        .map(|c| columns.iter().filter(|other| *other == c).count())
        .max()
        .unwrap_or(1);
    let room = layout.height - mark_room - 16.0 * scale - column_px;
    let pitch = column_px.min((room / highest.max(1) as f64).max(0.5));
    columns
        .iter()
        .enumerate()
        .map(|(index, c)| {
            let below = columns[..index].iter().filter(|other| *other == c).count();
            radius * scale + below as f64 * pitch
        })
        .collect()
}

fn draw_rails(
    pen: &mut Pen,
    data: &LensData,
    text: &LensText,
    layout: &RailLayout,
    mark_room: f64,
) {
    let (plot, x) = (layout.plot, layout.x);
    let (grid, axis, ink, muted, affine) = (
        pen.theme.grid,
        pen.theme.axis,
        pen.theme.text,
        pen.theme.muted,
        pen.theme.affine,
    );
    for share in [-0.5, 0.0, 0.5] {
        let at = x.px(share * x.high());
        pen.rule_down(at, plot.top, plot.bottom, 1.0, grid);
    }
    for rail in 0..layout.rails {
        let base = layout.base(rail as f64, mark_room);
        let color = if rail == 2 { affine } else { axis };
        pen.rule_across(base, plot.left, plot.right, 1.0, color);
        let top = plot.top + layout.height * rail as f64 + pen.px(2.0);
        let at = (plot.left, top);
        let name_color = if rail == 2 { affine } else { ink };
        pen.text(
            text.rails[rail],
            at,
            LABEL_SIZE,
            name_color,
            Align::Start,
            Baseline::Top,
        );
        if let Some(mark) = data.marks[rail] {
            draw_mark(pen, &x, base, mark);
        }
        if rail > 0 {
            draw_operations(pen, data, text, rail, top, plot.right);
        }
    }
    let low = plot.bottom + pen.px(5.0);
    let step = if x.high().fract() == 0.0 { 1.0 } else { 0.1 };
    for (value, align) in [
        (-x.high(), Align::Start),
        (0.0, Align::Middle),
        (x.high(), Align::End),
    ] {
        let label = number(value, step);
        let shift = match align {
            Align::Start => -pen.px(6.0),
            Align::End => pen.px(6.0),
            Align::Middle => 0.0,
        };
        let at = (x.px(value) + shift, low);
        pen.text(&label, at, TICK_SIZE, muted, align, Baseline::Top);
    }
    if plot.width() > pen.px(260.0) {
        let at = ((x.px(0.0) + plot.right) / 2.0, low);
        pen.text(
            text.axis,
            at,
            TICK_SIZE,
            muted,
            Align::Middle,
            Baseline::Top,
        );
    }
}

/// The two operations that lead to a rail, the one under way in strong letters.
fn draw_operations(
    pen: &mut Pen,
    data: &LensData,
    text: &LensText,
    rail: usize,
    top: f64,
    right: f64,
) {
    let (ink, muted, affine) = (pen.theme.text, pen.theme.muted, pen.theme.affine);
    let mut end = right;
    for operation in [2 * rail - 1, 2 * rail - 2] {
        let (from, to) = OPERATIONS[operation];
        let is_now = (from..to).contains(&data.phase);
        let label = text.operations[operation];
        let at = (end, top);
        if is_now {
            let color = if rail == 2 { affine } else { ink };
            pen.strong(label, at, LABEL_SIZE, color, Align::End, Baseline::Top);
        } else {
            pen.text(label, at, LABEL_SIZE, muted, Align::End, Baseline::Top);
        }
        end -= text_width(label, pen.px(LABEL_SIZE)) + pen.px(8.0);
    }
}

/// Mean and one deviation to each side, under the rail.
fn draw_mark(pen: &mut Pen, x: &Axis, base: f64, mark: RailMark) {
    let (mean, std) = (f64::from(mark.mean), f64::from(mark.std));
    if !mean.is_finite() {
        return;
    }
    let color = pen.theme.text;
    let y = base + pen.px(6.0);
    if std.is_finite() {
        let (from, to) = (x.px(mean - std), x.px(mean + std));
        pen.rule_across(y, from, to, 1.5, color);
        for end in [from, to] {
            pen.rule_down(end, y - pen.px(2.5), y + pen.px(2.5), 1.0, color);
        }
    }
    let (at, half) = (x.px(mean), pen.px(3.5));
    let tip = base + pen.px(1.0);
    pen.polygon(
        &[(at, tip), (at + half, y + half), (at - half, y + half)],
        color,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_go_through_all_operations_one_after_the_other() {
        let values = Values {
            shown: (0..10).collect(),
            rails: [vec![], vec![], vec![]],
        };
        for place in 0..10 {
            assert_eq!(values.progress(0.0, place), 0.0);
            assert_eq!(values.progress(0.52, place), 2.0);
            assert_eq!(values.progress(1.0, place), 4.0);
        }
        assert!(values.progress(0.15, 0) > values.progress(0.15, 9));
    }
}
