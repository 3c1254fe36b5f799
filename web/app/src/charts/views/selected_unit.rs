//! Slow motion: the batch's own points of one unit leave the line of raw values, lose the mean, are divided by the
//! deviation, then stretched by γ and moved by β, and pile up into the histogram that the other charts only show.

use batchnorm_lab::protocol::SelectedUnit;

mod motion;

use self::motion::{Motion, OPERATIONS, RailLayout};
use crate::charts::Chart;
use crate::charts::frame::axis::number;
use crate::charts::frame::moments_mark::draw_moments_mark;
use crate::charts::frame::plot::{LABEL_SIZE, TICK_SIZE};
use crate::charts::paint::painter::{Painter, Point, Shape};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::{Rgb, mix};

/// One unit of one run, row by row.
#[derive(Clone, Copy, Debug)]
pub struct SelectedUnitChart<'a> {
    /// `Side::selected_unit`.
    pub points: &'a SelectedUnit,
    /// Where in the movement, 0 (all before) to 1 (all after).
    pub phase: f64,
    /// Names of the three rails.
    pub rails: [&'a str; 3],
    /// The four operations between them, e.g. `− μ`, `÷ σ`, `× γ`, `+ β`.
    pub operations: [&'a str; 4],
}

impl Chart for SelectedUnitChart<'_> {
    fn draw(&self, painter: &mut Painter) {
        let layout = RailLayout::new(self, painter.size(), painter.scale);
        let motion = Motion::new(self, &layout, painter.scale);
        painter.clear();
        draw_grid(painter, &layout);
        for rail in 0..layout.rails {
            draw_rail(painter, self, rail, &layout);
        }
        draw_ticks(painter, &layout);
        for place in 0..motion.len() {
            let progress = motion.progress(place);
            let label = self.points.labels.get(motion.row(place)).copied();
            let label = label.unwrap_or(0);
            let color = painter.theme.class(label);
            // Where a point has left, its pale trace stays: all three histograms can be compared at the end.
            let pale = mix(painter.theme.background, color, 0.38);
            for rail in 0..layout.rails {
                if progress > 2.0 * rail as f64 && rail + 1 < layout.rails {
                    let at = motion.resting(place, rail);
                    dot(painter, label, at, motion.radius, pale);
                }
            }
            let at = motion.at(place, progress);
            dot(painter, label, at, motion.radius, color);
        }
    }
}

fn dot(painter: &mut Painter, label: u8, at: Point, radius: f64, color: Rgb) {
    let shape = if label == 0 {
        Shape::Circle
    } else {
        Shape::Diamond
    };
    painter.mark(shape, at, radius, color);
}

fn draw_grid(painter: &mut Painter, layout: &RailLayout) {
    let (plot, x, grid) = (layout.plot, layout.x, painter.theme.grid);
    for share in [-0.5, 0.0, 0.5] {
        let at = x.px(share * x.high());
        painter.rule_down(at, plot.top, plot.bottom, 1.0, grid);
    }
}

/// The line of a rail, its name, the batch's moments on it and the operations that lead to it.
fn draw_rail(painter: &mut Painter, data: &SelectedUnitChart, rail: usize, layout: &RailLayout) {
    let (plot, x, theme) = (layout.plot, layout.x, *painter.theme);
    let base = layout.base(rail as f64);
    let (line, name) = match rail {
        2 => (theme.affine, theme.affine),
        _ => (theme.axis, theme.text),
    };
    painter.rule_across(base, plot.left, plot.right, 1.0, line);
    let top = plot.top + layout.height * rail as f64 + painter.px(2.0);
    let (at, start) = ((plot.left, top), Align::Start);
    painter.text(data.rails[rail], at, LABEL_SIZE, name, start, Baseline::Top);
    // A rail that no point has reached shows faintly where they will lie.
    let is_reached = rail == 0 || data.phase >= OPERATIONS[2 * rail - 1].1;
    if let Some(moments) = data.points.moments.get(rail) {
        let share = if is_reached { 1.0 } else { 0.25 };
        let color = mix(theme.background, theme.text, share);
        draw_moments_mark(painter, &x, base, (moments.mean, moments.std), color);
    }
    if rail > 0 {
        draw_operations(painter, data, rail, top, plot.right);
    }
}

/// The ends and the middle of the axis that the rails share.
fn draw_ticks(painter: &mut Painter, layout: &RailLayout) {
    let (x, muted) = (layout.x, painter.theme.muted);
    let low = layout.plot.bottom + painter.px(5.0);
    let step = if x.high().fract() == 0.0 { 1.0 } else { 0.1 };
    for (value, align) in [
        (-x.high(), Align::Start),
        (0.0, Align::Middle),
        (x.high(), Align::End),
    ] {
        let label = number(value, step);
        let shift = match align {
            Align::Start => -painter.px(6.0),
            Align::End => painter.px(6.0),
            Align::Middle => 0.0,
        };
        let at = (x.px(value) + shift, low);
        painter.text(&label, at, TICK_SIZE, muted, align, Baseline::Top);
    }
}

/// The two operations that lead to a rail, the one under way in strong letters.
fn draw_operations(
    painter: &mut Painter,
    data: &SelectedUnitChart,
    rail: usize,
    top: f64,
    right: f64,
) {
    let (text, muted, affine) = (
        painter.theme.text,
        painter.theme.muted,
        painter.theme.affine,
    );
    let mut end = right;
    for operation in [2 * rail - 1, 2 * rail - 2] {
        let (from, to) = OPERATIONS[operation];
        let is_now = (from..to).contains(&data.phase);
        let label = data.operations[operation];
        let at = (end, top);
        if is_now {
            let color = if rail == 2 { affine } else { text };
            painter.strong(label, at, LABEL_SIZE, color, Align::End, Baseline::Top);
        } else {
            painter.text(label, at, LABEL_SIZE, muted, Align::End, Baseline::Top);
        }
        end -= text_width(label, painter.px(LABEL_SIZE)) + painter.px(8.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::check;

    #[test]
    fn any_unit_is_drawn_within_at_any_moment() {
        check(420, &["before", "0"], |case, show| {
            let none = SelectedUnit::default();
            let side = case.frame.sides.first();
            for phase in [0.0, 0.15, 0.4, 0.6, 0.85, 1.0, f64::NAN] {
                show(&SelectedUnitChart {
                    points: side.map_or(&none, |side| &side.selected_unit),
                    phase,
                    rails: ["before", "normalized", "after"],
                    operations: ["− μ", "÷ σ", "× γ", "+ β"],
                });
            }
        });
    }
}
