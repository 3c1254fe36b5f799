//! The loss of one network of a grid on its way, small: means over equally many steps, linear from 0.

use crate::charts::Chart;
use crate::charts::frame::axis::{Axis, extent, round_up};
use crate::charts::frame::plot::{
    NamePlace, Plot, TICK_SIZE, draw_x_ticks, draw_y_axis, draw_y_name,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::surface::{Align, Baseline};
use crate::grid::Trained;

/// The curve of one network.
#[derive(Clone, Copy, Debug)]
pub struct CellCurve<'a> {
    /// Whose.
    pub of: &'a Trained,
    /// Name of the upright axis.
    pub name: &'a str,
    /// What stands under its end: `step 1 500`.
    pub end: &'a str,
    /// Its side, for the colour.
    pub side: u8,
}

impl Chart for CellCurve<'_> {
    fn draw(&self, painter: &mut Painter) {
        let Trained {
            step,
            losses,
            stride,
            ..
        } = self.of;
        painter.clear();
        let plot = Plot::within(painter.size(), painter.scale, [20.0, 4.0, 18.0, 30.0]);
        let most = extent(losses.iter().map(|loss| f64::from(*loss)));
        let most = round_up(most.map_or(1.0, |(_, high)| high));
        let end = (*step).max(1) as f64;
        let x = Axis::linear(0.0, end, plot.left, plot.right);
        let y = Axis::linear(0.0, most, plot.bottom, plot.top);
        draw_y_axis(painter, &plot, &y);
        draw_y_name(painter, &plot, self.name);
        let ticks = [(0.0, "0".into())];
        draw_x_ticks(painter, &plot, &x, &ticks, "", NamePlace::Beside);
        let (muted, at) = (
            painter.theme.muted,
            (plot.right, plot.bottom + painter.px(4.0)),
        );
        painter.text(self.end, at, TICK_SIZE, muted, Align::End, Baseline::Top);
        // Each mean stands in the middle of its steps.
        let at = |place: usize| (*stride as f64 * (place as f64 + 0.5)).min(end);
        let points: Vec<Point> = losses
            .iter()
            .enumerate()
            .map(|(place, loss)| match loss.is_finite() {
                true => (x.px(at(place)), y.px(f64::from(*loss))),
                false => (f64::NAN, f64::NAN),
            })
            .collect();
        let color = painter.theme.run(usize::from(self.side)).0;
        painter.line(&points, 1.5, Stroke::Solid, color);
        if let Some(step) = self.of.diverged_at {
            let warn = painter.theme.warn;
            let at = (x.px(step as f64), plot.top + painter.px(6.0));
            painter.mark(Shape::Cross, at, 4.0, warn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::check;

    #[test]
    fn any_curve_is_drawn_within_and_says_where_it_ends() {
        check(40, &["loss", "step 60", "0"], |case, draw| {
            for diverged_at in [None, Some(60)] {
                let of = Trained {
                    step: 60,
                    accuracy: [0.5; 3],
                    loss: 0.1,
                    diverged_at,
                    state: String::new(),
                    losses: case.points.iter().take(30).map(|loss| loss.abs()).collect(),
                    stride: 2,
                    range: None,
                };
                draw(&CellCurve {
                    of: &of,
                    name: "loss",
                    end: "step 60",
                    side: 1,
                });
            }
        });
    }
}
