//! Test accuracy against the values of one setting, a line for each kind of network; what is still to come is marked as
//! such.

use crate::charts::frame::axis::Axis;
use crate::charts::frame::end_labels::draw_end_labels;
use crate::charts::frame::guess::{Guess, place_among};
use crate::charts::frame::plot::{
    GUTTER_GAP, LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, TICK_SIZE, draw_band, draw_x_ticks,
    draw_y_axis,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::Rgb;
use crate::charts::{Chart, Hover};
use crate::grid::{CellState, Grid, Trained};
use crate::small_sort::Bound;
use batchnorm_lab::numeric::decimal;

/// The sweep as far as the networks are: the grid's rows are the lines.
#[derive(Clone, Copy, Debug)]
pub struct Sweep<'a> {
    /// What came of the networks so far.
    pub grid: &'a Grid,
    /// Names of the lines.
    pub lines: &'a [String],
    /// Name of the level axis.
    pub x_name: &'a str,
    /// Values as they are read.
    pub labels: &'a [String],
    /// The value of the run on the page.
    pub current: Option<usize>,
    /// Label of the line of who guesses.
    pub chance: &'a str,
    /// The network that is read.
    pub selected: Option<usize>,
    /// What was drawn before anything was trained.
    pub guess: Option<&'a Guess>,
}

/// Where things lie.
struct Layout {
    plot: Plot,
    x: Axis,
    y: Axis,
}

impl Chart for Sweep<'_> {
    fn draw(&self, painter: &mut Painter) {
        let Layout { plot, x, y } = self.layout(painter.size(), painter.scale);
        let (muted, axis) = (painter.theme.muted, painter.theme.axis);
        painter.clear();
        if let Some(current) = self.current {
            draw_band(painter, &plot, x.px(current as f64), 7.0);
        }
        draw_y_axis(painter, &plot, &y);
        let ticks = self.labels.iter().enumerate();
        let ticks: Vec<(f64, String)> = ticks
            .map(|(at, label)| (at as f64, label.clone()))
            .collect();
        let place = NamePlace::for_gutter((painter.width - plot.right) / painter.scale);
        draw_x_ticks(painter, &plot, &x, &ticks, self.x_name, place);
        let chance = y.px(f64::from(self.grid.chance));
        painter.rule_across(chance, plot.left, plot.right, 1.0, axis);
        self.draw_missing(painter, &plot, &x);
        let mut labels: Vec<(&str, Rgb, f64)> = Vec::new();
        let guessed = self
            .guess
            .map(|guess| guess.draw(painter, (&x, &y), |value| self.place(value)));
        for (line, name) in self.lines.iter().enumerate() {
            let (color, _) = self.style(painter, line);
            labels.push((name, color, self.draw_line(painter, &x, &y, line)));
        }
        labels.push((self.chance, muted, chance));
        labels.extend(guessed);
        draw_end_labels(painter, &plot, &labels);
    }

    /// The network nearest to a point.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let Layout { plot, x, y } = self.layout(size, 1.0);
        if !plot.contains(point) {
            return None;
        }
        let columns = self.grid.shape()[0];
        let column = (x.value(point.0).round() as usize).min(columns.saturating_sub(1));
        let places = (0..self.lines.len()).map(|line| self.grid.place([column, line, 0]));
        let heights = places.filter_map(|place| {
            let score = f64::from(self.grid.trained(place)?.score());
            let far = (y.px(score) - point.1).abs();
            far.is_finite().then_some((place, far))
        });
        let nearest = heights.min_by(|a, b| a.1.total_cmp(&b.1));
        nearest.map(|(place, _)| Hover::Cell { place })
    }
}

impl Sweep<'_> {
    /// Where a value stands that may lie between those of the grid.
    fn place(&self, value: f64) -> f64 {
        let values = &self.grid.x.values;
        place_among(values.iter().filter_map(|text| decimal::parse(text)), value)
    }

    fn layout(&self, size: Point, scale: f64) -> Layout {
        let width = size.0 / scale;
        // What stands at the lines' ends is read whole, as far as the lines keep most of the width.
        let labels = self.lines.iter().map(String::as_str).chain([self.chance]);
        let labels = labels.chain(self.guess.map(|guess| guess.name.as_str()));
        let widest = labels.fold(0.0, |most: f64, label| {
            most.max(text_width(label, LABEL_SIZE))
        });
        let right = (widest + GUTTER_GAP + 2.0).bound(34.0, (width * 0.4).bound(34.0, 120.0));
        let bottom = NamePlace::for_gutter(right).margin();
        let plot = Plot::within(size, scale, [10.0, right, bottom, LEFT_MARGIN]);
        let inset = (8.0 * scale).min(plot.width() / 4.0);
        let last = self.labels.len().saturating_sub(1).max(1);
        let x = Axis::linear(0.0, last as f64, plot.left + inset, plot.right - inset);
        let all = (0..self.grid.cells.len()).filter_map(|place| self.grid.trained(place));
        let low = all.fold(self.grid.chance, |low, one| {
            let least = one.range.map_or(one.score(), |range| range[0]);
            low.min(least)
        });
        let low = (f64::from(low) * 10.0 - 0.5).floor() / 10.0;
        let y = Axis::linear(low.max(0.0), 1.0, plot.bottom, plot.top);
        Layout { plot, x, y }
    }

    /// Colour and mark of a line: those of the runs where it is of their kind; others are told apart by their marks.
    fn style(&self, painter: &Painter, line: usize) -> (Rgb, Shape) {
        let theme = painter.theme;
        let kind = self.grid.y.values.get(line).map_or("", String::as_str);
        match kind {
            "none" => return (theme.run_a, Shape::Square),
            "batch" => return (theme.run_b, Shape::Triangle),
            _ => {}
        }
        let values = self.grid.y.values.iter().take(line);
        let before = values.filter(|kind| !matches!(kind.as_str(), "none" | "batch"));
        let others = [
            (theme.text, Shape::Circle),
            (theme.muted, Shape::Diamond),
            (theme.axis, Shape::Cross),
        ];
        others[before.count() % others.len()]
    }

    /// Marks values of which nothing is known, and those at which a network diverged.
    fn draw_missing(&self, painter: &mut Painter, plot: &Plot, x: &Axis) {
        for column in 0..self.labels.len() {
            let places = (0..self.lines.len()).map(|line| self.grid.place([column, line, 0]));
            let cells: Vec<&CellState> = places
                .filter_map(|place| self.grid.cells.get(place))
                .collect();
            let has_diverged = |cell: &&CellState| matches!(cell, CellState::Done(one) if one.diverged_at.is_some());
            let is_done = |cell: &&CellState| matches!(cell, CellState::Done(_));
            let (text, color) = if cells.iter().any(has_diverged) {
                ("×", painter.theme.warn)
            } else if !cells.iter().any(is_done) {
                ("…", painter.theme.muted)
            } else {
                continue;
            };
            let at = (x.px(column as f64), plot.bottom - painter.px(2.0));
            let (middle, bottom) = (Align::Middle, Baseline::Bottom);
            painter.text(text, at, TICK_SIZE, color, middle, bottom);
        }
    }

    /// Draws one line and gives the height of its last point.
    fn draw_line(&self, painter: &mut Painter, x: &Axis, y: &Axis, line: usize) -> f64 {
        let (color, shape) = self.style(painter, line);
        let columns = 0..self.labels.len();
        let found: Vec<(usize, &Trained)> = columns
            .filter_map(|column| {
                let place = self.grid.place([column, line, 0]);
                let one = self.grid.trained(place)?;
                let is_shown = one.diverged_at.is_none() && one.score().is_finite();
                is_shown.then_some((column, one))
            })
            .collect();
        let at = |column: usize, score: f32| (x.px(column as f64), y.px(f64::from(score)));
        let points: Vec<Point> = found
            .iter()
            .map(|(column, one)| at(*column, one.score()))
            .collect();
        for (column, one) in &found {
            if let Some([low, high]) = one.range {
                let ((middle, from), (_, to)) = (at(*column, low), at(*column, high));
                painter.rule_down(middle, to, from, 1.5, color);
            }
        }
        painter.line(&points, 1.5, Stroke::Solid, color);
        for ((column, _), point) in found.iter().zip(&points) {
            let is_selected = self.selected == Some(self.grid.place([*column, line, 0]));
            painter.mark(shape, *point, if is_selected { 6.0 } else { 4.0 }, color);
        }
        points.last().map_or(f64::NAN, |point| point.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{check, texts};
    use crate::grid::GridAxis;

    const SIZE: Point = (360.0, 200.0);

    /// Three values, three kinds; nothing of the last value, one that diverged, several seeds.
    fn grid(scores: &[f32]) -> Grid {
        let axis = |setting: &str, values: [&str; 3]| GridAxis {
            setting: setting.into(),
            values: values.map(str::to_owned).into(),
        };
        let x = axis("batch", ["2", "8", "32"]);
        let mut grid = Grid::new(x, Some(axis("b", ["none", "batch", "rms"])), &[1], 9, 3);
        for (place, score) in scores.iter().take(6).enumerate() {
            grid.cells[place] = CellState::Done(Box::new(Trained {
                step: 9,
                accuracy: [*score; 3],
                loss: 0.1,
                diverged_at: (place == 4).then_some(5),
                state: String::new(),
                losses: vec![],
                stride: 1,
                range: Some([score - 0.1, score + 0.05]),
            }));
        }
        grid
    }

    fn show(grid: &Grid, of: &mut dyn FnMut(&Sweep)) {
        of(&Sweep {
            grid,
            lines: &["none", "BatchNorm", "RMSNorm"].map(str::to_owned),
            x_name: "batch size",
            labels: &grid.x.values,
            current: Some(1),
            chance: "chance",
            selected: Some(2),
            guess: None,
        });
    }

    #[test]
    fn any_sweep_is_drawn_within() {
        let words = ["batch size", "chance", "…", "BatchNorm", "RMSNorm", "8"];
        check(120, &words, |case, draw| {
            show(&grid(&case.points), &mut |of| draw(of));
        });
    }

    #[test]
    fn what_diverged_and_what_is_to_come_are_marked_where_they_are() {
        let scores = [0.6, 0.9, 0.8, 0.7, 0.5, 0.9];
        show(&grid(&scores), &mut |of| {
            let texts = texts(of, (360, 200));
            for (mark, count) in [("×", 1), ("…", 1)] {
                let found = texts.iter().filter(|text| *text == mark).count();
                assert_eq!(found, count, "{mark} in {texts:?}");
            }
        });
    }

    #[test]
    fn a_guess_is_named_and_reaches_from_its_first_value_to_its_last() {
        let grid = grid(&[0.6, 0.9, 0.8, 0.7, 0.5, 0.9]);
        let guess = Guess {
            name: "your guess".into(),
            points: vec![(2.0, 0.5), (32.0, 1.0)],
        };
        show(&grid, &mut |of| {
            let guessed = Sweep {
                guess: Some(&guess),
                ..*of
            };
            assert!(texts(&guessed, (480, 200)).contains(&"your guess".into()));
            let Layout { x, .. } = guessed.layout(SIZE, 1.0);
            for (value, column) in [(2.0, 0.0), (4.0, 0.5), (8.0, 1.0), (32.0, 2.0)] {
                assert!(
                    (x.px(guessed.place(value)) - x.px(column)).abs() < 1e-9,
                    "{value}"
                );
            }
        });
    }

    #[test]
    fn a_point_is_found_on_its_line() {
        let scores = [0.6, 0.9, 0.8, 0.7, 0.5, 0.9];
        let grid = grid(&scores);
        show(&grid, &mut |of| {
            let Layout { x, y, .. } = of.layout(SIZE, 1.0);
            for place in [0, 1, 2, 3, 5] {
                let [column, ..] = grid.at(place);
                let at = (x.px(column as f64), y.px(f64::from(scores[place])));
                assert_eq!(of.locate(SIZE, at), Some(Hover::Cell { place }));
            }
            // Of the last value nothing is known.
            assert_eq!(of.locate(SIZE, (x.px(2.0), y.px(0.7))), None);
        });
    }
}
