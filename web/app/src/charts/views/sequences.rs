//! What the network takes sequences for: how many are right at each length, and some of them step by step.

use batchnorm_lab::data::sequences::{SHORTEST, STEP_FEATURES, STEPS};

use crate::charts::frame::plot::TICK_SIZE;
use crate::charts::paint::painter::{Painter, Point, Shape};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::theme::mix;
use crate::charts::{Chart, Hover};
use crate::format;

/// Bars: one a length.
const LENGTHS: usize = STEPS - SHORTEST + 1;
/// Sequences that are drawn step by step.
const ROWS: usize = 6;

/// One run on the test sequences: a bar a length above some sequences, a cell a step in its sign's class colour, the
/// marked ones full; a sequence that is taken for the other class has a cross behind it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequences<'a> {
    /// `Side::guesses`; empty before the first frame.
    pub guesses: &'a [u8],
    /// Test sequences, `[sequences, T, 2]`.
    pub test: &'a [f32],
    /// Their classes.
    pub labels: &'a [u8],
    /// Their steps.
    pub lengths: &'a [usize],
    /// 0 is side A, 1 is side B.
    pub side: usize,
    /// Name of the bars' axis.
    pub length: &'a str,
}

impl Sequences<'_> {
    /// Of each length how many are right, and how many there are.
    fn counts(&self) -> [[u32; 2]; LENGTHS] {
        let mut counts = [[0; 2]; LENGTHS];
        for ((guess, label), length) in self.guesses.iter().zip(self.labels).zip(self.lengths) {
            if let Some([right, all]) = length.checked_sub(SHORTEST).and_then(|l| counts.get_mut(l))
            {
                *right += u32::from(guess == label);
                *all += 1;
            }
        }
        counts
    }
}

impl Chart for Sequences<'_> {
    fn draw(&self, painter: &mut Painter) {
        painter.clear();
        let layout = Layout::new(painter.size(), painter.scale);
        draw_bars(painter, self, &layout);
        draw_steps(painter, self, &layout);
    }

    /// Length, right ones and all.
    fn locate(&self, size: Point, (x, y): Point) -> Option<Hover> {
        let layout = Layout::new(size, 1.0);
        let place = (x - layout.left) / layout.bar;
        let is_inside = (0.0..LENGTHS as f64).contains(&place) && y < layout.floor;
        let [right, all] = *self.counts().get(is_inside.then_some(place as usize)?)?;
        Some(Hover::Answers([
            (SHORTEST + place as usize) as u32,
            right,
            all,
        ]))
    }
}

struct Layout {
    left: f64,
    right: f64,
    top: f64,
    /// Foot of the bars.
    floor: f64,
    /// Width of a bar's place.
    bar: f64,
    rows_top: f64,
    /// Width and height of a step's cell.
    cell: Point,
}

impl Layout {
    /// The bars take the upper half; between them and the rows stand the ticks.
    fn new((width, height): Point, scale: f64) -> Self {
        let (left, right) = (28.0 * scale, width - 20.0 * scale);
        let (top, floor) = (8.0 * scale, height * 0.55 - 8.0 * scale);
        let rows_top = floor + 30.0 * scale;
        let room = (right - left).max(1.0);
        Self {
            left,
            right,
            top,
            floor,
            bar: room / LENGTHS as f64,
            rows_top,
            cell: (
                room / STEPS as f64,
                ((height - rows_top - 2.0 * scale) / ROWS as f64).max(1.0),
            ),
        }
    }
}

fn draw_bars(painter: &mut Painter, data: &Sequences, layout: &Layout) {
    let theme = painter.theme;
    let Layout { left, right, .. } = *layout;
    let height = |share: f64| layout.floor + (layout.top - layout.floor) * share;
    let (color, gap) = (theme.run(data.side).0, painter.px(1.0));
    let counts = data.counts();
    let place = |index: usize| left + index as f64 * layout.bar;
    for (index, [right, all]) in counts.into_iter().enumerate() {
        if all > 0 {
            let top = height(f64::from(right) / f64::from(all));
            let from = (place(index) + gap, top);
            painter.rectangle(from, (place(index + 1) - gap, layout.floor), color);
        }
    }
    // Every second length: all would touch each other.
    for index in (0..LENGTHS).step_by(2) {
        let at = (
            place(index) + layout.bar / 2.0,
            layout.floor + painter.px(2.0),
        );
        let name = format::count((SHORTEST + index) as u64);
        let (middle, top) = (Align::Middle, Baseline::Top);
        painter.text(&name, at, TICK_SIZE, theme.muted, middle, top);
    }
    let ticks = [
        ("0", 0.0, theme.axis),
        ("0.5", 0.5, theme.muted),
        ("1", 1.0, theme.grid),
    ];
    for (name, share, color) in ticks {
        painter.rule_across(height(share), left, right, 1.0, color);
        let at = (left - painter.px(3.0), height(share));
        let (end, middle) = (Align::End, Baseline::Middle);
        painter.text(name, at, TICK_SIZE, theme.muted, end, middle);
    }
    let at = (right, layout.floor + painter.px(15.0));
    painter.text(
        data.length,
        at,
        TICK_SIZE,
        theme.text,
        Align::End,
        Baseline::Top,
    );
}

fn draw_steps(painter: &mut Painter, data: &Sequences, layout: &Layout) {
    let theme = painter.theme;
    let (width, height) = layout.cell;
    let gap = painter.px(1.0);
    let (steps, _) = data.test.as_chunks::<STEP_FEATURES>();
    let rows = steps.chunks_exact(STEPS).zip(data.lengths).take(ROWS);
    for (row, (steps, length)) in rows.enumerate() {
        let y = layout.rows_top + row as f64 * height;
        for (step, [value, mark]) in steps.iter().take(*length).enumerate() {
            let x = layout.left + step as f64 * width;
            let most = if *mark > 0.5 { 1.0 } else { 0.25 };
            let color = theme.class(u8::from(*value > 0.0));
            // A value near 0 must be seen too.
            let share = most * (0.25 + 0.75 * f64::from(value.abs()));
            let color = mix(theme.background, color, share);
            painter.rectangle((x, y), (x + width - gap, y + height - gap), color);
        }
        let known = data.guesses.get(row).zip(data.labels.get(row));
        if known.is_some_and(|(guess, label)| guess != label) {
            let at = (layout.right + painter.px(8.0), y + height / 2.0);
            painter.mark(Shape::Cross, at, 3.0, theme.warn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::check;

    #[test]
    fn any_sequences_are_drawn_within() {
        check(120, &["steps", "4", "12"], |case, show| {
            let rows = case.points.len() / (STEP_FEATURES * STEPS);
            let lengths: Vec<usize> = (0..rows).map(|i| SHORTEST + i % 9).collect();
            let guesses: Vec<u8> = (0..rows).map(|i| (i % 3) as u8).collect();
            let labels: Vec<u8> = (0..rows).map(|i| (i % 2) as u8).collect();
            show(&Sequences {
                guesses: &guesses,
                test: &case.points,
                labels: &labels,
                lengths: &lengths,
                side: 1,
                length: "steps",
            });
        });
    }

    #[test]
    fn sequences_are_counted_by_their_length() {
        let data = Sequences {
            guesses: &[1, 0, 1],
            labels: &[1, 1, 1, 0],
            lengths: &[4, 4, STEPS, 5],
            ..Sequences::default()
        };
        let counts = data.counts();
        assert_eq!(
            (counts[0], counts[1], counts[LENGTHS - 1]),
            ([1, 2], [0, 0], [1, 1])
        );
        // The first bar begins at 28; the last ends 20 before the edge.
        let size = (28.0 + 20.0 + 90.0, 184.0);
        for (x, want) in [
            (29.0, Some([4, 1, 2])),
            (117.0, Some([12, 1, 1])),
            (27.0, None),
            (119.0, None),
        ] {
            assert_eq!(data.locate(size, (x, 40.0)), want.map(Hover::Answers));
        }
        assert_eq!(data.locate(size, (29.0, 150.0)), None);
    }
}
