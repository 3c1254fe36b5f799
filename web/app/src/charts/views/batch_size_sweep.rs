//! Test accuracy against batch size, every point a network trained afresh; sizes still to come are marked as such.

use batchnorm_lab::protocol::SweepRow;

use crate::charts::frame::axis::{Axis, number};
use crate::charts::frame::end_labels::draw_end_labels;
use crate::charts::frame::plot::{
    GUTTER_GAP, LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, TICK_SIZE, draw_band, draw_x_ticks,
    draw_y_axis,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::{Chart, Hover};
use crate::small_sort::{Bound, sort_few};

/// The sweep as far as measured: filled shapes and a dashed line are running statistics; hollow ones, dotted, full-set
/// statistics where they differ. Squares are side A, triangles side B.
#[derive(Clone, Copy, Debug)]
pub struct BatchSizeSweep<'a> {
    /// Batch sizes that are or will be measured, growing.
    pub batches: &'a [u32],
    /// `SweepReport::rows`.
    pub rows: &'a [SweepRow],
    /// Which sides are shown.
    pub shown: [bool; 2],
    /// The batch size of the run on the page, marked on the axis.
    pub current: Option<u32>,
    /// Name of the batch axis.
    pub x_name: &'a str,
    /// Labels of side A and side B.
    pub names: [&'a str; 2],
    /// Label of the line at 0.5.
    pub chance: &'a str,
    /// Stands where a network diverged.
    pub diverged: &'a str,
}

impl Chart for BatchSizeSweep<'_> {
    fn draw(&self, painter: &mut Painter) {
        let (plot, x, y) = self.layout(painter.size(), painter.scale);
        let (muted, axis) = (painter.theme.muted, painter.theme.axis);
        let place = NamePlace::for_gutter((painter.width - plot.right) / painter.scale);
        painter.clear();
        if let Some(current) = self.current {
            draw_band(painter, &plot, x.px(f64::from(current)), 5.0);
        }
        draw_y_axis(painter, &plot, &y);
        let ticks: Vec<(f64, String)> = self
            .batches
            .iter()
            .map(|batch| (f64::from(*batch), number(f64::from(*batch), 1.0)))
            .collect();
        draw_x_ticks(painter, &plot, &x, &ticks, self.x_name, place);
        painter.rule_across(y.px(0.5), plot.left, plot.right, 1.0, axis);
        let mut ends = [f64::NAN; 2];
        for side in (0..2).filter(|side| self.shown[*side]) {
            ends[side] = self.draw_side(painter, &x, &y, side);
        }
        self.draw_missing(painter, &plot, &x);
        let labels = [
            (self.names[0], painter.theme.run_a, ends[0]),
            (self.names[1], painter.theme.run_b, ends[1]),
            (self.chance, muted, y.px(0.5)),
        ];
        draw_end_labels(painter, &plot, &labels);
    }

    /// The batch size nearest to a point.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let (plot, x, _) = self.layout(size, 1.0);
        if !plot.contains(point) {
            return None;
        }
        let distance = |batch: u32| (x.px(f64::from(batch)) - point.0).abs();
        let nearest = self.batches.iter().copied().enumerate();
        nearest
            .min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))
            .map(|(index, batch)| Hover::Batch { index, batch })
    }
}

impl BatchSizeSweep<'_> {
    fn layout(&self, size: Point, scale: f64) -> (Plot, Axis, Axis) {
        let width_css = size.0 / scale;
        // What stands at the lines' ends is read whole, as far as the lines keep most of the width.
        let labels = self.names.iter().chain([&self.chance]);
        let widest = labels.fold(0.0, |most: f64, label| {
            most.max(text_width(label, LABEL_SIZE))
        });
        let needed = widest + GUTTER_GAP + 2.0;
        let most = (width_css * 0.4).bound(34.0, 96.0);
        let right = (width_css * 0.24).max(needed).bound(34.0, most);
        let bottom = NamePlace::for_gutter(right).margin();
        let plot = Plot::within(size, scale, [22.0, right, bottom, LEFT_MARGIN]);
        let first = self.batches.first().copied().unwrap_or(2).max(1);
        let last = self.batches.last().copied().unwrap_or(256).max(first + 1);
        let inset = (8.0 * scale).min(plot.width() / 4.0);
        let (first, last) = (f64::from(first), f64::from(last));
        let x = Axis::logarithmic(first, last, plot.left + inset, plot.right - inset);
        let poor = self
            .rows
            .iter()
            .any(|row| row.accuracy_running < 0.4 || row.accuracy_full < 0.4);
        let low = if poor { 0.0 } else { 0.4 };
        (plot, x, Axis::linear(low, 1.0, plot.bottom, plot.top))
    }

    /// Marks batch sizes that are still to come, and those at which a network diverged.
    fn draw_missing(&self, painter: &mut Painter, plot: &Plot, x: &Axis) {
        for batch in self.batches {
            let mut here = self.rows.iter().filter(|row| row.batch == *batch);
            let (text, color) = if here.clone().next().is_none() {
                ("…", painter.theme.muted)
            } else if here.any(|row| row.diverged) {
                (self.diverged, painter.theme.warn)
            } else {
                continue;
            };
            let at = (x.px(f64::from(*batch)), plot.bottom - painter.px(2.0));
            let (middle, bottom) = (Align::Middle, Baseline::Bottom);
            painter.text(text, at, TICK_SIZE, color, middle, bottom);
        }
    }

    /// Draws one run and gives the height of its last point.
    fn draw_side(&self, painter: &mut Painter, x: &Axis, y: &Axis, side: usize) -> f64 {
        let color = painter.theme.run(side).0;
        let shape = [Shape::Square, Shape::Triangle][side];
        let mut rows: Vec<&SweepRow> = self
            .rows
            .iter()
            .filter(|row| usize::from(row.side) == side && !row.diverged)
            .collect();
        sort_few(&mut rows, |a, b| a.batch > b.batch);
        let place =
            |row: &SweepRow, accuracy: f32| (x.px(f64::from(row.batch)), y.px(f64::from(accuracy)));
        let running: Vec<Point> = rows.iter().map(|r| place(r, r.accuracy_running)).collect();
        let full: Vec<Point> = rows.iter().map(|r| place(r, r.accuracy_full)).collect();
        painter.line(&full, 1.25, Stroke::Dotted, color);
        painter.line(&running, 1.5, Stroke::Dashed, color);
        for (at, again) in running.iter().zip(&full) {
            if (at.1 - again.1).abs() > painter.px(3.0) {
                painter.hollow(shape, *again, 4.0, 1.25, color);
            }
            painter.mark(shape, *at, 4.0, color);
        }
        running.last().map_or(f64::NAN, |point| point.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::check;

    #[test]
    fn any_sweep_is_drawn_within() {
        check(120, &["batch size", "chance", "…"], |case, show| {
            show(&BatchSizeSweep {
                batches: &[2, 8, 32, 128],
                rows: &case.sweep,
                shown: [true, true],
                current: Some(32),
                x_name: "batch size",
                names: ["A", "B"],
                chance: "chance",
                diverged: "×",
            });
        });
    }
}
