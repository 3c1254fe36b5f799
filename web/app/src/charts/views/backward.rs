//! What Batch Normalization makes of a unit's gradient: for each value of the batch three signed terms stacked from zero, and
//! a mark at their sum. Every number comes measured.

use batchnorm_lab::measure::{BackwardValue, UnitBackward};

use crate::charts::frame::axis::{Axis, round_up};
use crate::charts::frame::plot::{
    LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, draw_band, draw_x_ticks, draw_y_axis, draw_y_name,
};
use crate::charts::paint::painter::{Painter, Point, Shape};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::{Rgb, Theme};
use crate::charts::{Align, Baseline, Chart, Hover};
use crate::format;
use crate::measured::in_order;

/// Height of a row of the legend, css pixels.
const ROW: f64 = 16.0;
/// Sides of a swatch, and what stands between it and its name, css pixels.
const SWATCH: (f64, f64) = (8.0, 4.0);
/// Between two names, css pixels.
const APART: f64 = 12.0;

/// The three terms of every value of one unit.
#[derive(Clone, Copy, Debug)]
pub struct Backward<'a> {
    /// What was measured; nothing before that.
    pub of: Option<&'a UnitBackward>,
    /// The side it is of, 0 being A.
    pub side: usize,
    /// Whether values stand in the order of x; else in that of the batch.
    pub is_sorted: bool,
    /// Names of the three terms and of their sum.
    pub names: [&'a str; 4],
    /// Name of the level axis.
    pub x_name: &'a str,
    /// Name of the upright axis.
    pub y_name: &'a str,
    /// What is read: a place among the values shown.
    pub selected: Option<usize>,
}

/// Where things lie.
struct Layout {
    plot: Plot,
    x: Axis,
    y: Axis,
    /// Half of what a value has of the width, device pixels.
    half: f64,
}

impl Chart for Backward<'_> {
    fn draw(&self, painter: &mut Painter) {
        let Layout { plot, x, y, half } = self.layout(painter.size(), painter.scale);
        painter.clear();
        self.legend(painter);
        let order = self.order();
        if let Some(place) = self.selected.filter(|place| *place < order.len()) {
            draw_band(
                painter,
                &plot,
                x.px(place as f64),
                (half / painter.scale).max(3.0),
            );
        }
        draw_y_axis(painter, &plot, &y);
        draw_y_name(painter, &plot, self.y_name);
        draw_x_ticks(
            painter,
            &plot,
            &x,
            &self.ticks(&plot, painter.scale),
            self.x_name,
            NamePlace::Below,
        );
        let colors = colors(painter.theme, self.side);
        for (place, value) in order.iter().enumerate() {
            let at = x.px(place as f64);
            for (term, [from, to]) in stacked(value).into_iter().enumerate() {
                let (from, to) = (y.px(from), y.px(to));
                if (from - to).abs() >= 0.5 {
                    painter.rectangle((at - half, from), (at + half, to), colors[term]);
                }
            }
        }
        let (axis, text) = (painter.theme.axis, painter.theme.text);
        painter.rule_across(y.px(0.0), plot.left, plot.right, 1.0, axis);
        let background = painter.theme.background;
        for (place, value) in order.iter().enumerate() {
            let at = (x.px(place as f64), y.px(f64::from(value.d_x)));
            // Lighter around, so that it is seen on any bar.
            let radius = (half / painter.scale).clamp(2.0, 4.0);
            painter.mark(Shape::Diamond, at, radius + 1.0, background);
            painter.mark(Shape::Diamond, at, radius, text);
        }
    }

    /// The value nearest to a point.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let Layout { plot, x, .. } = self.layout(size, 1.0);
        let count = self.of.map_or(0, |of| of.shown.len());
        (count > 0 && plot.contains(point)).then(|| Hover::Cell {
            place: (x.value(point.0).round().max(0.0) as usize).min(count - 1),
        })
    }
}

/// Where each term's bar begins and ends: those above zero on each other, and those below.
fn stacked(value: &BackwardValue) -> [[f64; 2]; 3] {
    let mut ends = [0.0; 2];
    value.terms.map(|term| {
        let term = f64::from(term);
        let end = &mut ends[usize::from(term < 0.0)];
        let from = *end;
        *end += term;
        [from, *end]
    })
}

/// Of the three terms: the side's for what comes from above, grey for what is the same for all, violet for what goes with x̂.
fn colors(theme: &Theme, side: usize) -> [Rgb; 3] {
    [theme.run(side).0, theme.axis, theme.affine]
}

impl Backward<'_> {
    fn order(&self) -> Vec<BackwardValue> {
        self.of.map_or_else(Vec::new, |of| {
            let places = in_order(of, self.is_sorted).into_iter();
            places.map(|place| of.shown[place]).collect()
        })
    }

    /// Of each name its row and where it begins, css pixels; how many rows there are.
    fn rows(&self, width: f64) -> ([(usize, f64); 4], usize) {
        let (mut row, mut left) = (0, 0.0);
        let places = self.names.map(|name| {
            let own = SWATCH.0 + SWATCH.1 + text_width(name, LABEL_SIZE);
            if left > 0.0 && left + own > width {
                (row, left) = (row + 1, 0.0);
            }
            let at = (row, left);
            left += own + APART;
            at
        });
        (places, row + 1)
    }

    /// Whether the surface has room for it, css pixels.
    fn has_legend(&self, (width, height): Point) -> bool {
        height >= 90.0 + ROW * self.rows(width).1 as f64
    }

    fn legend(&self, painter: &mut Painter) {
        let size = (
            painter.width / painter.scale,
            painter.height / painter.scale,
        );
        if !self.has_legend(size) {
            return;
        }
        let [first, second, third] = colors(painter.theme, self.side);
        let text = painter.theme.text;
        let (places, _) = self.rows(size.0);
        for ((name, color), (row, left)) in self
            .names
            .iter()
            .zip([first, second, third, text])
            .zip(places)
        {
            let middle = painter.px(ROW * row as f64 + ROW / 2.0);
            let (left, side) = (painter.px(left), painter.px(SWATCH.0));
            if color == text {
                painter.mark(Shape::Diamond, (left + side / 2.0, middle), 4.0, color);
            } else {
                let half = side / 2.0;
                painter.rectangle((left, middle - half), (left + side, middle + half), color);
            }
            let at = (left + side + painter.px(SWATCH.1), middle);
            painter.text(name, at, LABEL_SIZE, text, Align::Start, Baseline::Middle);
        }
    }

    fn layout(&self, size: Point, scale: f64) -> Layout {
        let css = (size.0 / scale, size.1 / scale);
        let above = match self.has_legend(css) {
            true => ROW * self.rows(css.0).1 as f64 + 4.0,
            false => 0.0,
        };
        let bottom = NamePlace::Below.margin();
        let plot = Plot::within(size, scale, [above + 22.0, 8.0, bottom, LEFT_MARGIN]);
        let shown = self.of.map_or(&[][..], |of| &of.shown);
        let last = shown.len().max(1) as f64 - 0.5;
        let x = Axis::linear(-0.5, last, plot.left, plot.right);
        // As far below zero as above: bars are compared across it.
        let ends = shown
            .iter()
            .flat_map(|value| stacked(value).into_iter().flatten());
        let reach = ends.map(f64::abs).filter(|end| end.is_finite());
        let reach = match reach.fold(0.0, f64::max) {
            reach if reach > 0.0 => round_up(reach),
            _ => 1.0,
        };
        // The lowest tick's label keeps clear of those below.
        let y = Axis::linear(-1.1 * reach, 1.1 * reach, plot.bottom, plot.top);
        let half = 0.36 * plot.width() / shown.len().max(1) as f64;
        Layout {
            plot,
            x,
            y,
            half: half.min(14.0 * scale),
        }
    }

    /// Sorted, the x of some values; else their numbers.
    fn ticks(&self, plot: &Plot, scale: f64) -> Vec<(f64, String)> {
        let order = self.order();
        let room = (plot.width() / (44.0 * scale)).max(1.0);
        let every = (order.len() as f64 / room).ceil().max(1.0) as usize;
        let shown = order.iter().enumerate().step_by(every);
        shown
            .map(|(place, value)| {
                let label = match self.is_sorted {
                    true => format::short(f64::from(value.x)),
                    false => (value.place + 1).to_string(),
                };
                (place as f64, label)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::check;

    const SIZE: Point = (360.0, 240.0);

    fn of(figures: &[f32], count: usize) -> UnitBackward {
        let at = |place: usize| figures[place % figures.len()];
        let value = |place: usize| BackwardValue {
            place: place as u32,
            x: at(7 * place + 3),
            x_hat: at(place + 1),
            d_y: at(place + 2),
            terms: [0, 1, 2].map(|term| at(3 * place + term)),
            d_x: [0, 1, 2].map(|term| at(3 * place + term)).iter().sum(),
        };
        UnitBackward {
            values: count,
            shown: (0..count).map(value).collect(),
            ..UnitBackward::default()
        }
    }

    fn chart(of: Option<&UnitBackward>) -> Backward<'_> {
        Backward {
            of,
            side: 1,
            is_sorted: true,
            names: ["direct", "through μ", "through σ²", "sum"],
            x_name: "values by x",
            y_name: "gradient",
            selected: Some(1),
        }
    }

    #[test]
    fn any_terms_are_drawn_within() {
        let words = [
            "direct",
            "through μ",
            "through σ²",
            "sum",
            "values by x",
            "gradient",
        ];
        check(380, &words, |case, draw| {
            for count in [1, 2, 64] {
                let of = (case.points.len() > 30).then(|| of(&case.points, count));
                draw(&chart(of.as_ref()));
            }
        });
    }

    #[test]
    fn bars_of_one_sign_stand_on_each_other_and_reach_the_sum() {
        let value = |terms: [f32; 3]| BackwardValue {
            terms,
            ..BackwardValue::default()
        };
        for (terms, bars) in [
            ([2.0, 1.0, 3.0], [[0.0, 2.0], [2.0, 3.0], [3.0, 6.0]]),
            ([2.0, -1.0, 3.0], [[0.0, 2.0], [0.0, -1.0], [2.0, 5.0]]),
            ([-2.0, -1.0, 0.5], [[0.0, -2.0], [-2.0, -3.0], [0.0, 0.5]]),
        ] {
            assert_eq!(stacked(&value(terms)), bars);
        }
    }

    #[test]
    fn a_value_is_found_where_its_bars_are() {
        let of = of(&[0.3, -2.0, 0.04, 0.5, -0.7, 1.4, 0.11], 9);
        let chart = chart(Some(&of));
        let Layout { plot, x, .. } = chart.layout(SIZE, 1.0);
        for place in 0..9 {
            let at = (x.px(place as f64), (plot.top + plot.bottom) / 2.0);
            assert_eq!(chart.locate(SIZE, at), Some(Hover::Cell { place }));
        }
        assert_eq!(chart.locate(SIZE, (2.0, 100.0)), None);
        // In the order of x.
        let order: Vec<f32> = chart.order().iter().map(|value| value.x).collect();
        assert!(order.is_sorted(), "{order:?}");
    }
}
