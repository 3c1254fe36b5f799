//! What the network takes handwritten digits for: how often each class for each, and some digits one by one.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use batchnorm_lab::data::digits::{CLASSES, PIXELS, SIDE};

use super::ink::{Align, Baseline};
use super::pen::{Pen, Point, Shape};
use super::plot::TICK_SIZE;
use super::theme::{Theme, mix};
use super::{Drawn, paint};

/// Digits in a row of the grid.
const COLUMNS: usize = 10;
/// Names of the classes.
const NAMES: [&str; CLASSES] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// One run on the test digits.
#[derive(Clone, Copy, Debug, Default)]
pub struct DigitsData<'a> {
    /// `Side::confusion`; empty before the first frame.
    pub confusion: &'a [u32],
    /// `Side::guesses`.
    pub guesses: &'a [u8],
    /// Test digits, `[digits, 8, 8]`.
    pub test: &'a [f32],
    /// What they are.
    pub labels: &'a [u8],
    /// 0 is run A, 1 is run B.
    pub side: usize,
    /// Name of the upright axis: what the digits are.
    pub truth: &'a str,
    /// Name of the other: what they are taken for.
    pub guess: &'a str,
}

/// Draws the table of confusions above the grid of digits; a wrong one is framed, with a cross and what it is taken for.
///
/// # Errors
/// The backend's.
pub fn draw_digits<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &DigitsData,
    theme: &Theme,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| {
        pen.clear();
        let layout = Layout::new(pen.size(), pen.scale);
        table(pen, data, &layout);
        grid(pen, data, &layout);
    })
}

/// True class, guessed class and count under the pointer; `size` and `point` in css pixels.
pub fn locate_digits(data: &DigitsData, size: Point, (x, y): Point) -> Option<[u32; 3]> {
    let layout = Layout::new(size, 1.0);
    let place = |from: f64, at: f64| {
        let place = (at - from) / layout.cell;
        (0.0..CLASSES as f64)
            .contains(&place)
            .then_some(place as usize)
    };
    let (row, column) = (place(layout.top, y)?, place(layout.left, x)?);
    let count = *data.confusion.get(row * CLASSES + column)?;
    Some([row as u32, column as u32, count])
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
        let (side, name) = (14.0 * scale, 30.0 * scale);
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

fn table(pen: &mut Pen, data: &DigitsData, layout: &Layout) {
    let theme = pen.theme;
    let (full, cell, gap) = (theme.run(data.side).0, layout.cell, pen.px(0.5));
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
            pen.rectangle(at, end, if *count == 0 { theme.grid } else { color });
            if *count == 0 {
                pen.rectangle(
                    (at.0 + gap, at.1 + gap),
                    (end.0 - gap, end.1 - gap),
                    theme.background,
                );
            }
        }
    }
    let (right, bottom) = (cell * CLASSES as f64, layout.top + cell * CLASSES as f64);
    for (class, name) in NAMES.into_iter().enumerate() {
        let middle = (class as f64 + 0.5) * cell;
        let across = (layout.left + middle, bottom + pen.px(2.0));
        pen.text(
            name,
            across,
            TICK_SIZE,
            theme.muted,
            Align::Middle,
            Baseline::Top,
        );
        let down = (layout.left - pen.px(4.0), layout.top + middle);
        pen.text(
            name,
            down,
            TICK_SIZE,
            theme.muted,
            Align::End,
            Baseline::Middle,
        );
    }
    let names = bottom + pen.px(14.0);
    let (truth, guess) = (format!("↓ {}", data.truth), format!("{} →", data.guess));
    pen.text(
        &truth,
        // Under the digits that it names.
        (layout.left - pen.px(12.0), names),
        TICK_SIZE,
        theme.text,
        Align::Start,
        Baseline::Top,
    );
    pen.text(
        &guess,
        (layout.left + right, names),
        TICK_SIZE,
        theme.text,
        Align::End,
        Baseline::Top,
    );
}

fn grid(pen: &mut Pen, data: &DigitsData, layout: &Layout) {
    let theme = pen.theme;
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
            let end = (x + place - pen.px(1.0), y + place - pen.px(1.0));
            pen.rectangle((x, y), end, mix(theme.background, theme.warn, 0.3));
        }
        for (pixel, ink) in pixels.iter().enumerate() {
            let share = f64::from(*ink).clamp(0.0, 1.0);
            if share > 0.1 {
                let at = (
                    x + (pixel % SIDE) as f64 * dot,
                    y + (pixel / SIDE) as f64 * dot,
                );
                let color = mix(theme.background, theme.text, share);
                pen.rectangle(at, (at.0 + dot, at.1 + dot), color);
            }
        }
        if is_wrong && let Some(name) = NAMES.get(usize::from(*guess)) {
            pen.mark(
                Shape::Cross,
                (x + place - pen.px(5.0), y + pen.px(4.0)),
                2.5,
                theme.warn,
            );
            let at = (x + place - pen.px(1.0), y + place - pen.px(1.0));
            pen.strong(
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
