//! How far several devices have come from one with the whole batch: the largest deviation of a parameter on a logarithmic axis
//! over the steps, a line for each way to share statistics.

use crate::charts::frame::axis::{Axis, extent};
use crate::charts::frame::end_labels::draw_end_labels;
use crate::charts::frame::plot::{
    GUTTER_GAP, LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, draw_x_axis, draw_y_axis, draw_y_name,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::{Chart, Hover};
use crate::devices::{Comparison, LOOKS, Look, WAYS};
use crate::small_sort::Bound;

/// Marks of the ways, in their order.
const SHAPES: [Shape; WAYS.len()] = [
    Shape::Triangle,
    Shape::Square,
    Shape::Circle,
    Shape::Diamond,
];
/// The axis reaches at least from here to there, so that it stands still while lines come.
const SPAN: [f64; 2] = [1e-8, 1.0];

/// The deviations of all ways.
#[derive(Clone, Copy, Debug)]
pub struct DeviceLines<'a> {
    /// All ways, as far as they are trained.
    pub of: &'a Comparison,
    /// Their names.
    pub names: [&'a str; WAYS.len()],
    /// Name of the level axis.
    pub x_name: &'a str,
    /// Name of the upright axis.
    pub y_name: &'a str,
    /// The way whose devices are shown.
    pub way: usize,
    /// What is read: a look's place and a way's.
    pub selected: Option<(usize, usize)>,
}

/// Where things lie.
struct Layout {
    plot: Plot,
    x: Axis,
    y: Axis,
}

impl Chart for DeviceLines<'_> {
    fn draw(&self, painter: &mut Painter) {
        let Layout { plot, x, y } = self.layout(painter.size(), painter.scale);
        painter.clear();
        draw_y_axis(painter, &plot, &y);
        draw_y_name(painter, &plot, self.y_name);
        draw_x_axis(painter, &plot, &x, self.x_name, NamePlace::Below);
        let mut labels = Vec::new();
        for (place, way) in self.of.ways.iter().enumerate() {
            let is_shown = place == self.way;
            let color = match is_shown {
                true => painter.theme.run_b,
                false => painter.theme.muted,
            };
            let points: Vec<Point> = way.looks.iter().map(|look| at(look, &x, &y)).collect();
            let width = if is_shown { 2.0 } else { 1.25 };
            painter.line(&points, width, Stroke::Solid, color);
            for (look, point) in points.iter().enumerate() {
                let is_selected = self.selected == Some((look, place));
                let radius = if is_selected { 6.0 } else { 3.0 };
                painter.mark(SHAPES[place], *point, radius, color);
            }
            let end = points.last().map_or(f64::NAN, |end| end.1);
            labels.push((self.names[place], color, end));
        }
        draw_end_labels(painter, &plot, &labels);
    }

    /// The look nearest to a point, and the way whose line is nearest there.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let Layout { plot, x, y } = self.layout(size, 1.0);
        if !plot.contains(point) {
            return None;
        }
        let ways = self.of.ways.iter().enumerate();
        let all = ways.flat_map(|(place, way)| {
            let looks = way.looks.iter().enumerate();
            looks.map(move |(look, of)| (look * WAYS.len() + place, of))
        });
        let far = all.filter_map(|(place, look)| {
            let at = at(look, &x, &y);
            let far = (at.0 - point.0).hypot(at.1 - point.1);
            far.is_finite().then_some((place, far))
        });
        let (place, _) = far.min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Hover::Cell { place })
    }
}

impl DeviceLines<'_> {
    fn layout(&self, size: Point, scale: f64) -> Layout {
        let width = size.0 / scale;
        let widest = self.names.iter().fold(0.0, |most: f64, name| {
            most.max(text_width(name, LABEL_SIZE))
        });
        let right = (widest + GUTTER_GAP + 2.0).bound(20.0, (width * 0.34).bound(20.0, 110.0));
        let bottom = NamePlace::Below.margin();
        let plot = Plot::within(size, scale, [22.0, right, bottom, LEFT_MARGIN]);
        let last = f64::from(LOOKS[LOOKS.len() - 1]);
        let looks = self.of.ways.iter().flat_map(|way| &way.looks);
        let all = looks.map(|look| f64::from(look.parameters));
        let (low, high) = extent(all.filter(|off| *off > 0.0)).unwrap_or((SPAN[0], SPAN[1]));
        let low = 10_f64.powi(low.max(1e-12).log10().floor() as i32);
        let high = 10_f64.powi(high.min(1e30).log10().ceil() as i32);
        Layout {
            x: Axis::linear(0.0, last, plot.left, plot.right),
            y: Axis::logarithmic(low.min(SPAN[0]), high.max(SPAN[1]), plot.bottom, plot.top),
            plot,
        }
    }
}

/// Where a look stands; what does not deviate stands at the lower edge, what is no number at the upper.
fn at(look: &Look, x: &Axis, y: &Axis) -> Point {
    let off = match look.parameters.is_nan() {
        true => f64::INFINITY,
        false => f64::from(look.parameters),
    };
    (x.px(look.step as f64), y.px(off))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::check;

    fn of(deviations: &[f32]) -> Comparison {
        let mut all = Comparison::new(vec![16, 16]);
        for (place, way) in all.ways.iter_mut().enumerate() {
            let own = deviations.iter().skip(place);
            way.looks = LOOKS
                .iter()
                .zip(own)
                .map(|(step, off)| Look {
                    step: u64::from(*step),
                    parameters: off.abs(),
                    statistics: None,
                })
                .collect();
        }
        all
    }

    fn chart(of: &Comparison) -> DeviceLines<'_> {
        DeviceLines {
            of,
            names: ["sync", "averaged", "local", "GroupNorm"],
            x_name: "step",
            y_name: "deviation",
            way: 0,
            selected: Some((2, 1)),
        }
    }

    #[test]
    fn any_deviation_is_drawn_within() {
        check(120, &["step", "deviation", "local", "100"], |case, draw| {
            let of = of(&case.points);
            draw(&chart(&of));
        });
    }

    #[test]
    fn a_point_is_found_on_its_line() {
        let of = of(&[1e-7, 1e-3, 0.1, 1e-6, 2e-6, 0.3, 0.01, 1e-5]);
        let chart = chart(&of);
        let size = (360.0, 240.0);
        let Layout { x, y, .. } = chart.layout(size, 1.0);
        for (place, way) in of.ways.iter().enumerate() {
            for (look, one) in way.looks.iter().enumerate() {
                let found = chart.locate(size, at(one, &x, &y));
                let Some(Hover::Cell { place: found }) = found else {
                    panic!("nothing of way {place} at look {look}");
                };
                let found = &of.ways[found % WAYS.len()].looks[found / WAYS.len()];
                assert_eq!(at(found, &x, &y), at(one, &x, &y));
            }
        }
        assert_eq!(chart.locate(size, (1.0, 1.0)), None);
    }
}
