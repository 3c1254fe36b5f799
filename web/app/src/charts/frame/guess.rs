//! A line that was guessed before anything was measured: dotted, under what then is. Knows no chart.

use super::axis::Axis;
use crate::charts::paint::painter::{Painter, Point, Stroke};
use crate::charts::paint::theme::Rgb;
use batchnorm_lab::numeric::decimal;

/// The line in the values of a chart's axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// How it is called.
    pub name: String,
    /// From left to right.
    pub points: Vec<(f64, f64)>,
}

impl Guess {
    /// What the embedding page gave, `chart|name|x y|x y…`, if it is of that chart.
    pub fn of(text: &str, chart: &str) -> Option<Self> {
        let mut parts = text.split('|');
        if parts.next() != Some(chart) {
            return None;
        }
        let name = parts.next()?.to_owned();
        let point = |text: &str| {
            let (x, y) = text.split_once(' ')?;
            Some((decimal::parse(x)?, decimal::parse(y)?))
        };
        Some(Self {
            name,
            points: parts.filter_map(point).collect(),
        })
    }

    /// Draws it where `place` puts its values on the level axis, and gives its label.
    pub(crate) fn draw(
        &self,
        painter: &mut Painter,
        (x, y): (&Axis, &Axis),
        place: impl Fn(f64) -> f64,
    ) -> (&str, Rgb, f64) {
        let at = |(level, upright): &(f64, f64)| (x.px(place(*level)), y.px(*upright));
        let points: Vec<Point> = self.points.iter().map(at).collect();
        let color = painter.theme.muted;
        painter.line(&points, 2.0, Stroke::Dotted, color);
        (&self.name, color, points.last().map_or(f64::NAN, |at| at.1))
    }
}

/// Where a value stands among growing ones that are as far from each other on the page: between two, by its ratio to them.
pub(crate) fn place_among(values: impl Iterator<Item = f64>, value: f64) -> f64 {
    let values: Vec<f64> = values.collect();
    let after = values.iter().position(|one| *one >= value);
    match after {
        Some(0) => 0.0,
        Some(after) => {
            let (from, to) = (values[after - 1], values[after]);
            after as f64 - 1.0 + (value / from).ln() / (to / from).ln()
        }
        None => values.len().saturating_sub(1) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_is_read_for_its_own_chart_alone() {
        let text = "sweep-chart|your guess|2 0.5|128 -1e-3|a b";
        let read = Guess::of(text, "sweep-chart").unwrap();
        assert_eq!(read.name, "your guess");
        assert_eq!(read.points, [(2.0, 0.5), (128.0, -1e-3)]);
        assert_eq!(Guess::of(text, "sweep"), None);
        assert_eq!(Guess::of("", "sweep-chart"), None);
    }

    #[test]
    fn a_value_stands_between_its_neighbours_by_its_ratio() {
        let place = |value| place_among([2.0, 8.0, 128.0].into_iter(), value);
        for (value, at) in [
            (1.0, 0.0),
            (2.0, 0.0),
            (4.0, 0.5),
            (8.0, 1.0),
            (32.0, 1.5),
            (999.0, 2.0),
        ] {
            assert!(
                (place(value) - at).abs() < 1e-12,
                "{value}: {}",
                place(value)
            );
        }
    }
}
