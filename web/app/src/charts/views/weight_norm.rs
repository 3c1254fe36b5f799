//! Length of the weights that a normalisation follows, or the rate at which their direction turns, over the steps: the run on
//! the screen, dashed the same without decay, and hollow what becomes of the last state once all weights are times the same.

use crate::charts::frame::axis::{Axis, extent};
use crate::charts::frame::end_labels::draw_end_labels;
use crate::charts::frame::plot::{
    GUTTER_GAP, LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, draw_x_axis, draw_y_axis, draw_y_name,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::{Rgb, Theme};
use crate::charts::{Chart, Hover};
use crate::measured::{WeightFigure, WeightPath, Weights};
use crate::small_sort::Bound;

/// Figures that lie further apart than by this factor stand on a logarithmic axis.
const LOGARITHMIC_FROM: f64 = 5.0;

/// One of the two figures over the steps.
#[derive(Clone, Copy, Debug)]
pub struct WeightNorm<'a> {
    /// What was measured; nothing before that.
    pub of: Option<&'a Weights>,
    /// Which figure.
    pub figure: WeightFigure,
    /// Names of the runs.
    pub names: &'a [String],
    /// Name of the level axis.
    pub x_name: &'a str,
    /// Name of the upright axis.
    pub y_name: &'a str,
    /// What is read: a state's place and a run's.
    pub selected: Option<(usize, usize)>,
}

/// Where things lie.
struct Layout {
    plot: Plot,
    x: Axis,
    y: Axis,
}

impl Chart for WeightNorm<'_> {
    fn draw(&self, painter: &mut Painter) {
        let Layout { plot, x, y } = self.layout(painter.size(), painter.scale);
        painter.clear();
        draw_y_axis(painter, &plot, &y);
        draw_y_name(painter, &plot, self.y_name);
        draw_x_axis(painter, &plot, &x, self.x_name, NamePlace::Below);
        let paths = self.paths();
        if let Some((state, line)) = self.selected
            && let Some(of) = paths.get(line).and_then(|path| path.states.get(state))
        {
            let axis = painter.theme.axis;
            painter.rule_down(x.px(of.step as f64), plot.top, plot.bottom, 1.0, axis);
        }
        let labels: Vec<_> = (0..paths.len())
            .rev()
            .map(|place| self.draw_path(painter, place, &x, &y))
            .collect();
        let labels: Vec<_> = labels.into_iter().rev().collect();
        self.draw_scaled(painter, &x, &y);
        draw_end_labels(painter, &plot, &labels);
    }

    /// The state nearest to a point, and the run whose line is nearest there.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let Layout { plot, x, y } = self.layout(size, 1.0);
        let paths = self.paths();
        let longest = paths.iter().max_by_key(|path| path.states.len())?;
        if !plot.contains(point) {
            return None;
        }
        let step = x.value(point.0);
        let far = |at: u64| (at as f64 - step).abs();
        let states = longest.states.iter().enumerate();
        let (state, _) = states.min_by(|a, b| far(a.1.step).total_cmp(&far(b.1.step)))?;
        let heights = paths.iter().enumerate().filter_map(|(place, path)| {
            let value = self.figure.of(path.states.get(state)?);
            let far = (y.px(f64::from(value)) - point.1).abs();
            far.is_finite().then_some((place, far))
        });
        let (place, _) = heights.min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Hover::Cell {
            place: state * paths.len() + place,
        })
    }
}

impl WeightNorm<'_> {
    fn paths(&self) -> &[WeightPath] {
        self.of.map_or(&[], |of| of.newest().1)
    }

    fn layout(&self, size: Point, scale: f64) -> Layout {
        let width = size.0 / scale;
        let widest = self.names.iter().fold(0.0, |most: f64, name| {
            most.max(text_width(name, LABEL_SIZE))
        });
        let right = (widest + GUTTER_GAP + 2.0).bound(20.0, (width * 0.32).bound(20.0, 110.0));
        let bottom = NamePlace::Below.margin();
        let plot = Plot::within(size, scale, [22.0, right, bottom, LEFT_MARGIN + 6.0]);
        let paths = self.paths();
        let last = paths.iter().filter_map(|path| path.states.last());
        let last = last.map(|of| of.step).fold(1, u64::max);
        let inset = (4.0 * scale).min(plot.width() / 4.0);
        let x = Axis::linear(0.0, last as f64, plot.left, plot.right - inset);
        let states = paths.iter().flat_map(|path| &path.states);
        let figures = states.map(|of| self.figure.of(of));
        let figures = figures.chain(paths.iter().filter_map(|path| self.figure.scaled(path)));
        let y = match extent(figures.map(f64::from).filter(|of| *of > 0.0)) {
            Some((low, high)) if high > LOGARITHMIC_FROM * low => Axis::logarithmic(
                low.max(high * 1e-12) * 0.8,
                high * 1.25,
                plot.bottom,
                plot.top,
            ),
            Some((_, high)) => Axis::linear(0.0, 1.1 * high, plot.bottom, plot.top),
            None => Axis::linear(0.0, 1.0, plot.bottom, plot.top),
        };
        Layout { plot, x, y }
    }

    /// Draws a run and gives its label.
    fn draw_path(
        &self,
        painter: &mut Painter,
        place: usize,
        x: &Axis,
        y: &Axis,
    ) -> (&str, Rgb, f64) {
        let path = &self.paths()[place];
        let (color, stroke) = style(painter.theme, path, place);
        let shape = shape(path, place);
        let at = |of: &batchnorm_lab::jobs::Weighed| {
            (x.px(of.step as f64), y.px(f64::from(self.figure.of(of))))
        };
        let points: Vec<Point> = path.states.iter().map(at).collect();
        painter.line(&points, 1.75, stroke, color);
        if let Some((state, line)) = self.selected
            && line == place
            && let Some(at) = points.get(state).filter(|at| at.1.is_finite())
        {
            painter.mark(shape, *at, 5.0, color);
        }
        let end = points.iter().rfind(|at| at.1.is_finite());
        if let Some(end) = end {
            painter.mark(shape, *end, 3.5, color);
        }
        let name = self.names.get(place).map_or("", String::as_str);
        (name, color, end.map_or(f64::NAN, |end| end.1))
    }

    /// The last state of the run on the screen, its weights times the factor.
    fn draw_scaled(&self, painter: &mut Painter, x: &Axis, y: &Axis) {
        let Some(path) = self.paths().first() else {
            return;
        };
        let (Some(last), Some(scaled)) = (path.states.last(), self.figure.scaled(path)) else {
            return;
        };
        let from = (
            x.px(last.step as f64),
            y.px(f64::from(self.figure.of(last))),
        );
        let to = (from.0, y.px(f64::from(scaled)));
        if !(from.1.is_finite() && to.1.is_finite()) || path.factor == 1.0 {
            return;
        }
        let (color, _) = style(painter.theme, path, 0);
        painter.line(&[from, to], 1.25, Stroke::Dashed, color);
        painter.hollow(shape(path, 0), to, 4.5, 1.5, color);
    }
}

fn style(theme: &Theme, path: &WeightPath, place: usize) -> (Rgb, Stroke) {
    match place {
        0 => (theme.run(usize::from(path.side.min(1))).0, Stroke::Solid),
        _ => (theme.muted, Stroke::Dashed),
    }
}

fn shape(path: &WeightPath, place: usize) -> Shape {
    match (place, path.side) {
        (0, 0) => Shape::Square,
        (0, _) => Shape::Triangle,
        _ => Shape::Diamond,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::check;
    use crate::measured::Measured;
    use batchnorm_lab::jobs::Weighed;
    use batchnorm_lab::measure::Scaled;

    const SIZE: Point = (360.0, 200.0);

    fn path(decay: f64, values: &[f32], count: usize) -> WeightPath {
        let value = |at: usize| values[at % values.len()].abs();
        let states = (0..count).map(|at| Weighed {
            step: 25 * at as u64,
            norm: value(at),
            rate: value(at + 1),
        });
        WeightPath {
            side: 1,
            decay,
            states: states.collect(),
            scaled: (decay > 0.0).then(|| Scaled {
                norm: [value(count), 10.0 * value(count)],
                output: 3.0,
                change: 0.01,
                turned: 0,
                rows: 32,
                gradient: [1.0, 0.1],
            }),
            factor: 10.0,
            diverged_at: None,
        }
    }

    fn of(values: &[f32], count: usize) -> Weights {
        let paths = |count| vec![path(0.01, values, count), path(0.0, &values[1..], count)];
        Measured {
            start: paths(1),
            now: Some((1600, paths(count))),
        }
    }

    fn show(of: Option<&Weights>, figure: WeightFigure, see: &mut dyn FnMut(&WeightNorm)) {
        see(&WeightNorm {
            of,
            figure,
            names: &["decay 0.01", "no decay"].map(str::to_owned),
            x_name: "step",
            y_name: "‖W‖",
            selected: Some((3, 1)),
        });
    }

    #[test]
    fn any_weights_are_drawn_within() {
        // Each dash counts.
        check(
            220,
            &["step", "‖W‖", "decay 0.01", "no decay"],
            |case, draw| {
                for (figure, count) in [
                    (WeightFigure::Norm, 41),
                    (WeightFigure::Rate, 41),
                    (WeightFigure::Rate, 1),
                ] {
                    let of = (case.points.len() > 30).then(|| of(&case.points, count));
                    show(of.as_ref(), figure, &mut |of| draw(of));
                }
            },
        );
    }

    #[test]
    fn a_point_is_found_on_its_line() {
        let of = of(&[14.0, 3.0, 9.0, 12.0, 4.0, 7.0, 6.0], 9);
        show(Some(&of), WeightFigure::Norm, &mut |of| {
            let Layout { x, y, .. } = of.layout(SIZE, 1.0);
            for (place, path) in of.paths().iter().enumerate() {
                for (state, weighed) in path.states.iter().enumerate() {
                    let at = (x.px(weighed.step as f64), y.px(f64::from(weighed.norm)));
                    let Some(Hover::Cell { place: found }) = of.locate(SIZE, at) else {
                        panic!("nothing at {at:?}");
                    };
                    assert_eq!(found / 2, state);
                    let there = of.paths()[found % 2].states[state].norm;
                    assert_eq!(there, weighed.norm, "run {place}");
                }
            }
            assert_eq!(of.locate(SIZE, (1.0, 1.0)), None);
        });
    }
}
