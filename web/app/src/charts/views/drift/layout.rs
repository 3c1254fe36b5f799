//! Where the cells of the drift chart lie, and their scales. Draws nothing.

use crate::charts::frame::axis::{Axis, extent};
use crate::charts::frame::plot::{LEFT_MARGIN, Plot};
use crate::charts::paint::painter::Point;
use crate::measured::Drift;

/// Of a line of names, css pixels.
pub(super) const NAME_ROW: f64 = 16.0;
/// A run whose values reach so many times further than the other's leaves the scale that both would share.
const EXPLODED: f64 = 20.0;

/// See the module.
pub(super) struct Layout {
    /// Hidden layers, one a column.
    pub depth: usize,
    /// Between two columns, device pixels.
    pub gap: f64,
    /// All cells together.
    area: Plot,
    /// Of each row: its top and its bottom.
    rows: Vec<(f64, f64)>,
    last: f64,
    band: (f64, f64),
    most: f64,
}

impl Layout {
    pub(super) fn new(sides: &[Drift], size: Point, scale: f64) -> Self {
        let depth = sides.iter().map(Drift::depth).fold(0, usize::max);
        let margins = [NAME_ROW, 10.0, 4.0 + NAME_ROW, LEFT_MARGIN];
        let area = Plot::within(size, scale, margins);
        // Above each row stands its name.
        let (count, name) = (sides.len() + 1, (NAME_ROW + 6.0) * scale);
        let height = ((area.height() / count as f64) - name).max(1.0);
        let rows = (0..count).map(|row| {
            let bottom = area.top + (row + 1) as f64 * area.height() / count as f64;
            (bottom - height, bottom)
        });
        let steps = sides.iter().filter_map(|side| side.states.last());
        let last = steps.map(|(step, _)| *step).fold(1, u64::max);
        let gap = (if depth > 8 { 4.0 } else { 12.0 }) * scale;
        Self {
            gap: gap.min(area.width() / (2.0 * depth.max(1) as f64)),
            rows: rows.collect(),
            last: last as f64,
            band: span(sides),
            most: most(sides),
            area,
            depth,
        }
    }

    pub(super) fn column(&self, layer: usize) -> Plot {
        let each = (self.area.width() + self.gap) / self.depth.max(1) as f64;
        let left = self.area.left + layer as f64 * each;
        Plot {
            left,
            right: (left + each - self.gap).max(left + 1.0),
            ..self.area
        }
    }

    /// The cell of a layer in a row.
    pub(super) fn plot(&self, layer: usize, row: usize) -> Plot {
        let (top, bottom) = self.rows[row];
        Plot {
            top,
            bottom,
            ..self.column(layer)
        }
    }

    /// Each row, over all columns.
    pub(super) fn rows(&self) -> impl Iterator<Item = Plot> + '_ {
        let whole = |(top, bottom): &(f64, f64)| Plot {
            top: *top,
            bottom: *bottom,
            ..self.area
        };
        self.rows.iter().map(whole)
    }

    /// Steps of a column.
    pub(super) fn x(&self, layer: usize) -> Axis {
        let column = self.column(layer);
        Axis::linear(0.0, self.last, column.left, column.right)
    }

    /// The scale that all bands share, in a row.
    pub(super) fn band(&self, row: usize) -> Axis {
        let (top, bottom) = self.rows[row];
        Axis::linear(self.band.0, self.band.1, bottom, top)
    }

    /// The scale of the last row.
    pub(super) fn drift(&self) -> Axis {
        let (top, bottom) = self.rows[self.rows.len() - 1];
        Axis::linear(0.0, self.most, bottom, top)
    }

    /// The layer and the row that lie there.
    pub(super) fn cell_at(&self, point: Point) -> Option<(usize, usize)> {
        let mut cells =
            (0..self.depth).flat_map(|layer| (0..self.rows.len()).map(move |row| (layer, row)));
        cells.find(|(layer, row)| {
            let plot = self.plot(*layer, *row);
            let half = self.gap / 2.0;
            let wide = Plot {
                left: plot.left - half,
                right: plot.right + half,
                ..plot
            };
            wide.contains(point)
        })
    }
}

fn span(sides: &[Drift]) -> (f64, f64) {
    let of = |side: &Drift| {
        let layers = side.states.iter().flat_map(|(_, layers)| layers);
        let ends = layers.flat_map(|of| [of.mean - of.deviation, of.mean + of.deviation]);
        extent(ends.map(f64::from))
    };
    let far = |(low, high): (f64, f64)| high.max(-low);
    let all: Vec<(f64, f64)> = sides.iter().filter_map(of).collect();
    let near = all
        .iter()
        .map(|ends| far(*ends))
        .fold(f64::INFINITY, f64::min);
    let own = all
        .into_iter()
        .map(|(low, high)| match far((low, high)) > EXPLODED * near {
            true => (low.max(-2.0 * near), high.min(2.0 * near)),
            false => (low, high),
        });
    let both = own.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (low, high) = both.unwrap_or((-1.0, 1.0));
    let margin = (high - low) * 0.04;
    (low - margin, high + margin)
}

fn most(sides: &[Drift]) -> f64 {
    let of = |side: &Drift| {
        let layers = side.states.iter().flat_map(|(_, layers)| layers);
        extent(layers.map(|of| f64::from(of.drift))).map(|(_, high)| high)
    };
    let all: Vec<f64> = sides
        .iter()
        .filter_map(of)
        .filter(|most| *most > 0.0)
        .collect();
    let near = all.iter().copied().fold(f64::INFINITY, f64::min);
    let most = all.iter().map(|most| match *most > EXPLODED * near {
        true => 2.0 * near,
        false => *most,
    });
    let most = most.fold(0.0, f64::max);
    if most > 0.0 { most * 1.05 } else { 1.0 }
}
