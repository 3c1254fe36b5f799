//! How one point's x̂ jitters with the batch that it stands in: its standard deviation against batch size, both
//! logarithmic, with the closed form for Gaussian values. Every number comes in the report.

use batchnorm_lab::protocol::{BatchNoiseReport, BatchNoiseRow};

use crate::charts::frame::axis::{Axis, extent, number};
use crate::charts::frame::plot::{
    LEFT_MARGIN, NamePlace, Plot, draw_band, draw_x_ticks, draw_y_axis, draw_y_name,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::{Chart, Hover};
use crate::small_sort::Bound;

/// A report's law of x̂.
#[derive(Clone, Copy, Debug)]
pub struct XHatNoise<'a> {
    /// What was measured.
    pub report: &'a BatchNoiseReport,
    /// The batch size of the run on the page, marked on the axis.
    pub current: Option<u32>,
    /// Name of the batch axis.
    pub x_name: &'a str,
    /// Name of the axis of standard deviations.
    pub y_name: &'a str,
}

impl Chart for XHatNoise<'_> {
    fn draw(&self, painter: &mut Painter) {
        let (plot, x, y) = self.layout(painter.size(), painter.scale);
        let rows = &self.report.rows;
        let full = painter.theme.run(usize::from(self.report.side)).0;
        let muted = painter.theme.muted;
        let place = NamePlace::for_gutter((painter.width - plot.right) / painter.scale);
        painter.clear();
        if let Some(current) = self.current {
            draw_band(painter, &plot, x.px(f64::from(current)), 5.0);
        }
        draw_y_axis(painter, &plot, &y);
        draw_y_name(painter, &plot, self.y_name);
        let ticks: Vec<(f64, String)> = rows
            .iter()
            .map(|row| (f64::from(row.batch), number(f64::from(row.batch), 1.0)))
            .collect();
        draw_x_ticks(painter, &plot, &x, &ticks, self.x_name, place);
        let through = |value: fn(&BatchNoiseRow) -> f32| -> Vec<Point> {
            rows.iter()
                .map(|row| (x.px(f64::from(row.batch)), f64::from(value(row))))
                .map(|(at, v)| (at, if v > 0.0 { y.px(v) } else { f64::NAN }))
                .collect()
        };
        let gaussian = through(|row| row.x_hat_sd_theory);
        painter.line(&gaussian, 1.5, Stroke::Solid, muted);
        for point in through(|row| row.x_hat_sd) {
            painter.mark(Shape::Circle, point, 3.5, full);
        }
    }

    /// The batch size nearest to a point.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let (plot, x, _) = self.layout(size, 1.0);
        if !plot.contains(point) {
            return None;
        }
        let distance = |batch: u32| (x.px(f64::from(batch)) - point.0).abs();
        let rows = self.report.rows.iter().map(|row| row.batch).enumerate();
        rows.min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))
            .map(|(index, batch)| Hover::Batch { index, batch })
    }
}

impl XHatNoise<'_> {
    fn layout(&self, size: Point, scale: f64) -> (Plot, Axis, Axis) {
        let width_css = size.0 / scale;
        let right = (width_css * 0.24).bound(30.0, 120.0);
        let bottom = NamePlace::for_gutter(right).margin();
        let plot = Plot::within(size, scale, [22.0, right, bottom, LEFT_MARGIN]);
        let rows = &self.report.rows;
        let inset = (8.0 * scale).min(plot.width() / 4.0);
        let (first, last) =
            extent(rows.iter().map(|row| f64::from(row.batch.max(1)))).unwrap_or((2.0, 256.0));
        let x = Axis::logarithmic(first, last, plot.left + inset, plot.right - inset);
        let values = rows
            .iter()
            .flat_map(|row| [row.x_hat_sd, row.x_hat_sd_theory])
            .map(f64::from)
            .filter(|v| *v > 0.0);
        let (low, high) = extent(values).unwrap_or((0.1, 1.0));
        let low = low.max(high * 1e-4) / 1.3;
        (
            plot,
            x,
            Axis::logarithmic(low, high * 1.3, plot.bottom, plot.top),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::check;

    #[test]
    fn any_law_is_drawn_within() {
        check(120, &["batch size", "deviation"], |case, show| {
            show(&XHatNoise {
                report: &case.noise,
                current: Some(8),
                x_name: "batch size",
                y_name: "deviation",
            });
        });
    }
}
