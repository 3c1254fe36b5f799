//! What the network takes handwritten digits for: how often each class for each, and some digits one by one.

use batchnorm_lab::data::digits::{CLASSES, PIXELS, SIDE};

use crate::charts::frame::plot::TICK_SIZE;
use crate::charts::paint::painter::{Painter, Point, Shape};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::mix;
use crate::charts::{Chart, Hover};

/// Digits in a row of the grid.
const COLUMNS: usize = 10;
/// Names of the classes.
const NAMES: [&str; CLASSES] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// One run on the test digits: the table of confusions above the grid of digits; a wrong one is framed, with a cross
/// and what it is taken for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Digits<'a> {
    /// `Side::confusion`; empty before the first frame.
    pub confusion: &'a [u32],
    /// `Side::guesses`.
    pub guesses: &'a [u8],
    /// Test digits, `[digits, 8, 8]`.
    pub test: &'a [f32],
    /// What they are.
    pub labels: &'a [u8],
    /// 0 is side A, 1 is side B.
    pub side: usize,
    /// Name of the upright axis: what the digits are.
    pub truth: &'a str,
    /// Name of the other: what they are taken for.
    pub guess: &'a str,
}

impl Chart for Digits<'_> {
    fn draw(&self, painter: &mut Painter) {
        painter.clear();
        let layout = Layout::new(painter.size(), painter.scale);
        draw_table(painter, self, &layout);
        draw_names(painter, self, &layout);
        draw_digits(painter, self, &layout);
    }

    /// True class, guessed class and count.
    fn locate(&self, size: Point, (x, y): Point) -> Option<Hover> {
        let layout = Layout::new(size, 1.0);
        let place = |from: f64, at: f64| {
            let place = (at - from) / layout.cell;
            (0.0..CLASSES as f64)
                .contains(&place)
                .then_some(place as usize)
        };
        let (row, column) = (place(layout.top, y)?, place(layout.left, x)?);
        let count = *self.confusion.get(row * CLASSES + column)?;
        Some(Hover::Answers([row as u32, column as u32, count]))
    }
}

struct Layout {
    left: f64,
    top: f64,
    /// Side of a cell of the table.
    cell: f64,
    grid_left: f64,
    grid_top: f64,
    /// Side of a digit's place.
    place: f64,
}

impl Layout {
    /// The table takes two thirds of the height, the grid the rest.
    fn new((width, height): Point, scale: f64) -> Self {
        let (side, name) = (14.0 * scale, 34.0 * scale);
        let room = (width - 2.0 * side).min(height * 0.68 - name);
        let cell = (room / CLASSES as f64).max(1.0).floor();
        let top = 4.0 * scale;
        let grid_top = top + cell * CLASSES as f64 + name;
        let place = ((width - 8.0 * scale) / COLUMNS as f64)
            .min((height - grid_top) / 4.0)
            .max(1.0);
        Self {
            left: (width - cell * CLASSES as f64) / 2.0,
            top,
            cell,
            grid_left: (width - place * COLUMNS as f64) / 2.0,
            grid_top,
            place,
        }
    }
}

fn draw_table(painter: &mut Painter, data: &Digits, layout: &Layout) {
    let theme = painter.theme;
    let (full, cell, gap) = (theme.run(data.side).0, layout.cell, painter.px(0.5));
    for (row, counts) in data.confusion.chunks_exact(CLASSES).enumerate() {
        let total: u32 = counts.iter().sum();
        for (column, count) in counts.iter().enumerate() {
            let share = f64::from(*count) / f64::from(total.max(1));
            // A few mistakes among many must be seen.
            let color = mix(theme.background, full, share.sqrt() * 0.85);
            let at = (
                layout.left + column as f64 * cell,
                layout.top + row as f64 * cell,
            );
            let end = (at.0 + cell - gap, at.1 + cell - gap);
            painter.rectangle(at, end, if *count == 0 { theme.grid } else { color });
            if *count == 0 {
                painter.rectangle(
                    (at.0 + gap, at.1 + gap),
                    (end.0 - gap, end.1 - gap),
                    theme.background,
                );
            }
        }
    }
}

/// The classes at the table's edges, and what its axes are.
fn draw_names(painter: &mut Painter, data: &Digits, layout: &Layout) {
    let (theme, cell) = (painter.theme, layout.cell);
    let (right, bottom) = (cell * CLASSES as f64, layout.top + cell * CLASSES as f64);
    // Where cells are smaller than letters, every second class is named, or every third.
    let every = (painter.px(TICK_SIZE) / cell).ceil().max(1.0) as usize;
    for (class, name) in NAMES.into_iter().enumerate().step_by(every) {
        let middle = (class as f64 + 0.5) * cell;
        let across = (layout.left + middle, bottom + painter.px(2.0));
        painter.text(
            name,
            across,
            TICK_SIZE,
            theme.muted,
            Align::Middle,
            Baseline::Top,
        );
        let down = (layout.left - painter.px(4.0), layout.top + middle);
        painter.text(
            name,
            down,
            TICK_SIZE,
            theme.muted,
            Align::End,
            Baseline::Middle,
        );
    }
    let names = bottom + painter.px(16.0);
    let (truth, guess) = (format!("↓ {}", data.truth), format!("{} →", data.guess));
    let size = painter.px(TICK_SIZE);
    // Under the digits that it names, or as far to the left as the other needs.
    let end = layout.left + right - text_width(&guess, size) - painter.px(6.0);
    let start = (layout.left - painter.px(12.0)).min(end - text_width(&truth, size));
    painter.text(
        &truth,
        (start.max(0.0), names),
        TICK_SIZE,
        theme.text,
        Align::Start,
        Baseline::Top,
    );
    painter.text(
        &guess,
        (layout.left + right, names),
        TICK_SIZE,
        theme.text,
        Align::End,
        Baseline::Top,
    );
}

fn draw_digits(painter: &mut Painter, data: &Digits, layout: &Layout) {
    let theme = painter.theme;
    let (place, dot) = (layout.place, (layout.place * 0.8 / SIDE as f64).max(1.0));
    let digits = data
        .test
        .chunks_exact(PIXELS)
        .zip(data.labels)
        .zip(data.guesses);
    for (index, ((pixels, label), guess)) in digits.enumerate() {
        let x = layout.grid_left + (index % COLUMNS) as f64 * place;
        let y = layout.grid_top + (index / COLUMNS) as f64 * place;
        let is_wrong = label != guess;
        if is_wrong {
            let end = (x + place - painter.px(1.0), y + place - painter.px(1.0));
            painter.rectangle((x, y), end, mix(theme.background, theme.warn, 0.3));
        }
        for (pixel, darkness) in pixels.iter().enumerate() {
            let share = f64::from(*darkness).clamp(0.0, 1.0);
            if share > 0.1 {
                let at = (
                    x + (pixel % SIDE) as f64 * dot,
                    y + (pixel / SIDE) as f64 * dot,
                );
                let color = mix(theme.background, theme.text, share);
                painter.rectangle(at, (at.0 + dot, at.1 + dot), color);
            }
        }
        if is_wrong && let Some(name) = NAMES.get(usize::from(*guess)) {
            painter.mark(
                Shape::Cross,
                (x + place - painter.px(5.0), y + painter.px(4.0)),
                2.5,
                theme.warn,
            );
            let at = (x + place - painter.px(1.0), y + place - painter.px(1.0));
            painter.strong(
                name,
                at,
                TICK_SIZE,
                theme.warn,
                Align::End,
                Baseline::Bottom,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{Like, check, numbers};
    use batchnorm_lab::numeric::rng::Rng;

    #[test]
    fn any_digits_are_drawn_within_and_counted() {
        let confusion: Vec<u32> = (0..100).collect();
        let pixels = numbers(Like::Normal, 12 * PIXELS, &mut Rng::new(5, "digits"));
        check(1200, &["↓ digit", "read as →", "0", "9"], |_, show| {
            let chart = Digits {
                confusion: &confusion,
                guesses: &[1; 12],
                test: &pixels,
                labels: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1],
                side: 1,
                truth: "digit",
                guess: "read as",
            };
            show(&chart);
            // The table is 10 cells of 24 wide, 4 from the top.
            let size = (300.0, 400.0);
            let found = chart.locate(size, (30.0 + 24.0 * 3.5, 4.0 + 24.0 * 2.5));
            assert_eq!(found, Some(Hover::Answers([2, 3, 23])));
            assert_eq!(chart.locate(size, (3.0, 10.0)), None);
        });
    }
}
