//! Mean and variance of all units of a layer now: batch dot, running hollow square, full set cross.

use super::moments::Moment;
use crate::charts::frame::axis::{Axis, extent, number};
use crate::charts::frame::plot::{
    LEFT_MARGIN, NamePlace, Plot, draw_band, draw_x_ticks, draw_y_axis,
};
use crate::charts::paint::painter::{Painter, Point, Shape};
use crate::charts::{Chart, Hover};
use crate::history::LayerHistory;

/// All units now.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<'a> {
    /// The layer.
    pub layer: &'a LayerHistory,
    /// 0 is side A, 1 is side B.
    pub side: usize,
    /// The selected unit.
    pub unit: usize,
    /// Which statistic.
    pub moment: Moment,
    /// Name of the axis of units.
    pub x_name: &'a str,
}

impl Chart for Snapshot<'_> {
    fn draw(&self, painter: &mut Painter) {
        let (plot, x, y) = self.layout(painter.size(), painter.scale);
        let (full, _) = painter.theme.run(self.side);
        let (text, axis) = (painter.theme.text, painter.theme.axis);
        let width = self.layer.width;
        painter.clear();
        if self.unit < width {
            let half = (plot.width() / width as f64 / 2.0 / painter.scale).min(6.0);
            draw_band(painter, &plot, x.px(self.unit as f64 + 1.0), half);
        }
        draw_y_axis(painter, &plot, &y);
        if self.moment == Moment::Mean {
            painter.rule_across(y.px(0.0), plot.left, plot.right, 1.0, axis);
        }
        let every = (width / 8).next_power_of_two().max(1);
        let ticks: Vec<(f64, String)> = (1..=width)
            .filter(|unit| *unit == 1 || unit % every == 0)
            .map(|unit| (unit as f64, number(unit as f64, 1.0)))
            .collect();
        draw_x_ticks(painter, &plot, &x, &ticks, self.x_name, NamePlace::Beside);
        let small = plot.width() / (width.max(1) as f64) < painter.px(9.0);
        let radius = if small { 2.0 } else { 3.0 };
        for unit in 0..width {
            let heights = self.moment.columns(unit).map(|c| y.px(self.newest(c)));
            let [batch, running, whole] = heights;
            let at = x.px(unit as f64 + 1.0);
            // A stem from the batch's value to the truth: its length is the batch's error.
            if batch.is_finite() && whole.is_finite() {
                painter.rule_down(at, batch.min(whole), batch.max(whole), 1.0, axis);
            }
            painter.mark(Shape::Circle, (at, batch), radius, full);
            painter.hollow(Shape::Square, (at, running), radius + 0.75, 1.25, full);
            painter.mark(Shape::Cross, (at, whole), radius, text);
        }
    }

    /// The unit nearest to a point.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let (plot, x, _) = self.layout(size, 1.0);
        let row = self.layer.units.len().checked_sub(1)?;
        if !plot.contains(point) || self.layer.width == 0 {
            return None;
        }
        let unit = (x.value(point.0).round() as usize).clamp(1, self.layer.width) - 1;
        Some(Hover::Unit {
            unit,
            row,
            step: self.layer.units.steps()[row],
        })
    }
}

impl Snapshot<'_> {
    fn newest(&self, column: usize) -> f64 {
        let row = self.layer.units.newest();
        let cell = row.and_then(|row| row.get(column));
        cell.map_or(f64::NAN, |v| f64::from(*v))
    }

    fn layout(&self, size: Point, scale: f64) -> (Plot, Axis, Axis) {
        let plot = Plot::within(size, scale, [22.0, 10.0, 20.0, LEFT_MARGIN]);
        let units = self.layer.width.max(1) as f64;
        let x = Axis::linear(0.5, units + 0.5, plot.left, plot.right);
        let values = || {
            (0..self.layer.width)
                .flat_map(|unit| self.moment.columns(unit))
                .map(|column| self.newest(column))
        };
        let y = match self.moment {
            Moment::Mean => {
                let (low, high) = extent(values().chain([0.0])).unwrap_or((-1.0, 1.0));
                let margin = ((high - low) * 0.08).max(0.05);
                Axis::linear(low - margin, high + margin, plot.bottom, plot.top)
            }
            Moment::Variance => match extent(values().filter(|v| *v > 0.0)) {
                Some((low, high)) if high > 50.0 * low => {
                    Axis::logarithmic(low * 0.8, high * 1.25, plot.bottom, plot.top)
                }
                Some((_, high)) => Axis::linear(0.0, high * 1.08, plot.bottom, plot.top),
                None => Axis::linear(0.0, 1.0, plot.bottom, plot.top),
            },
        };
        (plot, x, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{Case, check};

    fn chart(layer: &LayerHistory, moment: Moment) -> Snapshot<'_> {
        Snapshot {
            layer,
            side: 1,
            unit: 2,
            moment,
            x_name: "unit",
        }
    }

    #[test]
    fn any_snapshot_is_drawn_within() {
        check(120, &["unit"], |case, show| {
            let layer = case.layer(1);
            show(&chart(&layer, Moment::Mean));
            show(&chart(&layer, Moment::Variance));
        });
    }

    #[test]
    fn pointing_finds_the_unit() {
        let layer = Case::regular().layer(1);
        for unit in 0..layer.width {
            // The plot begins at 36 and ends 10 before the edge.
            let x = 40.0 + (310.0 - 40.0) * (unit as f64 + 0.5) / layer.width as f64;
            match chart(&layer, Moment::Mean).locate((320.0, 200.0), (x, 90.0)) {
                Some(Hover::Unit { unit: found, .. }) => assert_eq!(found, unit),
                other => panic!("{other:?}"),
            }
        }
    }
}
