//! Who shares a mean with whom: the sequences of a mini-batch as rows of steps, how many reach each step, and below how far
//! the mean over them is from that over all training sequences. Figures come from the worker.

use batchnorm_lab::measure::Company;

use crate::charts::frame::axis::Axis;
use crate::charts::frame::plot::{
    LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, TICK_SIZE, draw_x_ticks, draw_y_axis, draw_y_name,
};
use crate::charts::paint::painter::{Painter, Point, Stroke};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::theme::mix;
use crate::charts::{Chart, Hover};

/// Sequences that are drawn at most.
const MOST_ROWS: usize = 12;
/// Room above the rows for their name, and between them and the counts, css pixels.
const ABOVE: f64 = 20.0;
/// Of the counts and the name of the lower axis.
const BETWEEN: f64 = 40.0;
/// Height of a row at most, css pixels, and of all rows, as a share of what they and the bars have.
const ROW: f64 = 18.0;
const ROWS: f64 = 0.35;
/// Below this height the name of the level axis stands in the row of its ticks, css pixels.
const LOW: f64 = 220.0;

/// See the module.
#[derive(Clone, Copy, Debug)]
pub struct Sharing<'a> {
    /// What was measured; nothing before that.
    pub of: Option<&'a Company>,
    /// Whether rows of a batch share statistics: else each step of a sequence has its own.
    pub is_shared: bool,
    /// 0 is side A, 1 is side B.
    pub side: usize,
    /// Name of the rows.
    pub rows_name: &'a str,
    /// Name of the level axis.
    pub x_name: &'a str,
    /// Name of the lower upright axis.
    pub y_name: &'a str,
    /// Name of the line of one mean over all steps.
    pub pooled: &'a str,
    /// The step that is read, from 0.
    pub selected: Option<usize>,
}

struct Layout {
    rows: Plot,
    errors: Plot,
    /// Rows that are drawn, and the height of one.
    count: usize,
    row: f64,
    steps: usize,
    name: NamePlace,
}

impl Chart for Sharing<'_> {
    fn draw(&self, painter: &mut Painter) {
        painter.clear();
        let layout = self.layout(painter.size(), painter.scale);
        self.draw_rows(painter, &layout);
        self.draw_errors(painter, &layout);
    }

    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let layout = self.layout(size, 1.0);
        let rows = layout.rows;
        let is_across = (rows.left..=rows.right).contains(&point.0);
        if self.of.is_none() || !is_across || point.1 > layout.errors.bottom {
            return None;
        }
        let place = ((point.0 - rows.left) / rows.width() * layout.steps as f64) as usize;
        Some(Hover::Cell {
            place: place.min(layout.steps - 1),
        })
    }
}

impl Sharing<'_> {
    fn layout(&self, size: Point, scale: f64) -> Layout {
        let lengths = self.of.map_or(&[][..], |of| &of.lengths);
        let count = lengths.len().clamp(1, MOST_ROWS);
        let steps = self.of.map_or(0, |of| of.steps.len()).max(1);
        let whole = Plot::within(size, scale, [ABOVE, 8.0, 0.0, LEFT_MARGIN]);
        let name = match size.1 < LOW * scale {
            true => NamePlace::Beside,
            false => NamePlace::Below,
        };
        let free = size.1 - (ABOVE + BETWEEN + name.margin()) * scale;
        // Of rows that share nothing there are no bars below.
        let (row, share) = match self.is_shared {
            true => (ROW, ROWS),
            false => (2.0 * ROW, 1.0 - ROWS),
        };
        let most = (share * free).max(scale);
        let row = (row * scale).min(most / count as f64);
        let rows = Plot {
            bottom: whole.top + row * count as f64,
            ..whole
        };
        let errors = Plot::within(size, scale, [0.0, 8.0, name.margin(), LEFT_MARGIN]);
        let top = (rows.bottom + BETWEEN * scale).min(errors.bottom - 1.0);
        Layout {
            rows,
            errors: Plot {
                top,
                // Where nothing is shared there is no error to show: only the steps are named.
                bottom: match self.is_shared {
                    true => errors.bottom,
                    false => (top + scale).min(errors.bottom),
                },
                ..errors
            },
            count,
            row,
            steps,
            name,
        }
    }

    fn draw_rows(&self, painter: &mut Painter, layout: &Layout) {
        let theme = painter.theme;
        let Layout { rows, row, .. } = layout;
        let at = (painter.px(2.0), rows.top - painter.px(6.0));
        let (start, bottom) = (Align::Start, Baseline::Bottom);
        painter.text(self.rows_name, at, LABEL_SIZE, theme.text, start, bottom);
        let Some(of) = self.of else {
            return;
        };
        let width = rows.width() / layout.steps as f64;
        let gap = painter.px(1.0);
        let own = theme.run(self.side).0;
        for (place, length) in of.lengths.iter().take(layout.count).enumerate() {
            let top = rows.top + row * place as f64;
            for step in 0..layout.steps {
                let is_there = step < *length as usize;
                let is_selected = self.selected == Some(step);
                // Of a step alone one sequence at a time is read: the first that has it.
                let shares = match self.is_shared {
                    true => is_selected,
                    false => is_selected && place == self.first_with(step),
                };
                let color = match (is_there, shares) {
                    (true, true) => own,
                    (true, false) => mix(theme.background, own, 0.35),
                    (false, _) => theme.grid,
                };
                let left = rows.left + width * step as f64;
                let high = if is_there {
                    row - gap
                } else {
                    gap.max(row * 0.16)
                };
                let from = (left, top + (row - gap - high) / 2.0);
                painter.rectangle(from, (left + width - gap, from.1 + high), color);
            }
        }
        let y = rows.bottom + painter.px(4.0);
        for (step, of) in of.steps.iter().enumerate() {
            let middle = rows.left + width * (step as f64 + 0.5);
            let color = match of.count {
                0 => theme.warn,
                _ => theme.text,
            };
            let count = of.count.to_string();
            let top = Baseline::Top;
            painter.text(&count, (middle, y), TICK_SIZE, color, Align::Middle, top);
        }
        let at = (rows.left - painter.px(5.0), y);
        painter.text("n", at, TICK_SIZE, theme.muted, Align::End, Baseline::Top);
    }

    fn first_with(&self, step: usize) -> usize {
        let lengths = self.of.map_or(&[][..], |of| &of.lengths);
        let mut having = lengths.iter().enumerate();
        let first = having.find(|(_, length)| **length as usize > step);
        first.map_or(0, |(place, _)| place)
    }

    fn draw_errors(&self, painter: &mut Painter, layout: &Layout) {
        let theme = painter.theme;
        let plot = &layout.errors;
        let x = Axis::linear(0.5, layout.steps as f64 + 0.5, plot.left, plot.right);
        let offs = self.of.map_or(&[][..], |of| &of.steps);
        let most = offs.iter().map(|step| f64::from(step.off));
        let most = most.filter(|off| off.is_finite()).fold(0.5, f64::max);
        let y = Axis::linear(0.0, most.min(1e6) * 1.08, plot.bottom, plot.top);
        if self.is_shared {
            draw_y_axis(painter, plot, &y);
        }
        draw_y_name(painter, plot, self.y_name);
        let ticks: Vec<(f64, String)> = (1..=layout.steps)
            .map(|step| (step as f64, step.to_string()))
            .collect();
        let own = theme.run(self.side).0;
        let half = plot.width() / layout.steps as f64 / 2.0 - painter.px(1.5);
        for (step, of) in offs.iter().enumerate().filter(|_| self.is_shared) {
            let off = f64::from(of.off);
            if !off.is_finite() {
                continue;
            }
            let color = match self.selected == Some(step) {
                true => own,
                false => mix(theme.background, own, 0.55),
            };
            let middle = x.px(step as f64 + 1.0);
            let top = y.px(off).max(plot.top);
            painter.rectangle((middle - half, top), (middle + half, plot.bottom), color);
        }
        draw_x_ticks(painter, plot, &x, &ticks, self.x_name, layout.name);
        let pooled = self.of.map_or(f64::NAN, |of| f64::from(of.pooled));
        if self.is_shared && pooled.is_finite() {
            let at = y.px(pooled).max(plot.top);
            let line = [(plot.left, at), (plot.right, at)];
            painter.line(&line, 1.5, Stroke::Dashed, theme.text);
            let at = (plot.left + painter.px(4.0), at - painter.px(3.0));
            let (start, bottom) = (Align::Start, Baseline::Bottom);
            painter.text(self.pooled, at, LABEL_SIZE, theme.text, start, bottom);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{check, texts};
    use batchnorm_lab::measure::StepCompany;

    fn of(figures: &[f32], rows: usize) -> Company {
        let at = |place: usize| figures[place % figures.len()];
        Company {
            lengths: (0..rows).map(|row| 4 + (row % 9) as u32).collect(),
            steps: (0..12)
                .map(|step| StepCompany {
                    count: (12 - step) as u32,
                    missing: 0.1,
                    off: at(step).abs(),
                })
                .collect(),
            batches: 64,
            pooled: at(3).abs(),
        }
    }

    fn show(of: Option<&Company>, is_shared: bool, see: &mut dyn FnMut(&Sharing)) {
        see(&Sharing {
            of,
            is_shared,
            side: 0,
            rows_name: "sequences of a batch",
            x_name: "step",
            y_name: "error of the mean, std",
            pooled: "one mean over all steps",
            selected: Some(3),
        });
    }

    #[test]
    fn any_company_is_drawn_within() {
        let words = ["sequences of a batch", "step", "12", "n"];
        check(260, &words, |case, draw| {
            for rows in [2, 8, 64] {
                let of = (case.points.len() > 30).then(|| of(&case.points, rows));
                show(of.as_ref(), rows == 8, &mut |of| draw(of));
            }
        });
    }

    #[test]
    fn only_where_rows_share_a_mean_is_its_error_named() {
        let of = of(&[0.3, 0.7], 4);
        for is_shared in [true, false] {
            show(Some(&of), is_shared, &mut |of| {
                let texts = texts(of, (400, 300));
                let names = texts.iter().any(|text| text == "one mean over all steps");
                assert_eq!(names, is_shared);
            });
        }
    }

    #[test]
    fn a_point_is_found_at_its_step() {
        let of = of(&[0.3, 0.7], 4);
        show(Some(&of), true, &mut |of| {
            let size = (400.0, 300.0);
            let layout = of.layout(size, 1.0);
            for step in 0..12 {
                let x = layout.rows.left + layout.rows.width() * (step as f64 + 0.5) / 12.0;
                let found = of.locate(size, (x, 100.0));
                assert_eq!(found, Some(Hover::Cell { place: step }));
            }
            assert_eq!(of.locate(size, (2.0, 100.0)), None);
        });
    }
}
