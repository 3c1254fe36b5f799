//! A grid of networks: a map for each side, a cell for each pair of two settings' values, coloured by test accuracy. What
//! has diverged has a mark and no colour.

mod axes;

use crate::charts::frame::plot::{LABEL_SIZE, Plot, TICK_SIZE};
use crate::charts::frame::scale::{color, ink, level};
use crate::charts::paint::painter::{Painter, Point, Shape};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::{Chart, Hover};
use crate::grid::{CellState, Grid, Trained};
use crate::small_sort::Bound;

/// The maps as far as the networks are.
#[derive(Clone, Copy, Debug)]
pub struct RaceGrid<'a> {
    /// What came of the networks so far.
    pub grid: &'a Grid,
    /// Names of side A and side B.
    pub titles: [&'a str; 2],
    /// Names of the axes; that of the upright one is empty where there is one axis.
    pub names: [&'a str; 2],
    /// Values as they are read, of each axis.
    pub labels: [&'a [String]; 2],
    /// Stands at the dark end of the scale.
    pub chance: &'a str,
    /// Stands beside the mark of what has diverged.
    pub diverged: &'a str,
    /// The cell that is read.
    pub selected: Option<usize>,
}

/// Row of titles, of ticks, of names and legend; between two maps, css pixels.
const TITLE: f64 = 18.0;
const TICKS: f64 = 17.0;
const FOOT: f64 = 18.0;
const GAP: f64 = 14.0;
/// No cell is higher, css pixels.
const TALLEST: f64 = 44.0;
/// The colours of the legend, css pixels.
const SCALE_WIDTH: f64 = 63.0;
/// From this size on a cell says its accuracy, css pixels.
const SAID_FROM: Point = (24.0, 15.0);

/// Where the maps lie; the same for drawing and for hovering.
struct Layout {
    maps: Vec<Plot>,
    /// One row of names and legend, or one for each.
    has_one_foot: bool,
}

impl Chart for RaceGrid<'_> {
    fn draw(&self, painter: &mut Painter) {
        let layout = self.layout(painter.size(), painter.scale);
        painter.clear();
        for (side, map) in layout.maps.iter().enumerate() {
            self.draw_title(painter, map, side);
            let [columns, rows, _] = self.grid.shape();
            for y in 0..rows {
                for x in 0..columns {
                    let place = self.grid.place([x, y, side]);
                    self.draw_cell(painter, map, place);
                }
            }
            if side == 0 || map.left == layout.maps[0].left {
                self.draw_rows(painter, map);
            }
            if map.bottom == layout.maps[layout.maps.len() - 1].bottom {
                self.draw_columns(painter, map);
            }
        }
        self.draw_selected(painter, &layout);
        self.draw_foot(painter, &layout);
    }

    /// The cell under a point.
    fn locate(&self, size: Point, (x, y): Point) -> Option<Hover> {
        let layout = self.layout(size, 1.0);
        let side = layout.maps.iter().position(|map| map.contains((x, y)))?;
        let map = &layout.maps[side];
        let [columns, rows, _] = self.grid.shape();
        let part = |share: f64, count: usize| {
            ((share * count as f64) as usize).min(count.saturating_sub(1))
        };
        let column = part((x - map.left) / map.width(), columns);
        let row = part((map.bottom - y) / map.height(), rows);
        let place = self.grid.place([column, row, side]);
        (place < self.grid.cells.len()).then_some(Hover::Cell { place })
    }
}

impl RaceGrid<'_> {
    fn layout(&self, size: Point, scale: f64) -> Layout {
        let [_, rows, sides] = self.grid.shape();
        let width = size.0 / scale;
        let has_one_foot = self.foot_width() <= width;
        let foot = if has_one_foot { FOOT } else { 2.0 * FOOT };
        let widest = self.labels[1].iter().fold(0.0_f64, |most, label| {
            most.max(text_width(label, TICK_SIZE))
        });
        let named = text_width(self.names[1], LABEL_SIZE).min(width * 0.2);
        let left = (widest.max(named) + 8.0).min(width * 0.3);
        let all = Plot::within(size, scale, [TITLE, 3.0, TICKS + foot, left]);
        let (gap, title) = (GAP * scale, TITLE * scale);
        let is_beside = sides == 2 && all.width() > 1.3 * all.height();
        let cut = |side: usize| {
            let (mut left, mut right, mut top, mut bottom) =
                (all.left, all.right, all.top, all.bottom);
            if sides == 2 && is_beside {
                let half = ((all.width() - gap) / 2.0).max(1.0);
                left += side as f64 * (half + gap);
                right = left + half;
            } else if sides == 2 {
                let half = ((all.height() - title) / 2.0).max(1.0);
                top += side as f64 * (half + title);
                bottom = top + half;
            }
            let most = TALLEST * scale * rows as f64;
            bottom = bottom.min(top + most).max(top + 1.0);
            right = right.max(left + 1.0);
            Plot {
                left,
                top,
                right,
                bottom,
            }
        };
        Layout {
            maps: (0..sides).map(cut).collect(),
            has_one_foot,
        }
    }

    /// What name and legend take beside each other, css pixels.
    fn foot_width(&self) -> f64 {
        let texts = [self.names[0], self.chance, "100\u{202f}%", self.diverged];
        let letters = texts.iter().map(|text| text_width(text, LABEL_SIZE));
        letters.sum::<f64>() + SCALE_WIDTH + 84.0
    }

    /// A cell's rectangle, its edges on whole css pixels.
    fn cell(&self, map: &Plot, scale: f64, x: usize, y: usize) -> Plot {
        let [columns, rows, _] = self.grid.shape();
        let (width, height) = (map.width() / columns as f64, map.height() / rows as f64);
        let whole = |px: f64| (px / scale).round() * scale;
        let left = |x: usize| whole(map.left + x as f64 * width);
        let bottom = |y: usize| whole(map.bottom - y as f64 * height);
        Plot {
            left: left(x),
            right: left(x + 1),
            top: bottom(y + 1),
            bottom: bottom(y),
        }
    }

    fn draw_cell(&self, painter: &mut Painter, map: &Plot, place: usize) {
        let [x, y, _] = self.grid.at(place);
        let cell = self.cell(map, painter.scale, x, y);
        let gap = painter.px(1.0);
        let (from, to) = ((cell.left, cell.top + gap), (cell.right - gap, cell.bottom));
        let (grid, axis) = (painter.theme.grid, painter.theme.axis);
        match &self.grid.cells[place] {
            CellState::Waiting => painter.rectangle(from, to, grid),
            CellState::At(step) => {
                painter.rectangle(from, to, grid);
                let share = *step as f64 / self.grid.steps.max(1) as f64;
                let end = from.0 + (to.0 - from.0) * share.min(1.0);
                painter.rectangle((from.0, to.1 - painter.px(3.0)), (end, to.1), axis);
            }
            CellState::Done(trained) => self.draw_trained(painter, map, (from, to), trained),
        }
    }

    fn draw_trained(
        &self,
        painter: &mut Painter,
        map: &Plot,
        (from, to): (Point, Point),
        trained: &Trained,
    ) {
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        let (width, height) = (
            (to.0 - from.0) / painter.scale,
            (to.1 - from.1) / painter.scale,
        );
        if trained.diverged_at.is_some() || !trained.score().is_finite() {
            let (grid, background, warn) = (
                painter.theme.grid,
                painter.theme.background,
                painter.theme.warn,
            );
            let edge = painter.px(1.0);
            painter.rectangle(from, to, grid);
            let (from, to) = ((from.0 + edge, from.1 + edge), (to.0 - edge, to.1 - edge));
            painter.rectangle(from, to, background);
            let radius = (width.min(height) / 2.0 - 2.0).bound(2.0, 5.0);
            painter.mark(Shape::Cross, middle, radius, warn);
            return;
        }
        let level = self.level(trained.score());
        painter.rectangle(from, to, color(level));
        if self.says(map, painter.scale) {
            let said = (100.0 * trained.score()).round() as u32;
            let (align, baseline) = (Align::Middle, Baseline::Middle);
            let said = said.to_string();
            painter.text(&said, middle, TICK_SIZE, ink(level), align, baseline);
        }
    }

    /// Whether cells say their accuracy: all of a map or none.
    fn says(&self, map: &Plot, scale: f64) -> bool {
        let [columns, rows, _] = self.grid.shape();
        let (width, height) = (map.width() / columns as f64, map.height() / rows as f64);
        width >= SAID_FROM.0 * scale && height >= SAID_FROM.1 * scale
    }

    /// From chance to all right.
    fn level(&self, score: f32) -> usize {
        level((score - self.grid.chance) / (1.0 - self.grid.chance))
    }

    fn draw_selected(&self, painter: &mut Painter, layout: &Layout) {
        let Some(place) = self.selected.filter(|at| *at < self.grid.cells.len()) else {
            return;
        };
        let [x, y, side] = self.grid.at(place);
        let cell = self.cell(&layout.maps[side], painter.scale, x, y);
        let (text, background) = (painter.theme.text, painter.theme.background);
        // Around the cell, a pale line outside the dark one: it is seen on every colour.
        for (width, color) in [(4.0, background), (2.0, text)] {
            let half = painter.px(width / 2.0);
            let (left, right) = (cell.left - painter.px(0.5), cell.right - painter.px(0.5));
            let (top, bottom) = (cell.top + painter.px(0.5), cell.bottom + painter.px(0.5));
            for y in [top, bottom] {
                painter.rule_across(y, left - half, right + half, width, color);
            }
            for x in [left, right] {
                painter.rule_down(x, top - half, bottom + half, width, color);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{check, texts};
    use crate::grid::{Direction, GridAxis};

    fn axis(setting: &str, values: &[&str]) -> GridAxis {
        GridAxis {
            setting: setting.into(),
            values: values.iter().map(|value| (*value).into()).collect(),
        }
    }

    fn trained(score: f32, diverged_at: Option<u64>) -> CellState {
        CellState::Done(Box::new(Trained {
            step: 90,
            accuracy: [score; 3],
            loss: 0.1,
            diverged_at,
            state: String::new(),
            losses: vec![],
            stride: 1,
            range: None,
        }))
    }

    /// Four columns and three rows, or one, of one side or two; some cells of each kind.
    fn grid(rows: usize, sides: &[u8]) -> Grid {
        let y = (rows > 1).then(|| axis("layers", &["16", "16-16", "16-16-16"]));
        let x = axis("lr", &["0.003", "0.03", "0.3", "3"]);
        let mut grid = Grid::new(x, y, sides, 100, 1);
        grid.cells[0] = trained(0.97, None);
        grid.cells[1] = trained(f32::NAN, Some(12));
        grid.cells[2] = CellState::At(40);
        grid
    }

    fn show(grid: &Grid, selected: Option<usize>, of: &mut dyn FnMut(&RaceGrid)) {
        let labels = [&grid.x, &grid.y].map(|axis| axis.values.clone());
        of(&RaceGrid {
            grid,
            titles: ["A, none", "B, BatchNorm"],
            names: ["learning rate", "layers"],
            labels: [&labels[0], &labels[1]],
            chance: "chance",
            diverged: "diverged",
            selected,
        });
    }

    #[test]
    fn any_grid_is_drawn_within() {
        let words = [
            "learning rate",
            "chance",
            "100\u{202f}%",
            "diverged",
            "97",
            "0.003",
        ];
        check(140, &words, |case, draw| {
            for (rows, sides) in [(3, &[0, 1][..]), (1, &[0, 1]), (3, &[1])] {
                let mut grid = grid(rows, sides);
                for (cell, score) in grid.cells.iter_mut().skip(3).zip(&case.points) {
                    *cell = trained(*score, None);
                }
                show(&grid, Some(1), &mut |of| draw(of));
            }
        });
    }

    #[test]
    fn a_cell_says_its_accuracy_and_what_diverged_none() {
        let grid = grid(3, &[0, 1]);
        show(&grid, None, &mut |of| {
            let texts = texts(of, (420, 240));
            let numbers = texts.iter().filter(|text| *text == "97").count();
            assert_eq!(numbers, 1, "{texts:?}");
            for title in ["A, none", "B, BatchNorm"] {
                assert!(texts.iter().any(|text| text == title), "{texts:?}");
            }
        });
    }

    #[test]
    fn every_cell_is_found_under_the_pointer_and_nothing_beside_the_maps() {
        for (rows, sides, size) in [
            (3, &[0, 1][..], (420.0, 240.0)),
            (3, &[0, 1], (300.0, 420.0)),
            (1, &[1], (300.0, 120.0)),
        ] {
            let grid = grid(rows, sides);
            show(&grid, None, &mut |of| {
                let layout = of.layout(size, 1.0);
                for place in 0..grid.cells.len() {
                    let [x, y, side] = grid.at(place);
                    let cell = of.cell(&layout.maps[side], 1.0, x, y);
                    let middle = (
                        (cell.left + cell.right) / 2.0,
                        (cell.top + cell.bottom) / 2.0,
                    );
                    assert_eq!(of.locate(size, middle), Some(Hover::Cell { place }));
                }
                assert_eq!(of.locate(size, (1.0, 1.0)), None);
                // What the arrow key calls up is above.
                let of_row = |place: usize| {
                    let [x, y, side] = grid.at(place);
                    of.cell(&layout.maps[side], 1.0, x, y).top
                };
                assert!(rows == 1 || of_row(grid.walk(0, Direction::Up)) < of_row(0));
            });
        }
    }
}
