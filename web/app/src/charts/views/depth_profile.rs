//! How the signal goes through the depth: one figure of every hidden layer on a logarithmic axis, a line for each
//! normalisation. Solid is now, dashed the fresh network.

use crate::charts::frame::axis::{Axis, extent, number};
use crate::charts::frame::end_labels::draw_end_labels;
use crate::charts::frame::guess::Guess;
use crate::charts::frame::plot::{
    GUTTER_GAP, LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, draw_band, draw_x_ticks, draw_y_axis,
    draw_y_name,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::{Rgb, Theme};
use crate::charts::{Chart, Hover};
use crate::measured::{LayerSignal, Profile, Profiles};
use crate::small_sort::Bound;

/// Which figure of a layer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// Forward: the standard deviation of what the activation is given.
    Deviation,
    /// Backward: the norm of the gradient by the weights.
    Gradient,
}

impl Through {
    /// That figure.
    pub fn of(self, layer: &LayerSignal) -> f32 {
        match self {
            Self::Deviation => layer.deviation,
            Self::Gradient => layer.gradient,
        }
    }
}

/// One of the two figures through the depth.
#[derive(Clone, Copy, Debug)]
pub struct DepthProfile<'a> {
    /// What was measured; nothing before that.
    pub of: Option<&'a Profiles>,
    /// Which figure.
    pub through: Through,
    /// Names of the kinds.
    pub names: &'a [String],
    /// Name of the level axis.
    pub x_name: &'a str,
    /// Name of the upright axis.
    pub y_name: &'a str,
    /// What is read: a layer's place and a kind's.
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

impl Chart for DepthProfile<'_> {
    fn draw(&self, painter: &mut Painter) {
        let Layout { plot, x, y } = self.layout(painter.size(), painter.scale);
        painter.clear();
        if let Some((layer, _)) = self.selected.filter(|(layer, _)| *layer < self.depth()) {
            draw_band(painter, &plot, x.px(layer as f64 + 1.0), 5.0);
        }
        draw_y_axis(painter, &plot, &y);
        draw_y_name(painter, &plot, self.y_name);
        let ticks: Vec<(f64, String)> = (1..=self.depth())
            .map(|layer| (layer as f64, number(layer as f64, 1.0)))
            .collect();
        draw_x_ticks(painter, &plot, &x, &ticks, self.x_name, NamePlace::Below);
        if let Some(of) = self.of.filter(|of| of.now.is_some()) {
            for (place, kind) in of.start.iter().enumerate() {
                let (color, _) = style(painter.theme, &of.start, place);
                let points = self.points(kind, &x, &y);
                painter.line(&points, 1.25, Stroke::Dashed, color);
            }
        }
        let guessed = self
            .guess
            .map(|guess| guess.draw(painter, (&x, &y), |layer| layer));
        let newest = self.newest();
        let mut labels: Vec<_> = (0..newest.len())
            .map(|place| self.draw_kind(painter, newest, place, &x, &y))
            .collect();
        labels.extend(guessed);
        draw_end_labels(painter, &plot, &labels);
    }

    /// The layer nearest to a point, and the kind whose newest line is nearest there.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let Layout { plot, x, y } = self.layout(size, 1.0);
        let (newest, depth) = (self.newest(), self.depth());
        if depth == 0 || !plot.contains(point) {
            return None;
        }
        let layer = (x.value(point.0).round() as usize).clamp(1, depth) - 1;
        let far = newest.iter().enumerate().filter_map(|(place, kind)| {
            let far = (self.height(&y, kind.layers.get(layer)?) - point.1).abs();
            far.is_finite().then_some((place, far))
        });
        let (place, _) = far.min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Hover::Cell {
            place: layer * newest.len() + place,
        })
    }
}

impl DepthProfile<'_> {
    fn newest(&self) -> &[Profile] {
        self.of.map_or(&[], |of| of.newest().1)
    }

    fn depth(&self) -> usize {
        let start = self.of.map_or(&[][..], |of| &of.start);
        let depths = start.iter().map(|kind| kind.layers.len());
        depths.fold(0, usize::max)
    }

    fn layout(&self, size: Point, scale: f64) -> Layout {
        let width = size.0 / scale;
        let widest = self.names.iter().fold(0.0, |most: f64, name| {
            most.max(text_width(name, LABEL_SIZE))
        });
        let guess = self
            .guess
            .map_or(0.0, |guess| text_width(&guess.name, LABEL_SIZE));
        let widest = widest.max(guess);
        let right = (widest + GUTTER_GAP + 2.0).bound(20.0, (width * 0.32).bound(20.0, 110.0));
        let bottom = NamePlace::Below.margin();
        let plot = Plot::within(size, scale, [22.0, right, bottom, LEFT_MARGIN]);
        let depth = self.depth().max(1) as f64;
        let x = Axis::linear(0.5, depth + 0.5, plot.left, plot.right);
        let start = self.of.map_or(&[][..], |of| &of.start);
        let all = start.iter().chain(self.newest());
        let figures = all.flat_map(|kind| &kind.layers);
        let figures = figures.map(|layer| f64::from(self.through.of(layer)));
        // Whole decades, so that the axis stands still while figures wander.
        let y = match extent(figures.filter(|figure| *figure > 0.0)) {
            Some((low, high)) => {
                let high = 10_f64.powi(high.min(1e30).log10().ceil() as i32);
                let low = 10_f64.powi(low.log10().floor() as i32).max(high * 1e-12);
                Axis::logarithmic(low, high, plot.bottom, plot.top)
            }
            None => Axis::logarithmic(1e-3, 1.0, plot.bottom, plot.top),
        };
        Layout { plot, x, y }
    }

    /// A logarithmic axis has no place for 0: it stands at the lower edge.
    fn height(&self, y: &Axis, layer: &LayerSignal) -> f64 {
        let figure = f64::from(self.through.of(layer));
        match figure.is_finite() {
            true => y.px(figure),
            false => f64::NAN,
        }
    }

    fn points(&self, kind: &Profile, x: &Axis, y: &Axis) -> Vec<Point> {
        let layers = kind.layers.iter().enumerate();
        layers
            .map(|(place, layer)| (x.px(place as f64 + 1.0), self.height(y, layer)))
            .collect()
    }

    /// Draws a kind and gives its label.
    fn draw_kind(
        &self,
        painter: &mut Painter,
        kinds: &[Profile],
        place: usize,
        x: &Axis,
        y: &Axis,
    ) -> (&str, Rgb, f64) {
        let (color, shape) = style(painter.theme, kinds, place);
        let points = self.points(&kinds[place], x, y);
        painter.line(&points, 1.5, Stroke::Solid, color);
        // Lines that lie on each other are told apart by marks in turn, where there is no room for all.
        let far = (x.px(2.0) - x.px(1.0)).max(1e-3);
        let every = match far < painter.px(14.0) {
            true => kinds.len().max((painter.px(14.0) / far) as usize),
            false => 1,
        };
        for (layer, at) in points.iter().enumerate() {
            let is_selected = self.selected == Some((layer, place));
            let radius = if is_selected { 6.0 } else { 3.5 };
            let figure = f64::from(self.through.of(&kinds[place].layers[layer]));
            if !(is_selected || layer % every == place % every) {
                continue;
            }
            match y.contains(figure) {
                true => painter.mark(shape, *at, radius, color),
                // Beyond the axis.
                false => painter.hollow(shape, *at, radius, 1.25, color),
            }
        }
        let name = self.names.get(place).map_or("", String::as_str);
        (name, color, points.last().map_or(f64::NAN, |last| last.1))
    }
}

/// Colour and mark of a kind: those of the runs where it is of theirs, as in the sweep.
fn style(theme: &Theme, kinds: &[Profile], place: usize) -> (Rgb, Shape) {
    match kinds[place].kind.as_str() {
        "none" => return (theme.run_a, Shape::Square),
        "batch" => return (theme.run_b, Shape::Triangle),
        _ => {}
    }
    let before = kinds[..place].iter();
    let before = before.filter(|one| !matches!(one.kind.as_str(), "none" | "batch"));
    let others = [
        (theme.text, Shape::Circle),
        (theme.muted, Shape::Diamond),
        (theme.affine, Shape::Cross),
    ];
    others[before.count() % others.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{check, texts};
    use crate::measured::Measured;

    const KINDS: [&str; 4] = ["none", "batch", "layer", "rms"];
    const SIZE: Point = (360.0, 240.0);

    fn kinds(figures: &[f32], depth: usize) -> Vec<Profile> {
        let of = |from: usize| {
            let layers = (0..depth).map(|layer| LayerSignal {
                deviation: figures[(from + layer) % figures.len()].abs(),
                gradient: figures[(from + 2 * layer) % figures.len()].abs(),
            });
            layers.collect::<Vec<_>>()
        };
        let kind = |(place, kind): (usize, &&str)| Profile {
            kind: (*kind).into(),
            layers: of(7 * place),
            diverged_at: None,
        };
        KINDS.iter().enumerate().map(kind).collect()
    }

    fn of(figures: &[f32], depth: usize, has_now: bool) -> Profiles {
        Measured {
            start: kinds(figures, depth),
            now: has_now.then(|| (200, kinds(&figures[1..], depth))),
        }
    }

    fn show(of: Option<&Profiles>, through: Through, see: &mut dyn FnMut(&DepthProfile)) {
        see(&DepthProfile {
            of,
            through,
            names: &["none", "BN", "LN", "RMS"].map(str::to_owned),
            x_name: "layer",
            y_name: "standard deviation",
            selected: Some((1, 1)),
            guess: None,
        });
    }

    #[test]
    fn any_profile_is_drawn_within() {
        let words = ["layer", "standard deviation", "none", "BN", "LN", "RMS"];
        // Each dash counts.
        check(460, &words, |case, draw| {
            for (through, depth) in [
                (Through::Deviation, 20),
                (Through::Gradient, 50),
                (Through::Gradient, 1),
            ] {
                let of = (case.points.len() > 30).then(|| of(&case.points, depth, depth == 20));
                show(of.as_ref(), through, &mut |of| draw(of));
            }
        });
    }

    #[test]
    fn of_fifty_layers_as_many_are_named_as_find_room() {
        let of = of(&[0.3, 2.0, 0.04], 50, true);
        for (size, named) in [((200, 120), 3..=10), ((900, 240), 15..=50)] {
            show(Some(&of), Through::Deviation, &mut |of| {
                let texts = texts(of, size);
                let layers = texts.iter().filter_map(|text| text.parse::<u32>().ok());
                let layers = layers.filter(|layer| *layer > 1).count();
                assert!(named.contains(&layers), "{size:?}: {texts:?}");
            });
        }
    }

    #[test]
    fn a_point_is_found_on_its_line() {
        let of = of(&[0.3, 2.0, 0.04, 0.5, 0.7, 9.0, 0.11], 6, true);
        show(Some(&of), Through::Gradient, &mut |of| {
            let Layout { x, y, .. } = of.layout(SIZE, 1.0);
            for layer in 0..6 {
                for (place, kind) in of.newest().iter().enumerate() {
                    let at = (x.px(layer as f64 + 1.0), of.height(&y, &kind.layers[layer]));
                    let Some(Hover::Cell { place: found }) = of.locate(SIZE, at) else {
                        panic!("nothing at {at:?}");
                    };
                    assert_eq!(found / 4, layer);
                    let there = &of.newest()[found % 4].layers[layer];
                    assert_eq!(of.height(&y, there), at.1, "kind {place}");
                }
            }
        });
    }
}
