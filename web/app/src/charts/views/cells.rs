//! Values of a layer as small maps: rows below each other, channels beside each other, or a sequence's steps along a band. The
//! cells that share their statistics with the one that is looked at stand out; all others are pale.

use crate::cells::{Cells, Form};
use crate::charts::frame::plot::LABEL_SIZE;
use crate::charts::paint::painter::{Painter, Point};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::mix;
use crate::charts::{Chart, Hover};
use crate::small_sort::Bound;

/// Room for the names of rows and of channels, css pixels.
const LEFT: f64 = 30.0;
const TOP: f64 = 20.0;
/// Between maps.
const GAP: f64 = 4.0;

/// Values of a layer.
#[derive(Clone, Copy, Debug)]
pub struct CellsChart<'a> {
    /// The values and the cell that is looked at.
    pub of: &'a Cells,
    /// Of which run it is, by whose colour it is drawn.
    pub side: usize,
    /// Whether the maps of others, which are lit or pale as a whole, are drawn without their values: a picture of fewer marks.
    pub is_plain: bool,
}

/// Where cells lie, device pixels.
struct Layout {
    left: f64,
    top: f64,
    /// From map to map.
    pitch: Point,
    /// A cell of a map.
    cell: Point,
    /// Cells of a map across and down.
    map: [usize; 2],
    /// Maps across and down.
    maps: [usize; 2],
}

impl CellsChart<'_> {
    fn layout(&self, (width, height): Point, scale: f64) -> Layout {
        let layer = &self.of.layer;
        let side = square(layer.positions);
        let (map, maps) = match self.of.form {
            Form::Image => (side, [layer.channels, layer.shown()]),
            Form::Sequence => ([layer.positions, layer.channels], [1, layer.shown()]),
        };
        let (left, top) = (
            (LEFT * scale).min(width * 0.3),
            (TOP * scale).min(height * 0.3),
        );
        let share = |room: f64, count: usize| (room / count.max(1) as f64).max(1e-3);
        let pitch = (share(width - left, maps[0]), share(height - top, maps[1]));
        let gap = (GAP * scale).min(pitch.0 * 0.3).min(pitch.1 * 0.3);
        let fitting = (share(pitch.0 - gap, map[0]), share(pitch.1 - gap, map[1]));
        // Pixels of an image are square.
        let cell = match self.of.form {
            Form::Image => (fitting.0.min(fitting.1), fitting.0.min(fitting.1)),
            Form::Sequence => fitting,
        };
        let pitch = match self.of.form {
            Form::Image => (cell.0 * map[0] as f64 + gap, cell.1 * map[1] as f64 + gap),
            Form::Sequence => pitch,
        };
        Layout {
            left,
            top,
            pitch,
            cell,
            map,
            maps,
        }
    }

    /// Where a cell's upper left corner is.
    fn corner(&self, layout: &Layout, place: usize) -> Point {
        let [row, channel, position] = self.of.layer.parts(place);
        let ([across, down], column) = match self.of.form {
            Form::Image => (
                [
                    position % layout.map[0].max(1),
                    position / layout.map[0].max(1),
                ],
                channel,
            ),
            Form::Sequence => ([position, channel], 0),
        };
        (
            layout.left + layout.pitch.0 * column as f64 + layout.cell.0 * across as f64,
            layout.top + layout.pitch.1 * row as f64 + layout.cell.1 * down as f64,
        )
    }

    fn draw_names(&self, painter: &mut Painter, layout: &Layout) {
        let (text, muted) = (painter.theme.text, painter.theme.muted);
        let ends = [
            layout.cell.0 * layout.map[0] as f64,
            layout.cell.1 * layout.map[1] as f64,
        ];
        for row in 0..layout.maps[1] {
            let y = layout.top + layout.pitch.1 * row as f64 + ends[1] / 2.0;
            let label = ["n", &(row + 1).to_string()].join(" ");
            painter.text(
                &label,
                (0.0, y),
                LABEL_SIZE,
                muted,
                Align::Start,
                Baseline::Middle,
            );
        }
        let baseline = layout.top - painter.px(4.0);
        let letter = painter.px(LABEL_SIZE);
        let has_room = text_width("c 8", letter) + letter < layout.pitch.0;
        for column in 0..layout.maps[0] {
            let x = layout.left + layout.pitch.0 * column as f64;
            let (label, at, align) = match self.of.form {
                Form::Image => {
                    let number = (column + 1).to_string();
                    // The first says what the others are.
                    let name = match has_room || column == 0 {
                        true => ["c", &number].join(" "),
                        false => number,
                    };
                    (name, x + ends[0] / 2.0, Align::Middle)
                }
                Form::Sequence => ("t →   c ↓".to_owned(), x, Align::Start),
            };
            painter.text(
                &label,
                (at, baseline),
                LABEL_SIZE,
                text,
                align,
                Baseline::Bottom,
            );
        }
    }
}

/// Width and height of an image of so many pixels: square, or a line where they make no square.
fn square(positions: usize) -> [usize; 2] {
    let side = (positions as f64).sqrt().round() as usize;
    match side * side == positions {
        true => [side, side],
        false => [positions, 1],
    }
}

impl Chart for CellsChart<'_> {
    fn draw(&self, painter: &mut Painter) {
        let layout = self.layout(painter.size(), painter.scale);
        let layer = &self.of.layer;
        let end = layer.place([layer.shown(), 0, 0]).min(layer.values.len());
        let values = &layer.values[..end];
        let lit = self.of.lit();
        let is_lit = |place: usize| lit.iter().any(|run| run.contains(&place));
        painter.clear();
        let most = values
            .iter()
            .filter(|v| v.is_finite())
            .fold(0.0_f32, |most, v| most.max(v.abs()));
        let most = f64::from(most).max(1e-9);
        let (background, grid) = (painter.theme.background, painter.theme.grid);
        let (full, warm) = (painter.theme.run(self.side).0, painter.theme.text);
        for (place, value) in values.iter().enumerate() {
            let (x, y) = self.corner(&layout, place);
            if self.is_plain && !is_lit(place) {
                if self.of.layer.parts(place)[2] == 0 {
                    let [across, down] = layout.map.map(|count| count as f64);
                    let end = (x + layout.cell.0 * across, y + layout.cell.1 * down);
                    painter.rectangle((x, y), end, grid);
                }
                continue;
            }
            let share = (f64::from(*value) / most).bound(-1.0, 1.0);
            // Below 0 towards the text's colour, above towards the run's.
            let color = match is_lit(place) {
                true if share < 0.0 => mix(grid, warm, 0.15 + 0.85 * share.abs()),
                true => mix(grid, full, 0.15 + 0.85 * share),
                false => mix(background, grid, 0.3 + 0.7 * share.abs()),
            };
            painter.rectangle((x, y), (x + layout.cell.0, y + layout.cell.1), color);
        }
        self.draw_names(painter, &layout);
        if !values.is_empty() {
            let (x, y) = self.corner(&layout, self.of.at);
            let middle = (x + layout.cell.0 / 2.0, y + layout.cell.1 / 2.0);
            let radius = layout.cell.0.max(layout.cell.1) / painter.scale / 2.0 + 3.0;
            let (warn, text) = (painter.theme.affine, painter.theme.background);
            painter.ring(middle, radius + 1.5, 1.5, text);
            painter.ring(middle, radius, 2.0, warn);
        }
    }

    fn locate(&self, size: Point, (x, y): Point) -> Option<Hover> {
        let layout = self.layout(size, 1.0);
        let layer = &self.of.layer;
        let (across, down) = (x - layout.left, y - layout.top);
        if across < 0.0 || down < 0.0 || layer.values.is_empty() {
            return None;
        }
        let map = [
            (across / layout.pitch.0) as usize,
            (down / layout.pitch.1) as usize,
        ];
        if map[0] >= layout.maps[0] || map[1] >= layout.maps[1] {
            return None;
        }
        let inside = (
            across - layout.pitch.0 * map[0] as f64,
            down - layout.pitch.1 * map[1] as f64,
        );
        let cell = [
            ((inside.0 / layout.cell.0) as usize).min(layout.map[0] - 1),
            ((inside.1 / layout.cell.1) as usize).min(layout.map[1] - 1),
        ];
        let place = layer.place(match self.of.form {
            Form::Image => [map[1], map[0], cell[1] * layout.map[0] + cell[0]],
            Form::Sequence => [map[1], cell[1], cell[0]],
        });
        Some(Hover::Cell { place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::{Kind, LayerValues};
    use crate::charts::support::check;

    fn values(rows: usize, channels: usize, positions: usize) -> LayerValues {
        let count = rows * channels * positions;
        LayerValues {
            rows,
            channels,
            positions,
            values: (0..count).map(|place| (place as f32 * 0.7).sin()).collect(),
        }
    }

    fn cells(layer: LayerValues, form: Form) -> Cells {
        Cells {
            at: layer.values.len() / 2,
            layer,
            step: 0,
            form,
            kind: Kind::Group,
            groups: 2,
        }
    }

    #[test]
    fn any_layer_is_drawn_within_and_every_cell_is_found_where_it_is() {
        check(700, &["n 1"], |_, show| {
            for form in [Form::Image, Form::Sequence] {
                show(&CellsChart {
                    of: &cells(values(3, 4, 16), form),
                    side: 1,
                    is_plain: form == Form::Image,
                });
            }
        });
        for (form, of) in [
            (Form::Image, values(3, 4, 16)),
            (Form::Sequence, values(2, 4, 10)),
            (Form::Image, values(2, 2, 5)),
        ] {
            let of = cells(of, form);
            let chart = CellsChart {
                of: &of,
                side: 0,
                is_plain: false,
            };
            let size = (430.0, 260.0);
            let layout = chart.layout(size, 1.0);
            for place in 0..of.layer.values.len() {
                let (x, y) = chart.corner(&layout, place);
                let at = (x + layout.cell.0 / 2.0, y + layout.cell.1 / 2.0);
                assert_eq!(chart.locate(size, at), Some(Hover::Cell { place }));
            }
            assert_eq!(chart.locate(size, (5.0, 5.0)), None);
        }
    }
}
