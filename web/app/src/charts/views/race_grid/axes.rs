//! What stands around the maps: their names, the values of both axes, the scale.

use super::{FOOT, Layout, RaceGrid, SCALE_WIDTH, TICKS};
use crate::charts::frame::plot::{LABEL_SIZE, Plot, TICK_SIZE};
use crate::charts::frame::scale::{LEVELS, color};
use crate::charts::paint::painter::{Painter, Shape};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::{fit, text_width};

impl RaceGrid<'_> {
    pub(super) fn draw_title(&self, painter: &mut Painter, map: &Plot, side: usize) {
        let index = usize::from(self.grid.sides[side]);
        let color = painter.theme.run(index).0;
        let title = self.titles[index.min(1)];
        let title = fit(title, painter.px(LABEL_SIZE), map.width());
        let at = (map.left, map.top - painter.px(4.0));
        painter.strong(
            &title,
            at,
            LABEL_SIZE,
            color,
            Align::Start,
            Baseline::Bottom,
        );
    }

    pub(super) fn draw_rows(&self, painter: &mut Painter, map: &Plot) {
        let (muted, text) = (painter.theme.muted, painter.theme.text);
        let mut last = f64::INFINITY;
        for (y, label) in self.labels[1].iter().enumerate() {
            let cell = self.cell(map, painter.scale, 0, y);
            let middle = (cell.top + cell.bottom) / 2.0;
            if last - middle >= painter.px(TICK_SIZE) * 1.1 {
                let at = (map.left - painter.px(5.0), middle);
                painter.text(label, at, TICK_SIZE, muted, Align::End, Baseline::Middle);
                last = middle;
            }
        }
        let room = map.left - painter.px(6.0);
        let name = fit(self.names[1], painter.px(LABEL_SIZE), room);
        let at = (painter.px(1.0), map.top - painter.px(4.0));
        painter.text(&name, at, LABEL_SIZE, text, Align::Start, Baseline::Bottom);
    }

    pub(super) fn draw_columns(&self, painter: &mut Painter, map: &Plot) {
        let (size, scale) = (painter.px(TICK_SIZE), painter.scale);
        let muted = painter.theme.muted;
        let labels = self.labels[0];
        let middle = |x: usize| {
            let cell = self.cell(map, scale, x, 0);
            (cell.left + cell.right) / 2.0
        };
        // Where not all find room, every second, third … is named.
        let is_free = |every: &usize| {
            let mut last = f64::NEG_INFINITY;
            (0..labels.len()).step_by(*every).all(|x| {
                let half = text_width(&labels[x], size) / 2.0;
                let is_free = middle(x) - half > last;
                last = middle(x) + half + 0.3 * size;
                is_free
            })
        };
        let every = (1..labels.len()).find(is_free).unwrap_or(labels.len());
        for (x, label) in labels.iter().enumerate().step_by(every.max(1)) {
            let at = (middle(x), map.bottom + painter.px(3.0));
            painter.text(label, at, TICK_SIZE, muted, Align::Middle, Baseline::Top);
        }
    }

    /// The name of the level axis, the scale, the mark of what has diverged.
    pub(super) fn draw_foot(&self, painter: &mut Painter, layout: &Layout) {
        let Some(last) = layout.maps.last() else {
            return;
        };
        let (text, muted, warn) = (painter.theme.text, painter.theme.muted, painter.theme.warn);
        let first = last.bottom + painter.px(TICKS + FOOT / 2.0);
        let (start, middle) = (Align::Start, Baseline::Middle);
        let at = (layout.maps[0].left, first);
        painter.text(self.names[0], at, LABEL_SIZE, text, start, middle);
        let row = match layout.has_one_foot {
            true => first,
            false => first + painter.px(FOOT),
        };
        let size = painter.px(LABEL_SIZE);
        let wide = |text: &str| text_width(text, size);
        let (gap, bar) = (painter.px(5.0), painter.px(SCALE_WIDTH));
        let said = wide(self.diverged);
        let mark = painter.px(12.0);
        let mut left = painter.width - painter.px(2.0) - said;
        painter.text(self.diverged, (left, row), LABEL_SIZE, muted, start, middle);
        left -= mark;
        painter.mark(Shape::Cross, (left + painter.px(4.0), row), 4.0, warn);
        left -= 3.0 * gap + wide("100\u{202f}%");
        painter.text(
            "100\u{202f}%",
            (left, row),
            LABEL_SIZE,
            muted,
            start,
            middle,
        );
        left -= gap + bar;
        let half = painter.px(5.0);
        for level in 0..LEVELS {
            let part = |at: usize| left + bar * at as f64 / LEVELS as f64;
            let (from, to) = ((part(level), row - half), (part(level + 1), row + half));
            painter.rectangle(from, to, color(level));
        }
        left -= gap;
        painter.text(
            self.chance,
            (left, row),
            LABEL_SIZE,
            muted,
            Align::End,
            middle,
        );
    }
}
