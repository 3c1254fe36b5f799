//! Mean and variance of one unit over steps, three ways: of the batch, running, of the full set.

use super::line_chart::{Line, LineChart, Upright};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::theme::{LIGHT, Theme};
use crate::charts::{Chart, Hover};
use crate::history::{LayerHistory, UnitColumn};

/// Which statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Mean.
    Mean,
    /// Variance; a logarithmic axis where it spans more than a factor of fifty.
    Variance,
}

impl Moment {
    /// Columns of the batch's, the running and the full set's statistic.
    pub(super) fn columns(self, unit: usize) -> [usize; 3] {
        match self {
            Moment::Mean => [
                UnitColumn::BatchMean,
                UnitColumn::RunningMean,
                UnitColumn::FullMean,
            ],
            Moment::Variance => [
                UnitColumn::BatchVar,
                UnitColumn::RunningVar,
                UnitColumn::FullVar,
            ],
        }
        .map(|column| column.column(unit))
    }
}

/// One unit over steps: batch pale and solid, running dashed, full set dotted.
#[derive(Clone, Copy, Debug)]
pub struct Moments<'a> {
    /// The layer.
    pub layer: &'a LayerHistory,
    /// 0 is side A, 1 is side B.
    pub side: usize,
    /// The unit.
    pub unit: usize,
    /// Which statistic.
    pub moment: Moment,
    /// The step under the pointer.
    pub cursor: Option<u64>,
    /// Name of the step axis.
    pub x_name: &'a str,
}

impl Chart for Moments<'_> {
    fn draw(&self, painter: &mut Painter) {
        self.lines(painter.theme).draw(painter);
    }

    /// The remembered step nearest to a point.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let chart = self.lines(&LIGHT);
        chart.step_at(&self.layer.units, size, point)
    }
}

impl Moments<'_> {
    fn lines(&self, theme: &Theme) -> LineChart<'_> {
        let (full, pale) = theme.run(self.side);
        let [batch, running, whole] = self.moment.columns(self.unit);
        let line = |column, color, width, stroke, end| Line {
            table: &self.layer.units,
            column,
            color,
            width,
            stroke,
            end: Some(end),
        };
        LineChart {
            lines: vec![
                line(batch, pale, 1.0, Stroke::Solid, Shape::Circle),
                line(whole, theme.text, 1.5, Stroke::Dotted, Shape::Cross),
                line(running, full, 2.0, Stroke::Dashed, Shape::Square),
                // The pale line's end must still be seen: it is drawn in the full colour.
                line(batch, full, 0.0, Stroke::Solid, Shape::Circle),
            ],
            upright: match self.moment {
                Moment::Mean => Upright::Around(0.0),
                Moment::Variance => Upright::FromZero(f64::INFINITY),
            },
            reference: None,
            x_name: self.x_name,
            cursor: self.cursor,
            beyond: "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::check;

    #[test]
    fn any_moments_are_drawn_within() {
        check(460, &["step"], |case, show| {
            let layer = case.layer(1);
            for moment in [Moment::Mean, Moment::Variance] {
                show(&Moments {
                    layer: &layer,
                    side: 1,
                    unit: 2,
                    moment,
                    cursor: Some(70),
                    x_name: "step",
                });
            }
        });
    }
}
