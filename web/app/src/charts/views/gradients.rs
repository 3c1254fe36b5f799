//! How large the weight gradient is in each hidden layer, both sides on one logarithmic axis.

use crate::charts::frame::axis::{Axis, extent, number};
use crate::charts::frame::end_labels::draw_end_labels;
use crate::charts::frame::plot::{
    LEFT_MARGIN, NamePlace, Plot, draw_band, draw_x_ticks, draw_y_axis,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::theme::{Rgb, Theme};
use crate::charts::{Chart, Hover};
use crate::small_sort::Bound;

/// Gradient norms of the last step: squares for side A, triangles for side B; without its colour what has diverged,
/// hollow what is beyond the axis.
#[derive(Clone, Copy, Debug)]
pub struct Gradients<'a> {
    /// `LayerStats::gradient_norm` of each hidden layer, side A and side B; empty where a side is not shown.
    pub norms: [&'a [f32]; 2],
    /// Which sides have diverged: theirs are the last norms before that, and the axis is the other side's.
    pub ended: [bool; 2],
    /// The selected layer.
    pub layer: Option<usize>,
    /// Name of the layer axis.
    pub x_name: &'a str,
    /// Labels of side A and side B.
    pub names: [&'a str; 2],
}

impl Chart for Gradients<'_> {
    fn draw(&self, painter: &mut Painter) {
        let (plot, x, y) = self.layout(painter.size(), painter.scale);
        let place = NamePlace::for_gutter((painter.width - plot.right) / painter.scale);
        painter.clear();
        if let Some(layer) = self.layer
            && layer < self.layers()
        {
            draw_band(painter, &plot, x.px(layer as f64 + 1.0), 6.0);
        }
        draw_y_axis(painter, &plot, &y);
        let ticks: Vec<(f64, String)> = (1..=self.layers())
            .map(|layer| (layer as f64, number(layer as f64, 1.0)))
            .collect();
        draw_x_ticks(painter, &plot, &x, &ticks, self.x_name, place);
        let labels = [0, 1].map(|side| {
            let color = self.color(painter.theme, side);
            let end = self.draw_side(painter, &x, &y, side);
            (self.names[side], color, end)
        });
        draw_end_labels(painter, &plot, &labels);
    }

    /// The layer nearest to a point.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let (plot, x, _) = self.layout(size, 1.0);
        let layers = self.layers();
        if layers == 0 || !plot.contains(point) {
            return None;
        }
        let layer = (x.value(point.0).round() as usize).clamp(1, layers) - 1;
        Some(Hover::Layer { layer })
    }
}

impl Gradients<'_> {
    fn layers(&self) -> usize {
        self.norms[0].len().max(self.norms[1].len())
    }

    fn layout(&self, size: Point, scale: f64) -> (Plot, Axis, Axis) {
        let width_css = size.0 / scale;
        let right = (width_css * 0.24).bound(34.0, 96.0);
        let bottom = NamePlace::for_gutter(right).margin();
        let plot = Plot::within(size, scale, [22.0, right, bottom, LEFT_MARGIN]);
        let layers = self.layers().max(1) as f64;
        let x = Axis::linear(0.6, layers + 0.4, plot.left, plot.right);
        let goes_on = |side: &usize| !self.ended[*side] && !self.norms[*side].is_empty();
        let is_over = !(0..2).any(|side| goes_on(&side));
        let axis_of = (0..2).filter(|side| is_over || goes_on(side));
        let norms = axis_of
            .flat_map(|side| self.norms[side])
            .map(|v| f64::from(*v));
        // Whole decades, so that the axis stands still while norms wander.
        let y = match extent(norms.filter(|v| *v > 0.0)) {
            Some((low, high)) => {
                let high = 10_f64.powi(high.min(1e30).log10().ceil() as i32);
                let low = 10_f64.powi(low.log10().floor() as i32).max(high * 1e-12);
                Axis::logarithmic(low, high, plot.bottom, plot.top)
            }
            None => Axis::logarithmic(1e-3, 1.0, plot.bottom, plot.top),
        };
        (plot, x, y)
    }

    fn color(&self, theme: &Theme, side: usize) -> Rgb {
        match self.ended[side] {
            true => theme.axis,
            false => theme.run(side).0,
        }
    }

    /// Draws one run and gives the height of its last point; NaN if it has none.
    fn draw_side(&self, painter: &mut Painter, x: &Axis, y: &Axis, side: usize) -> f64 {
        let color = self.color(painter.theme, side);
        let shape = [Shape::Square, Shape::Triangle][side];
        // A logarithmic axis has no place for 0, nor for what is not finite.
        let norms = self.norms[side].iter().map(|norm| f64::from(*norm));
        let norms = (1..)
            .zip(norms)
            .filter(|(_, norm)| *norm > 0.0 && norm.is_finite());
        let place = |layer: u32, norm: f64| (x.px(f64::from(layer)), y.px(norm));
        let points: Vec<Point> = norms
            .clone()
            .map(|(layer, norm)| place(layer, norm))
            .collect();
        painter.line(&points, 1.25, Stroke::Solid, color);
        for (layer, norm) in norms {
            match y.contains(norm) {
                true => painter.mark(shape, place(layer, norm), 3.5, color),
                false => painter.hollow(shape, place(layer, norm), 3.5, 1.25, color),
            }
        }
        points.last().map_or(f64::NAN, |point| point.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{Case, check, texts};

    fn chart<'a>(norms: [&'a [f32]; 2], ended: [bool; 2]) -> Gradients<'a> {
        Gradients {
            norms,
            ended,
            layer: Some(1),
            x_name: "layer",
            names: ["A", "B"],
        }
    }

    #[test]
    fn any_gradients_are_drawn_within() {
        check(120, &["layer"], |case: &Case, show| {
            let norms = [0, 1].map(|side| case.gradients(side));
            show(&chart([&norms[0], &norms[1]], [false; 2]));
        });
    }

    #[test]
    fn of_fifty_layers_as_many_are_named_as_find_room() {
        let norms = [0.5; 50];
        for (size, named) in [
            ((140, 96), 2..=8),
            ((280, 120), 4..=14),
            ((900, 200), 15..=50),
        ] {
            let texts = texts(&chart([&norms, &[]], [false; 2]), size);
            let of_layers = texts.iter().filter_map(|text| text.parse::<u32>().ok());
            let of_layers: Vec<u32> = of_layers.filter(|layer| *layer > 0).collect();
            assert!(named.contains(&of_layers.len()), "{size:?}: {texts:?}");
        }
    }

    #[test]
    fn gradients_of_a_run_that_has_ended_stay_and_leave_the_axis_to_the_other() {
        let has = |texts: &[String], wanted: &str| texts.iter().any(|text| text == wanted);
        let of = |ended: [bool; 2], b: &[f32]| texts(&chart([&[2e20, 3e25], b], ended), (140, 96));
        let beside = of([true, false], &[0.2, 0.5]);
        assert!(
            has(&beside, "A") && has(&beside, "0.1") && has(&beside, "1"),
            "{beside:?}"
        );
        // Where no run goes on, or none is shown beside it, the axis is that of what has ended.
        for alone in [of([true; 2], &[0.2, 0.5]), of([true, false], &[])] {
            assert!(has(&alone, "A") && has(&alone, "10²⁶"), "{alone:?}");
        }
    }
}
