//! The ground of a chart with two axes: its rectangle, grid, ticks and names. Knows no data.

use super::axis::Axis;
use crate::charts::paint::painter::{Painter, Point};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::text_width;
use crate::small_sort::Bound;

/// Tick labels, css pixels; nothing is written smaller.
pub(crate) const TICK_SIZE: f64 = 12.0;
/// Names and direct labels, css pixels.
pub(crate) const LABEL_SIZE: f64 = 12.0;

/// Between the plot and what stands right of it, css pixels.
pub(crate) const GUTTER_GAP: f64 = 7.0;

/// A rectangle in device pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plot {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Plot {
    /// The rectangle that margins in css pixels leave of a surface; never inside out.
    pub(crate) fn within(
        (width, height): Point,
        scale: f64,
        [top, right, bottom, left]: [f64; 4],
    ) -> Self {
        let left = (left * scale).min(width * 0.4);
        let top = (top * scale).min(height * 0.4);
        Self {
            left,
            top,
            right: (width - right * scale).max(left + 1.0),
            bottom: (height - bottom * scale).max(top + 1.0),
        }
    }

    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(crate) fn contains(&self, (x, y): Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }
}

/// Room at the left for tick labels as wide as `0.001`, css pixels.
pub(crate) const LEFT_MARGIN: f64 = 40.0;

/// The part of an axis' range that stands out: a strip `half` css pixels to each side of `middle`, device pixels.
pub(crate) fn draw_band(painter: &mut Painter, plot: &Plot, middle: f64, half: f64) {
    let (half, color) = (painter.px(half), painter.theme.grid);
    let from = (middle - half, plot.top);
    painter.rectangle(from, (middle + half, plot.bottom), color);
}

/// Horizontal guide lines with their labels.
pub(crate) fn draw_y_axis(painter: &mut Painter, plot: &Plot, axis: &Axis) {
    let wanted = (plot.height() / painter.px(28.0)).round().bound(2.0, 6.0) as usize;
    let (grid, muted) = (painter.theme.grid, painter.theme.muted);
    let mut last = f64::INFINITY;
    let mut ticks = axis.ticks(wanted);
    // One alone says nothing of the scale.
    if ticks.len() < 2 {
        ticks = axis.ticks(2 * wanted);
    }
    for (value, label) in ticks {
        let y = axis.px(value);
        painter.rule_across(y, plot.left, plot.right, 1.0, grid);
        if last - y >= painter.px(TICK_SIZE) * 1.1 {
            let at = (plot.left - painter.px(5.0), y);
            painter.text(&label, at, TICK_SIZE, muted, Align::End, Baseline::Middle);
            last = y;
        }
    }
}

/// The name of the upright axis: above the highest tick label, flush with the surface.
pub(crate) fn draw_y_name(painter: &mut Painter, plot: &Plot, name: &str) {
    let at = (painter.px(2.0), plot.top - painter.px(8.0));
    let text = painter.theme.text;
    painter.text(name, at, LABEL_SIZE, text, Align::Start, Baseline::Bottom);
}

/// Where the name of the level axis stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NamePlace {
    /// In the row of the ticks: right of the plot where it fits there, else at the edge.
    Beside,
    /// In a row of its own below the ticks, ending with the plot.
    Below,
}

impl NamePlace {
    /// For a name of a few words: beside the ticks where the gutter at the right is wide enough.
    pub(crate) fn for_gutter(gutter_css: f64) -> Self {
        if gutter_css < 72.0 {
            Self::Below
        } else {
            Self::Beside
        }
    }

    /// Room at the bottom for ticks and name, css pixels.
    pub(crate) fn margin(self) -> f64 {
        match self {
            Self::Beside => 20.0,
            Self::Below => 34.0,
        }
    }
}

/// The base line with tick labels below, and the axis' name.
pub(crate) fn draw_x_axis(
    painter: &mut Painter,
    plot: &Plot,
    axis: &Axis,
    name: &str,
    place: NamePlace,
) {
    let wanted = (plot.width() / painter.px(64.0)).round().bound(1.0, 8.0) as usize;
    draw_x_ticks(painter, plot, axis, &axis.ticks(wanted), name, place);
}

/// The same with given ticks.
pub(crate) fn draw_x_ticks(
    painter: &mut Painter,
    plot: &Plot,
    axis: &Axis,
    ticks: &[(f64, String)],
    name: &str,
    place: NamePlace,
) {
    let (color, muted, text) = (painter.theme.axis, painter.theme.muted, painter.theme.text);
    painter.rule_across(plot.bottom, plot.left, plot.right, 1.0, color);
    let row = plot.bottom + painter.px(4.0);
    let name_width = text_width(name, painter.px(LABEL_SIZE));
    let gutter = painter.width - plot.right - painter.px(GUTTER_GAP);
    let (at, align) = match place {
        NamePlace::Below => ((plot.right, row + painter.px(14.0)), Align::End),
        NamePlace::Beside if name_width <= gutter => {
            ((plot.right + painter.px(GUTTER_GAP), row), Align::Start)
        }
        NamePlace::Beside => ((painter.width - painter.px(2.0), row), Align::End),
    };
    let end = match (place, align) {
        (NamePlace::Beside, Align::End) if !name.is_empty() => {
            painter.width - name_width - painter.px(8.0)
        }
        (NamePlace::Beside, Align::Start) => plot.right + painter.px(GUTTER_GAP),
        _ => painter.width,
    };
    let size = painter.px(TICK_SIZE);
    let half = |label: &str| text_width(label, size) / 2.0;
    // Where not all find room, every second, third … is named: an even pattern is read at a glance.
    let is_free = |every: &usize| {
        let mut named = ticks.iter().step_by(*every);
        let mut last = f64::NEG_INFINITY;
        named.all(|(value, label)| {
            let from = axis.px(*value) - half(label);
            let is_free = from > last;
            last = axis.px(*value) + half(label) + 0.4 * size;
            is_free
        })
    };
    let every = (1..ticks.len()).find(is_free).unwrap_or(1);
    for (index, (value, label)) in ticks.iter().enumerate() {
        let x = axis.px(*value);
        painter.rule_down(x, plot.bottom, plot.bottom + painter.px(3.0), 1.0, color);
        if index.is_multiple_of(every) && x + half(label) < end {
            let (middle, top) = (Align::Middle, Baseline::Top);
            painter.text(label, (x, row), TICK_SIZE, muted, middle, top);
        }
    }
    painter.text(name, at, LABEL_SIZE, text, align, Baseline::Top);
}
