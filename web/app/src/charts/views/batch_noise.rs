//! How statistics of small batches scatter around the truth: a row of dots per batch size, the measured standard
//! deviation as a bar below the dots. Every number comes in the report.

use batchnorm_lab::protocol::{BatchNoiseReport, BatchNoiseRow};

use crate::charts::frame::axis::{Axis, extent, number, round_up};
use crate::charts::frame::plot::{
    LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, TICK_SIZE, draw_x_axis, draw_y_name,
};
use crate::charts::paint::painter::{Painter, Point, Shape};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::mix;
use crate::charts::{Chart, Hover};

/// Dots drawn of each row at most.
const DOTS: usize = 60;

/// Which scatter is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scatter {
    /// Batch means, in full-set standard deviations from the full-set mean.
    Means,
    /// Batch variances, over the full-set variance.
    Variances,
    /// x̂ of the pinned point.
    XHats,
}

impl Scatter {
    fn draws(self, row: &BatchNoiseRow) -> &[f32] {
        match self {
            Scatter::Means => &row.means,
            Scatter::Variances => &row.variances,
            Scatter::XHats => &row.x_hats,
        }
    }

    fn deviation(self, row: &BatchNoiseRow) -> f64 {
        f64::from(match self {
            Scatter::Means => row.mean_sd,
            Scatter::Variances => row.variance_sd,
            Scatter::XHats => row.x_hat_sd,
        })
    }

    /// What the whole training set gives.
    fn truth(self, report: &BatchNoiseReport) -> f64 {
        match self {
            Scatter::Means => 0.0,
            Scatter::Variances => 1.0,
            Scatter::XHats => f64::from(report.z),
        }
    }

    /// Around which value the bar stands. A batch's biased variance is less than the truth on average: the bar of
    /// variances stands on their mean, the others on the truth.
    fn middle(self, report: &BatchNoiseReport, row: &BatchNoiseRow) -> f64 {
        match self {
            Scatter::Variances => f64::from(row.variance_mean),
            _ => self.truth(report),
        }
    }
}

/// A report's scatter in strips.
#[derive(Clone, Copy, Debug)]
pub struct NoiseStrips<'a> {
    /// What was measured.
    pub report: &'a BatchNoiseReport,
    /// Which scatter.
    pub scatter: Scatter,
    /// The batch size of the run on the page, whose row stands out.
    pub current: Option<u32>,
    /// Name of the level axis: the value with its unit.
    pub x_name: &'a str,
    /// Name of the rows: the batch size.
    pub y_name: &'a str,
    /// Label of the true value.
    pub truth: &'a str,
}

impl Chart for NoiseStrips<'_> {
    fn draw(&self, painter: &mut Painter) {
        let (plot, x, band) = self.layout(painter.size(), painter.scale);
        let axis = painter.theme.axis;
        let truth = self.scatter.truth(self.report);
        painter.clear();
        self.draw_rows(painter, &plot, band);
        painter.rule_down(x.px(truth), plot.top, plot.bottom, 1.0, axis);
        for (index, row) in self.report.rows.iter().enumerate() {
            let middle = plot.top + band * (index as f64 + 0.5);
            self.draw_strip(painter, &x, row, middle, band);
        }
        draw_x_axis(painter, &plot, &x, self.x_name, NamePlace::Below);
        draw_y_name(painter, &plot, self.y_name);
        self.draw_truth(painter, &plot, x.px(truth));
    }

    /// The row under a point.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let (plot, _, band) = self.layout(size, 1.0);
        let index = ((point.1 - plot.top) / band).floor();
        if !plot.contains(point) || index < 0.0 {
            return None;
        }
        let index = index as usize;
        let row = self.report.rows.get(index)?;
        Some(Hover::Batch {
            index,
            batch: row.batch,
        })
    }
}

impl NoiseStrips<'_> {
    fn layout(&self, size: Point, scale: f64) -> (Plot, Axis, f64) {
        let bottom = NamePlace::Below.margin();
        let plot = Plot::within(size, scale, [22.0, 12.0, bottom, LEFT_MARGIN]);
        let draws = self
            .report
            .rows
            .iter()
            .flat_map(|row| self.scatter.draws(row))
            .map(|v| f64::from(*v));
        let truth = self.scatter.truth(self.report);
        let truth = if truth.is_finite() { truth } else { 0.0 };
        let reach = extent(draws.map(|v| (v - truth).abs()));
        let reach = round_up(reach.map_or(1.0, |(_, high)| high));
        let low = match self.scatter {
            // No variance is below 0, but where they scatter little, what they do would lie on the edge.
            Scatter::Variances => (truth - reach).max(0.0),
            _ => truth - reach,
        };
        let x = Axis::linear(low, truth + reach, plot.left, plot.right);
        let band = plot.height() / self.report.rows.len().max(1) as f64;
        (plot, x, band)
    }

    /// The ground of each row and its batch size.
    fn draw_rows(&self, painter: &mut Painter, plot: &Plot, band: f64) {
        let (text, muted, grid) = (painter.theme.text, painter.theme.muted, painter.theme.grid);
        let rows = &self.report.rows;
        let current = rows.iter().position(|row| self.current == Some(row.batch));
        for (index, row) in rows.iter().enumerate() {
            let top = plot.top + band * index as f64;
            let middle = top + band / 2.0;
            let is_current = current == Some(index);
            if is_current {
                painter.rectangle((plot.left, top), (plot.right, top + band), grid);
            } else {
                painter.rule_across(middle, plot.left, plot.right, 1.0, grid);
            }
            // Where rows are narrower than their numbers, only some are named, and always the current one.
            let numbers_apart = (painter.px(TICK_SIZE) / band).ceil() as usize;
            let beside_current = current.is_some_and(|c| index.abs_diff(c) < numbers_apart);
            let is_named = index.is_multiple_of(numbers_apart) && !beside_current;
            if !is_named && !is_current {
                continue;
            }
            let label = number(f64::from(row.batch), 1.0);
            let at = (plot.left - painter.px(6.0), middle);
            let color = if is_current { text } else { muted };
            painter.text(&label, at, TICK_SIZE, color, Align::End, Baseline::Middle);
        }
    }

    /// The dots of one row, and its standard deviation.
    fn draw_strip(
        &self,
        painter: &mut Painter,
        x: &Axis,
        row: &BatchNoiseRow,
        middle: f64,
        band: f64,
    ) {
        let (full, pale) = painter.theme.run(usize::from(self.report.side));
        let (dot, text) = (mix(pale, full, 0.35), painter.theme.text);
        let draws = self.scatter.draws(row);
        let stride = draws.len().div_ceil(DOTS).max(1);
        for (order, value) in draws.iter().step_by(stride).enumerate() {
            // Dots step up and down by their order so that equal values do not hide each other.
            let lane = [0.0, -1.0, 1.0, -0.5, 0.5][order % 5] * (band * 0.2).min(painter.px(5.0));
            let at = (x.px(f64::from(*value)), middle + lane);
            painter.mark(Shape::Circle, at, 1.5, dot);
        }
        let deviation = self.scatter.deviation(row);
        if deviation.is_finite() {
            let center = self.scatter.middle(self.report, row);
            let (from, to) = (x.px(center - deviation), x.px(center + deviation));
            painter.rule_across(middle, from, to, 2.0, text);
            let tick = (band * 0.22).min(painter.px(5.0));
            for end in [from, to] {
                painter.rule_down(end, middle - tick, middle + tick, 1.5, text);
            }
        }
    }

    /// The label of the truth above its line, where the name of the rows leaves room.
    fn draw_truth(&self, painter: &mut Painter, plot: &Plot, x: f64) {
        let name_end = text_width(self.y_name, painter.px(LABEL_SIZE)) + painter.px(8.0);
        let half = text_width(self.truth, painter.px(TICK_SIZE)) / 2.0;
        if x - half > name_end && x + half < painter.width {
            let (at, color) = ((x, plot.top - painter.px(2.0)), painter.theme.muted);
            let (middle, bottom) = (Align::Middle, Baseline::Bottom);
            painter.text(self.truth, at, TICK_SIZE, color, middle, bottom);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{Case, check, texts};

    fn chart(report: &BatchNoiseReport, scatter: Scatter) -> NoiseStrips<'_> {
        NoiseStrips {
            report,
            scatter,
            current: Some(8),
            x_name: "standard deviations",
            y_name: "batch size",
            truth: "truth",
        }
    }

    #[test]
    fn any_report_is_drawn_within() {
        check(420, &["batch size", "standard deviations"], |case, show| {
            for scatter in [Scatter::Means, Scatter::Variances, Scatter::XHats] {
                show(&chart(&case.noise, scatter));
            }
        });
    }

    #[test]
    fn variances_stand_around_one() {
        // How far they scatter, and where the axis begins.
        for (scatter, first) in [(0.02_f32, "0.98"), (3.0, "0")] {
            let row = BatchNoiseRow {
                batch: 8,
                variances: [1.0 - scatter, 1.0 + scatter].map(|v| v.max(0.0)).into(),
                ..BatchNoiseRow::default()
            };
            let report = BatchNoiseReport {
                rows: vec![row],
                ..BatchNoiseReport::default()
            };
            let texts = texts(&chart(&report, Scatter::Variances), (360, 200));
            let label = texts.iter().find(|text| text.starts_with('0'));
            assert_eq!(label.map(String::as_str), Some(first), "{texts:?}");
        }
    }

    #[test]
    fn pointing_finds_the_row() {
        let case = Case::regular();
        let rows = &case.noise.rows;
        for (index, row) in rows.iter().enumerate() {
            let y = 22.0 + (166.0 - 22.0) * (index as f64 + 0.5) / rows.len() as f64;
            let batch = row.batch;
            let found = chart(&case.noise, Scatter::Means).locate((320.0, 200.0), (100.0, y));
            assert_eq!(found, Some(Hover::Batch { index, batch }));
        }
    }
}
