//! Slow motion: the batch's own points of one unit leave the line of raw values, lose the mean, are divided by the
//! deviation, then stretched by γ and moved by β, and pile up into the histogram that the other charts only show.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use batchnorm_lab::protocol::{SelectedUnit, UnitMoments};

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

/// One unit of one run, row by row.
#[derive(Clone, Copy, Debug)]
pub struct LensData<'a> {
    /// `Side::selected_unit`.
    pub points: &'a SelectedUnit,
    /// Where in the movement, 0 (all before) to 1 (all after).
    pub phase: f64,
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
        if let Some(mark) = data.points.moments.get(rail) {
            let share = if is_reached { 1.0 } else { 0.25 };
            let color = mix(pen.theme.background, ink, share);
            draw_mark(pen, &x, base, *mark, color);
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
fn draw_mark(pen: &mut Pen, x: &Axis, base: f64, mark: UnitMoments, color: Rgb) {
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
