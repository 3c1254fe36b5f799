//! One mini-batch on four number lines under each other, thin lines between the places of a number. x and x − μ share a
//! scale, so that the first step is a shift; x̂ and y share another, on which x̂ ends at ±√(m − 1).

mod scales;

use self::scales::Lines;
use crate::charts::Chart;
use crate::charts::frame::axis::Axis;
use crate::charts::frame::plot::{LABEL_SIZE, TICK_SIZE};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::{Rgb, mix};
use crate::format;
use crate::number_line::{NO_CLASS, NumberLine, STAGES};
use crate::small_sort::Bound;

/// A finger that is no farther from a number has it.
const REACH: f64 = 24.0;

/// A batch on its way.
#[derive(Clone, Copy, Debug)]
pub struct NumberLineChart<'a> {
    /// The batch and what became of it.
    pub of: &'a NumberLine,
    /// The ends of the first scale while a number is drawn along it.
    pub window: Option<(f64, f64)>,
    /// What the lines are called.
    pub names: [&'a str; STAGES],
    /// What leads from each to the next.
    pub operations: [&'a str; STAGES - 1],
}

impl NumberLineChart<'_> {
    /// The line under a point and the number on it that a finger there has; css pixels.
    pub fn grab(&self, size: Point, (x, y): Point) -> Option<(usize, usize)> {
        let lines = self.lines(size, 1.0);
        let stage = (y / lines.row).bound(0.0, STAGES as f64 - 1.0) as usize;
        let values = self.of.stages[stage].iter().enumerate();
        let distance = |value: f32| (lines.axes[stage].px(f64::from(value)) - x).abs();
        // Of several in one place the one that is looked at is the uppermost.
        let own = distance(self.of.stages[stage][self.of.selected]);
        let (row, nearest) = values
            .map(|(row, value)| (row, distance(*value)))
            .min_by(|a, b| a.1.total_cmp(&b.1))?;
        let row = if own <= nearest + 2.0 {
            self.of.selected
        } else {
            row
        };
        (nearest <= REACH).then_some((stage, row))
    }

    /// What x is under a point, css pixels; and whether that is at an end of the line: below, above.
    pub fn value(&self, size: Point, (x, _): Point) -> (f64, [bool; 2]) {
        let lines = self.lines(size, 1.0);
        (
            lines.axes[0].value(x),
            [x <= lines.left + 1.0, x >= lines.right - 1.0],
        )
    }

    fn color(&self, painter: &Painter, row: usize) -> Rgb {
        let theme = painter.theme;
        match self.of.labels.get(row).copied().unwrap_or(NO_CLASS) {
            NO_CLASS if row == self.of.selected => theme.text,
            NO_CLASS => theme.muted,
            label => theme.class(label),
        }
    }

    fn shape(&self, row: usize) -> Shape {
        match self.of.labels.get(row).copied().unwrap_or(NO_CLASS) {
            0 | NO_CLASS => Shape::Circle,
            _ => Shape::Diamond,
        }
    }

    /// The line, its deviation as a strip, its mean, its ticks.
    fn draw_line(&self, painter: &mut Painter, lines: &Lines, stage: usize) {
        let (axis, base, theme) = (&lines.axes[stage], lines.bases[stage], *painter.theme);
        let (mean, deviation) = self.of.moments(stage);
        let half = painter.px(9.0).min(lines.row * 0.3);
        if deviation > 0.0 {
            let (from, to) = (axis.px(mean - deviation), axis.px(mean + deviation));
            painter.rectangle((from, base - half), (to, base + half), theme.grid);
        }
        let color = match stage {
            3 => theme.affine,
            _ => theme.axis,
        };
        let ends = match stage == 2 && lines.has_bound {
            true => [-1.0, 1.0].map(|sign| axis.px(sign * self.of.bound())),
            false => [lines.left, lines.right],
        };
        painter.rule_across(base, ends[0], ends[1], 1.0, color);
        let at = axis.px(mean);
        painter.rule_down(at, base - half, base + half, 2.0, color);
        if stage == 2 && lines.has_bound {
            self.draw_bound(painter, base, ends, half);
        }
        if lines.row >= painter.px(36.0) {
            draw_ticks(painter, axis, base + half + painter.px(3.0), (ends, color));
        }
    }

    /// Where x̂ ends, and why.
    fn draw_bound(&self, painter: &mut Painter, base: f64, ends: [f64; 2], half: f64) {
        let (axis, text) = (painter.theme.axis, painter.theme.text);
        let gap = painter.px(11.0);
        for (end, sign, label, align) in [
            (ends[0], -1.0, "−√(m−1)", Align::End),
            (ends[1], 1.0, "√(m−1)", Align::Start),
        ] {
            painter.rule_down(end, base - half, base + half, 1.0, axis);
            let at = (end + sign * gap, base);
            painter.text(label, at, TICK_SIZE, text, align, Baseline::Middle);
        }
    }

    fn draw_names(&self, painter: &mut Painter, lines: &Lines) {
        let (text, muted, affine) = (
            painter.theme.text,
            painter.theme.muted,
            painter.theme.affine,
        );
        let left = painter.px(2.0);
        for (stage, name) in self.names.iter().enumerate() {
            let color = if stage == 3 { affine } else { text };
            let at = (left, lines.bases[stage]);
            painter.strong(
                name,
                at,
                LABEL_SIZE + 2.0,
                color,
                Align::Start,
                Baseline::Middle,
            );
        }
        if lines.row < painter.px(32.0) {
            return;
        }
        for (stage, operation) in self.operations.iter().enumerate() {
            let at = (left, (lines.bases[stage] + lines.bases[stage + 1]) / 2.0);
            painter.text(
                operation,
                at,
                LABEL_SIZE,
                muted,
                Align::Start,
                Baseline::Middle,
            );
        }
    }

    /// From line to line, the way of one number.
    fn way(&self, lines: &Lines, row: usize) -> Vec<Point> {
        let at = |stage: usize| {
            let value = self.of.stages[stage].get(row).copied().unwrap_or(f32::NAN);
            (lines.axes[stage].px(f64::from(value)), lines.bases[stage])
        };
        (0..STAGES).map(at).collect()
    }

    fn draw_selected(&self, painter: &mut Painter, lines: &Lines) {
        let row = self.of.selected;
        let (color, shape) = (self.color(painter, row), self.shape(row));
        let way = self.way(lines, row);
        painter.line(&way, 2.0, Stroke::Solid, color);
        let (text, has_room) = (painter.theme.text, lines.row >= painter.px(30.0));
        let background = painter.theme.background;
        for (stage, at) in way.into_iter().enumerate() {
            let radius = if stage == 0 { 8.0 } else { 6.5 };
            // A surface may fill a ring.
            if stage == 0 && has_room {
                painter.ring(at, radius + 3.0, 1.5, text);
            }
            painter.mark(shape, at, radius + 2.0, background);
            painter.mark(shape, at, radius, color);
            let value = self.of.stages[stage].get(row).copied().unwrap_or(f32::NAN);
            if has_room {
                let label = format::value(f64::from(value));
                let above = at.1 - painter.px(if stage == 0 { 12.0 } else { 9.0 });
                let half = text_width(&label, painter.px(LABEL_SIZE)) / 2.0;
                let x = at.0.bound(lines.left + half, lines.right - half);
                // Where lines go through it, it is read all the same.
                let top = above - painter.px(LABEL_SIZE + 1.0);
                painter.rectangle((x - half, top), (x + half, above), background);
                painter.strong(
                    &label,
                    (x, above),
                    LABEL_SIZE,
                    text,
                    Align::Middle,
                    Baseline::Bottom,
                );
            }
        }
    }
}

fn draw_ticks(painter: &mut Painter, axis: &Axis, top: f64, (ends, color): ([f64; 2], Rgb)) {
    let wanted = ((ends[1] - ends[0]) / painter.px(44.0))
        .round()
        .bound(2.0, 8.0) as usize;
    let muted = painter.theme.muted;
    let size = painter.px(TICK_SIZE);
    let mut last = f64::NEG_INFINITY;
    for (value, label) in axis.ticks(wanted) {
        let at = axis.px(value);
        if at < ends[0] || at > ends[1] {
            continue;
        }
        painter.rule_down(at, top - painter.px(6.0), top - painter.px(2.0), 1.0, color);
        let half = text_width(&label, size) / 2.0;
        if at - half > last {
            painter.text(
                &label,
                (at, top),
                TICK_SIZE,
                muted,
                Align::Middle,
                Baseline::Top,
            );
            last = at + half + 0.3 * size;
        }
    }
}

impl Chart for NumberLineChart<'_> {
    fn draw(&self, painter: &mut Painter) {
        let lines = self.lines(painter.size(), painter.scale);
        painter.clear();
        for stage in 0..STAGES {
            self.draw_line(painter, &lines, stage);
        }
        self.draw_names(painter, &lines);
        let others = (0..self.of.rows()).filter(|row| *row != self.of.selected);
        for row in others.clone() {
            let pale = mix(painter.theme.background, self.color(painter, row), 0.45);
            painter.line(&self.way(&lines, row), 1.0, Stroke::Solid, pale);
        }
        for row in others {
            let (color, shape) = (self.color(painter, row), self.shape(row));
            for (stage, at) in self.way(&lines, row).into_iter().enumerate() {
                let radius = if stage == 0 { 6.5 } else { 5.0 };
                painter.mark(shape, at, radius, color);
            }
        }
        self.draw_selected(painter, &lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{check, texts};
    use crate::number_line::{Affine, Points};

    const PLAIN: Affine = Affine {
        gamma: 1.0,
        beta: 0.0,
        epsilon: 1e-5,
    };

    fn chart(of: &NumberLine) -> NumberLineChart<'_> {
        NumberLineChart {
            of,
            window: None,
            names: ["x", "x − μ", "x̂", "y"],
            operations: ["− μ", "÷ √(σ²+ε)", "· γ + β"],
        }
    }

    #[test]
    fn any_batch_is_drawn_within() {
        check(1000, &["x̂", "− μ"], |case, show| {
            let side = case.frame.sides.first();
            let before = side.map_or(&[][..], |side| &side.selected_unit.before);
            let mut x: Vec<f32> = before.iter().take(64).copied().collect();
            x.resize(x.len().max(2), 0.5);
            let affine = Affine {
                gamma: x[0],
                beta: x[1],
                epsilon: 1e-5,
            };
            for affine in [PLAIN, affine] {
                show(&chart(&NumberLine::new(&Points::of(&x), affine, 1)));
            }
        });
    }

    #[test]
    fn a_finger_has_the_nearest_number_and_reads_where_it_is() {
        let of = NumberLine::new(&Points::of(&[0.0, 1.0, 2.0, 10.0]), PLAIN, 0);
        let chart = chart(&of);
        let size = (480.0, 240.0);
        let lines = chart.lines(size, 1.0);
        for (row, value) in of.stages[0].iter().enumerate() {
            let at = lines.axes[0].px(f64::from(*value));
            assert_eq!(chart.grab(size, (at + 3.0, 30.0)), Some((0, row)));
            let (read, ends) = chart.value(size, (at, 30.0));
            assert!((read - f64::from(*value)).abs() < 1e-9);
            assert_eq!(ends, [false, false]);
        }
        let far = lines.axes[2].px(f64::from(of.stages[2][3]));
        assert_eq!(chart.grab(size, (far, 150.0)), Some((2, 3)));
        assert_eq!(chart.grab(size, (far + 60.0, 150.0)), None);
        assert_eq!(chart.value(size, (500.0, 0.0)).1, [false, true]);
    }

    #[test]
    fn the_line_of_x_hat_ends_where_no_number_can_be() {
        let of = NumberLine::new(&Points::of(&[100.0, 0.0, 0.5, 1.0]), PLAIN, 0);
        let said = texts(&chart(&of), (480, 240));
        assert!(said.iter().any(|text| text == "√(m−1)"), "{said:?}");
        assert!(said.iter().any(|text| text == "1.73"), "{said:?}");
        let many = NumberLine::new(&Points::of(&[0.0, 1.0].repeat(32)), PLAIN, 0);
        let said = texts(&chart(&many), (480, 240));
        assert!(!said.iter().any(|text| text == "√(m−1)"), "{said:?}");
    }
}
