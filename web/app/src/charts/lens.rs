//! Slow motion: the batch's own points of one unit leave the line of raw values, lose the mean, are divided by the
//! deviation, then stretched by γ and moved by β, and pile up into the histogram that the other charts only show.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use batchnorm_lab::protocol::{SelectedUnit, Side};
use batchnorm_lab::settings::choice::Statistics;

mod motion;

use self::motion::{Motion, OPERATIONS, RailLayout};
use super::axis::{Axis, number};
use super::ink::{Align, Baseline};
use super::letters::text_width;
use super::pen::{Pen, Point, Shape};
use super::plot::{LABEL_SIZE, TICK_SIZE};
use super::ridgeline::draw_name;
use super::theme::{Rgb, Theme, mix};
use super::{Drawn, paint};

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
    pub points: &'a SelectedUnit,
    /// Half-width of the axis that the three rails share: as wide as the points of this step need.
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
    /// The lens of a run of a frame: which statistics normalise is the reader's choice, the numbers are the frame's.
    ///
    /// The marks of x̂ and of γ·x̂ + β are the batch's own mean and deviation carried through the same two maps.
    /// `None` if that layer or unit is not in it.
    pub fn of(side: &'a Side, statistics: Statistics, epsilon: f32, phase: f64) -> Option<Self> {
        let lens = &side.selected_unit;
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
            limit: limit(lens, used_mean, gamma),
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

/// The half-width that holds every point on all of its way: 1, 1.5, 2, 3, 4, 6, 8, … The ridgelines' axis would not
/// do: it never shrinks during a run, and points that have come together would be a heap in its middle.
fn limit(lens: &SelectedUnit, mean: f32, gamma: f32) -> f32 {
    let centred = lens.before.iter().map(|value| value - mean);
    let scaled = lens.normalized.iter().map(|value| gamma * value);
    let rails = [&lens.before, &lens.normalized, &lens.after];
    let reach = rails
        .into_iter()
        .flatten()
        .copied()
        .chain(centred.filter(|_| !lens.normalized.is_empty()))
        .chain(scaled)
        .filter(|value| value.is_finite())
        .fold(0.0, |reach: f32, value| reach.max(value.abs()));
    let mut limit = 1.0_f32;
    while limit < reach {
        let is_power_of_two = limit.log2().fract() == 0.0;
        limit *= if is_power_of_two { 1.5 } else { 4.0 / 3.0 };
    }
    limit
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

fn lens(pen: &mut Pen, data: &LensData, text: &LensText) {
    let layout = RailLayout::new(data, pen.size(), pen.scale);
    let motion = Motion::new(data, &layout, pen.scale);
    pen.clear();
    draw_rails(pen, data, text, &layout);
    for place in 0..motion.len() {
        let progress = motion.progress(place);
        let label = data.points.labels.get(motion.row(place)).copied();
        let label = label.unwrap_or(0);
        let color = pen.theme.class(label);
        // Where a point has left, its pale trace stays: all three histograms can be compared at the end.
        let pale = mix(pen.theme.background, color, 0.38);
        for rail in 0..layout.rails {
            if progress > 2.0 * rail as f64 && rail + 1 < layout.rails {
                dot(pen, label, motion.resting(place, rail), motion.radius, pale);
            }
        }
        let at = motion.at(place, progress);
        dot(pen, label, at, motion.radius, color);
    }
}

fn dot(pen: &mut Pen, label: u8, at: Point, radius: f64, color: Rgb) {
    let shape = if label == 0 {
        Shape::Circle
    } else {
        Shape::Diamond
    };
    pen.mark(shape, at, radius, color);
}

fn draw_rails(pen: &mut Pen, data: &LensData, text: &LensText, layout: &RailLayout) {
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
        let base = layout.base(rail as f64);
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
        // A rail that no point has reached shows faintly where they will lie.
        let is_reached = rail == 0 || data.phase >= OPERATIONS[2 * rail - 1].1;
        if let Some(mark) = data.marks[rail] {
            let share = if is_reached { 1.0 } else { 0.25 };
            let color = mix(pen.theme.background, ink, share);
            draw_mark(pen, &x, base, mark, color);
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
    draw_name(pen, &x, low, text.axis);
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
fn draw_mark(pen: &mut Pen, x: &Axis, base: f64, mark: RailMark, color: Rgb) {
    let (mean, std) = (f64::from(mark.mean), f64::from(mark.std));
    if !mean.is_finite() {
        return;
    }
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
    fn the_axis_is_as_wide_as_the_points_of_the_step() {
        let lens = |before: &[f32], normalized: &[f32], after: &[f32]| SelectedUnit {
            before: before.to_vec(),
            normalized: normalized.to_vec(),
            after: after.to_vec(),
            ..SelectedUnit::default()
        };
        assert_eq!(limit(&lens(&[-0.2, 0.3], &[], &[]), 0.0, 1.0), 1.0);
        assert_eq!(limit(&lens(&[-0.2, 1.7], &[], &[]), 9.0, 1.0), 2.0);
        assert_eq!(limit(&lens(&[1.0], &[-2.2], &[2.9]), 0.0, 1.0), 3.0);
        // What a point passes on its way counts: without its mean, and stretched before it is moved.
        assert_eq!(limit(&lens(&[3.0], &[1.0], &[1.0]), -8.0, 1.0), 12.0);
        assert_eq!(limit(&lens(&[0.1], &[2.0], &[0.5]), 0.0, 12.0), 24.0);
        let far = limit(&lens(&[f32::NAN, f32::INFINITY, 1e30], &[], &[]), 0.0, 1.0);
        assert!((1e30..2e30).contains(&far), "{far}");
    }
}
