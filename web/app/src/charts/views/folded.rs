//! Scores of a network against those of the one it is folded into: a mark for each, and the diagonal on which equal ones lie.

use batchnorm_lab::measure::Folded;

use crate::charts::frame::axis::{Axis, extent};
use crate::charts::frame::plot::{
    LEFT_MARGIN, NamePlace, Plot, draw_x_axis, draw_y_axis, draw_y_name,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::{Chart, Hover};

/// Marks at most: of more scores some are left out, evenly.
const MOST_MARKS: usize = 256;

/// Both scores of every point.
#[derive(Clone, Copy, Debug)]
pub struct FoldedScores<'a> {
    /// What was measured; nothing before that.
    pub of: Option<&'a Folded>,
    /// The side it is of, 0 being A.
    pub side: usize,
    /// Name of the level axis: with Batch Normalization.
    pub x_name: &'a str,
    /// Name of the upright axis: folded.
    pub y_name: &'a str,
    /// What is read: a place among the scores.
    pub selected: Option<usize>,
}

/// Where things lie.
struct Layout {
    plot: Plot,
    x: Axis,
    y: Axis,
}

impl Chart for FoldedScores<'_> {
    fn draw(&self, painter: &mut Painter) {
        let Layout { plot, x, y } = self.layout(painter.size(), painter.scale);
        painter.clear();
        let theme = *painter.theme;
        draw_y_axis(painter, &plot, &y);
        draw_y_name(painter, &plot, self.y_name);
        draw_x_axis(painter, &plot, &x, self.x_name, NamePlace::Below);
        let ends = [(plot.left, plot.bottom), (plot.right, plot.top)];
        painter.line(&ends, 1.0, Stroke::Solid, theme.axis);
        let color = theme.run(self.side).0;
        for place in self.shown() {
            painter.hollow(Shape::Circle, self.at(&x, &y, place), 3.5, 1.5, color);
        }
        if let Some(place) = self.selected.filter(|place| *place < self.count()) {
            let at = self.at(&x, &y, place);
            painter.mark(Shape::Circle, at, 3.5, color);
            painter.ring(at, 7.0, 2.0, theme.text);
        }
    }

    /// The score whose mark is nearest to a point.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let Layout { plot, x, y } = self.layout(size, 1.0);
        let far = |place: &usize| {
            let at = self.at(&x, &y, *place);
            (at.0 - point.0).hypot(at.1 - point.1)
        };
        let nearest = self.shown().min_by(|a, b| far(a).total_cmp(&far(b)));
        let place = nearest.filter(|_| plot.contains(point))?;
        Some(Hover::Cell { place })
    }
}

impl FoldedScores<'_> {
    fn count(&self) -> usize {
        self.of.map_or(0, |of| of.own.len().min(of.folded.len()))
    }

    fn shown(&self) -> impl Iterator<Item = usize> + use<> {
        let count = self.count();
        (0..count).step_by(count.div_ceil(MOST_MARKS).max(1))
    }

    fn at(&self, x: &Axis, y: &Axis, place: usize) -> Point {
        let at = self.of.map_or((f64::NAN, f64::NAN), |of| {
            (f64::from(of.own[place]), f64::from(of.folded[place]))
        });
        (x.px(at.0), y.px(at.1))
    }

    /// Both axes go over the same values, so that the diagonal is where both scores are equal.
    fn layout(&self, size: Point, scale: f64) -> Layout {
        let bottom = NamePlace::Below.margin();
        let plot = Plot::within(size, scale, [22.0, 10.0, bottom, LEFT_MARGIN]);
        let all = self
            .of
            .into_iter()
            .flat_map(|of| of.own.iter().chain(&of.folded));
        let (low, high) = extent(all.map(|v| f64::from(*v))).unwrap_or((0.0, 1.0));
        let room = 0.06 * (high - low);
        let ends = (low - room, high + room);
        Layout {
            x: Axis::linear(ends.0, ends.1, plot.left, plot.right),
            y: Axis::linear(ends.0, ends.1, plot.bottom, plot.top),
            plot,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::check;

    const SIZE: Point = (360.0, 240.0);

    fn of(figures: &[f32], scores: usize) -> Folded {
        let own: Vec<f32> = figures.iter().copied().cycle().take(64 * scores).collect();
        Folded {
            points: 64,
            scores,
            folded: own.iter().map(|v| v + 1e-6).collect(),
            own,
            ..Folded::default()
        }
    }

    fn chart(of: Option<&Folded>) -> FoldedScores<'_> {
        FoldedScores {
            of,
            side: 1,
            x_name: "with it",
            y_name: "folded",
            selected: Some(1),
        }
    }

    #[test]
    fn any_scores_are_drawn_within() {
        check(600, &["with it", "folded"], |case, draw| {
            for scores in [1, 10] {
                let of = (case.points.len() > 30).then(|| of(&case.points, scores));
                draw(&chart(of.as_ref()));
            }
        });
    }

    #[test]
    fn equal_scores_lie_on_the_diagonal_and_are_found_there() {
        let of = of(&[-3.0, -1.0, 0.5, 2.0, 8.0], 1);
        let chart = chart(Some(&of));
        let Layout { plot, x, y } = chart.layout(SIZE, 1.0);
        for place in 0..5 {
            let at = chart.at(&x, &y, place);
            let share = (at.0 - plot.left) / plot.width();
            let up = (plot.bottom - at.1) / plot.height();
            assert!((share - up).abs() < 1e-3, "{share} {up}");
            assert_eq!(chart.locate(SIZE, at), Some(Hover::Cell { place }));
        }
        assert_eq!(chart.locate(SIZE, (1.0, 1.0)), None);
    }
}
