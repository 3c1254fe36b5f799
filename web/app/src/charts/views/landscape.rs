//! The loss along the negative gradient against the step size, a band for each run: least and most over its last states. A
//! solid line is the newest state, a dashed one the fresh network.

use crate::charts::frame::axis::{Axis, extent};
use crate::charts::frame::end_labels::draw_end_labels;
use crate::charts::frame::guess::{Guess, place_among};
use crate::charts::frame::plot::{
    GUTTER_GAP, LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, draw_band, draw_x_ticks, draw_y_axis,
    draw_y_name,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::{Chart, Hover};
use crate::measured::{FACTORS, Landscape, Landscapes, OWN, factor};
use crate::small_sort::Bound;

/// Losses that lie further apart than by this factor stand on a logarithmic axis.
const LOGARITHMIC_FROM: f64 = 20.0;
/// No axis spans more: what is beyond stands at its edge.
const MOST_SPAN: f64 = 1e6;

/// The landscapes of a run.
#[derive(Clone, Copy, Debug)]
pub struct LossLandscape<'a> {
    /// What was measured; nothing before that.
    pub of: Option<&'a Landscapes>,
    /// Names of side A and side B.
    pub names: [&'a str; 2],
    /// Name of the level axis.
    pub x_name: &'a str,
    /// Name of the upright axis.
    pub y_name: &'a str,
    /// What is read: a step size's place and a side's place among those shown.
    pub selected: Option<(usize, usize)>,
    /// What was drawn before anything was measured.
    pub guess: Option<&'a Guess>,
}

/// Where things lie.
struct Layout {
    plot: Plot,
    x: Axis,
    y: Axis,
}

impl Chart for LossLandscape<'_> {
    fn draw(&self, painter: &mut Painter) {
        let Layout { plot, x, y } = self.layout(painter.size(), painter.scale);
        painter.clear();
        draw_band(painter, &plot, x.px(OWN as f64), 7.0);
        draw_y_axis(painter, &plot, &y);
        draw_y_name(painter, &plot, self.y_name);
        let ticks = FACTORS.iter().enumerate();
        let ticks: Vec<(f64, String)> = ticks.map(|(at, of)| (at as f64, factor(*of))).collect();
        draw_x_ticks(painter, &plot, &x, &ticks, self.x_name, NamePlace::Below);
        let shown = self.newest();
        // The narrower band stands before the wider one.
        let wide = |side: &Landscape| width(side, &y);
        let is_first_wider = !matches!(shown, [first, second] if wide(first) < wide(second));
        let mut order: Vec<&Landscape> = shown.iter().collect();
        if !is_first_wider {
            order.reverse();
        }
        for side in &order {
            draw_area(painter, side, &x, &y);
        }
        let guessed = self.guess.map(|guess| guess.draw(painter, (&x, &y), place));
        for side in &order {
            self.draw_lines(painter, side, &x, &y);
        }
        let mut labels: Vec<_> = shown
            .iter()
            .map(|side| {
                let color = painter.theme.run(usize::from(side.side)).0;
                let end = side.last.last().map_or(f64::NAN, |loss| height(&y, *loss));
                (self.names[usize::from(side.side.min(1))], color, end)
            })
            .collect();
        labels.extend(guessed);
        draw_end_labels(painter, &plot, &labels);
    }

    /// The step size nearest to a point, and the run whose newest line is nearest there.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let Layout { plot, x, y } = self.layout(size, 1.0);
        let shown = self.newest();
        if !plot.contains(point) {
            return None;
        }
        let column = (x.value(point.0).round() as usize).min(FACTORS.len() - 1);
        let far = shown.iter().enumerate().filter_map(|(place, side)| {
            let far = (height(&y, *side.last.get(column)?) - point.1).abs();
            far.is_finite().then_some((place, far))
        });
        let (place, _) = far.min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Hover::Cell {
            place: column * shown.len() + place,
        })
    }
}

impl LossLandscape<'_> {
    fn newest(&self) -> &[Landscape] {
        self.of.map_or(&[], |of| of.newest().1)
    }

    fn layout(&self, size: Point, scale: f64) -> Layout {
        let width = size.0 / scale;
        let widest = self.newest().iter().fold(0.0, |most: f64, side| {
            let name = self.names[usize::from(side.side.min(1))];
            most.max(text_width(name, LABEL_SIZE))
        });
        let guess = self
            .guess
            .map_or(0.0, |guess| text_width(&guess.name, LABEL_SIZE));
        let widest = widest.max(guess);
        let right = (widest + GUTTER_GAP + 2.0).bound(20.0, (width * 0.34).bound(20.0, 116.0));
        let bottom = NamePlace::Below.margin();
        let plot = Plot::within(size, scale, [22.0, right, bottom, LEFT_MARGIN]);
        let inset = (8.0 * scale).min(plot.width() / 4.0);
        let last = (FACTORS.len() - 1) as f64;
        let x = Axis::linear(0.0, last, plot.left + inset, plot.right - inset);
        Layout {
            y: self.upright(&plot),
            x,
            plot,
        }
    }

    fn upright(&self, plot: &Plot) -> Axis {
        let start = self.of.map_or(&[][..], |of| &of.start);
        let now = self.newest().iter();
        let bands = now.flat_map(|side| side.low.iter().chain(&side.high));
        let all = bands.chain(start.iter().flat_map(|side| &side.last));
        let losses = all.map(|loss| f64::from(*loss)).filter(|loss| *loss > 0.0);
        match extent(losses) {
            Some((low, high)) if high > LOGARITHMIC_FROM * low => {
                let high = high.min(low * MOST_SPAN);
                Axis::logarithmic(low * 0.9, high * 1.1, plot.bottom, plot.top)
            }
            Some((low, high)) => {
                let margin = (high - low) * 0.06;
                Axis::linear(low - margin, high + margin, plot.bottom, plot.top)
            }
            None => Axis::linear(0.0, 1.0, plot.bottom, plot.top),
        }
    }

    /// The newest state, the edges of the band, and the start.
    fn draw_lines(&self, painter: &mut Painter, side: &Landscape, x: &Axis, y: &Axis) {
        let color = painter.theme.run(usize::from(side.side)).0;
        let shape = [Shape::Square, Shape::Triangle][usize::from(side.side.min(1))];
        for edge in [&side.low, &side.high] {
            painter.line(&points(edge, x, y), 1.0, Stroke::Solid, color);
        }
        if let Some(of) = self.of.filter(|of| of.now.is_some())
            && let Some(start) = of.start.iter().find(|start| start.side == side.side)
        {
            painter.line(&points(&start.last, x, y), 1.25, Stroke::Dashed, color);
        }
        let newest = points(&side.last, x, y);
        painter.line(&newest, 2.0, Stroke::Solid, color);
        let place = self.newest().iter().position(|one| one.side == side.side);
        for (column, at) in newest.into_iter().enumerate() {
            let is_selected = Some((column, place.unwrap_or_default())) == self.selected;
            painter.mark(shape, at, if is_selected { 6.0 } else { 3.5 }, color);
        }
    }
}

/// Where a step size stands that may lie between those measured.
fn place(factor: f64) -> f64 {
    place_among(FACTORS.iter().copied(), factor)
}

/// Where a loss stands; what is not finite stands at the upper edge.
fn height(y: &Axis, loss: f32) -> f64 {
    y.px(if loss.is_nan() {
        f64::INFINITY
    } else {
        f64::from(loss)
    })
}

fn points(losses: &[f32], x: &Axis, y: &Axis) -> Vec<Point> {
    let places = losses.iter().enumerate();
    places
        .map(|(column, loss)| (x.px(column as f64), height(y, *loss)))
        .collect()
}

/// How much of the chart a band takes.
fn width(side: &Landscape, y: &Axis) -> f64 {
    let bands = side.low.iter().zip(&side.high);
    bands
        .map(|(low, high)| height(y, *low) - height(y, *high))
        .sum()
}

fn draw_area(painter: &mut Painter, side: &Landscape, x: &Axis, y: &Axis) {
    let mut outline = points(&side.low, x, y);
    outline.extend(points(&side.high, x, y).into_iter().rev());
    let pale = painter.theme.run(usize::from(side.side)).1;
    painter.polygon(&outline, pale);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{check, texts};
    use crate::measured::Measured;

    const SIZE: Point = (360.0, 240.0);

    fn side(side: u8, losses: &[f32]) -> Landscape {
        let count = FACTORS.len();
        let take = |from: usize| losses.iter().cycle().skip(from).take(count).copied();
        let take = |from| take(from).map(f32::abs).collect::<Vec<f32>>();
        let (one, other) = (take(0), take(3));
        let pairs = || one.iter().zip(&other);
        Landscape {
            side,
            rate: 0.1,
            loss: losses[0].abs(),
            low: pairs().map(|(a, b)| a.min(*b)).collect(),
            high: pairs().map(|(a, b)| a.max(*b)).collect(),
            last: one.clone(),
            rise: other.clone(),
            smoothness: 3.0,
            diverged_at: None,
        }
    }

    fn of(losses: &[f32], has_now: bool) -> Landscapes {
        let sides = |from: usize| vec![side(0, &losses[from..]), side(1, &losses[from + 1..])];
        Measured {
            start: sides(0),
            now: has_now.then(|| (200, sides(2))),
        }
    }

    fn chart(of: Option<&Landscapes>) -> LossLandscape<'_> {
        LossLandscape {
            of,
            names: ["A", "B"],
            x_name: "step size",
            y_name: "loss",
            selected: Some((2, 1)),
            guess: None,
        }
    }

    #[test]
    fn any_landscape_is_drawn_within() {
        // Each dash counts.
        check(
            200,
            &["step size", "loss", "¼", "1", "A", "B"],
            |case, draw| {
                for has_now in [false, true] {
                    let of = (case.points.len() > 30).then(|| of(&case.points, has_now));
                    draw(&chart(of.as_ref()));
                }
            },
        );
    }

    #[test]
    fn losses_far_apart_stand_on_a_logarithmic_axis() {
        let has = |losses: &[f32], wanted: &str| {
            let of = of(losses, true);
            let texts = texts(&chart(Some(&of)), (360, 240));
            assert!(
                texts.iter().any(|text| text == wanted),
                "{wanted}: {texts:?}"
            );
        };
        has(&[0.4, 0.6, 0.5, 0.7, 0.65, 0.45], "0.5");
        has(&[0.4, 800.0, 0.5, 9.0, 0.65, 0.45], "100");
    }

    #[test]
    fn a_point_is_found_on_its_line() {
        let of = of(&[0.4, 0.6, 0.5, 0.7, 0.65, 0.45], true);
        let chart = chart(Some(&of));
        let Layout { x, y, .. } = chart.layout(SIZE, 1.0);
        for column in 0..FACTORS.len() {
            for side in chart.newest() {
                let at = (x.px(column as f64), height(&y, side.last[column]));
                let Some(Hover::Cell { place }) = chart.locate(SIZE, at) else {
                    panic!("nothing at {at:?}");
                };
                assert_eq!(place / 2, column);
                // Two lines may cross there.
                let found = chart.newest()[place % 2].last[column];
                assert_eq!(height(&y, found), at.1);
            }
        }
        assert_eq!(chart.locate(SIZE, (1.0, 1.0)), None);
    }
}
