//! What the activations of each hidden layer are given, over the steps: a column for each layer, a row for each run with its
//! mean and a band of one standard deviation to each side, all on one scale; below, how far that has moved.

mod layout;

use self::layout::Layout;
use crate::charts::frame::axis::Axis;
use crate::charts::frame::plot::{LABEL_SIZE, Plot, TICK_SIZE, draw_y_axis};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::{fit, text_width};
use crate::charts::{Chart, Hover};
use crate::measured::{Drift, Drifts};
use batchnorm_lab::measure::LayerDrift;

/// Drift over time.
#[derive(Clone, Copy, Debug)]
pub struct DriftOverTime<'a> {
    /// What was measured; nothing before that.
    pub of: Option<&'a Drifts>,
    /// Names of side A and side B.
    pub names: [&'a str; 2],
    /// What a row of bands shows, e.g. `mean ± std`.
    pub band: &'a str,
    /// What the last row shows.
    pub drift: &'a str,
    /// Names of the layers; where they find no room, their numbers stand alone.
    pub layers: &'a [String],
    /// Name of the step axis.
    pub x_name: &'a str,
    /// What is read: a state's place; a layer's place times the sides shown, and a side's place among these.
    pub selected: Option<(usize, usize)>,
}

impl Chart for DriftOverTime<'_> {
    fn draw(&self, painter: &mut Painter) {
        let sides = self.sides();
        let layout = Layout::new(sides, painter.size(), painter.scale);
        painter.clear();
        self.draw_names(painter, &layout);
        for layer in 0..layout.depth.max(1) {
            self.draw_column(painter, &layout, layer);
        }
        self.draw_selected(painter, &layout);
    }

    /// The state nearest to a point, and the run of its row; among the drifts the one whose line is nearest there.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let sides = self.sides();
        let layout = Layout::new(sides, size, 1.0);
        let (layer, row) = layout.cell_at(point)?;
        let longest = sides.iter().max_by_key(|side| side.states.len())?;
        let step = layout.x(layer).value(point.0);
        let far = |at: u64| (at as f64 - step).abs();
        let states = longest.states.iter().enumerate();
        let (state, _) = states.min_by(|a, b| far(a.1.0).total_cmp(&far(b.1.0)))?;
        let place = match row < sides.len() {
            true => row,
            false => {
                let height = |side: &Drift| {
                    let at = side.states.get(state);
                    let at = at.and_then(|(_, layers)| layers.get(layer));
                    let drift = at.map_or(f32::NAN, |of| of.drift);
                    (layout.drift().px(f64::from(drift)) - point.1).abs()
                };
                let far = sides
                    .iter()
                    .enumerate()
                    .map(|(place, side)| (place, height(side)));
                let finite = far.filter(|(_, far)| far.is_finite());
                finite.min_by(|a, b| a.1.total_cmp(&b.1))?.0
            }
        };
        Some(Hover::Cell {
            place: state * layout.depth * sides.len() + layer * sides.len() + place,
        })
    }
}

impl DriftOverTime<'_> {
    fn sides(&self) -> &[Drift] {
        self.of.map_or(&[], |of| of.newest().1)
    }

    /// Of the rows, of the columns, of the level axis.
    fn draw_names(&self, painter: &mut Painter, layout: &Layout) {
        let text = painter.theme.text;
        let size = painter.px(LABEL_SIZE);
        let left = painter.px(2.0);
        for (row, plot) in layout.rows().enumerate() {
            let (name, color) = match self.sides().get(row) {
                Some(side) => {
                    let place = usize::from(side.side.min(1));
                    let name = [self.names[place], " · ", self.band].concat();
                    (name, painter.theme.run(place).0)
                }
                None => (self.drift.to_owned(), text),
            };
            let at = (left, plot.top - painter.px(5.0));
            let name = fit(&name, size, painter.width - 2.0 * left);
            painter.text(&name, at, LABEL_SIZE, color, Align::Start, Baseline::Bottom);
        }
        let columns: Vec<Plot> = (0..layout.depth)
            .map(|layer| layout.column(layer))
            .collect();
        let wide = columns.first().map_or(0.0, Plot::width);
        let is_full = self.layers.len() >= columns.len()
            && self.layers.iter().all(|name| text_width(name, size) < wide);
        let every = (painter.px(22.0) / (wide + layout.gap).max(1.0))
            .ceil()
            .max(1.0) as usize;
        for (layer, column) in columns.iter().enumerate().step_by(every) {
            let name = match is_full {
                true => self.layers[layer].clone(),
                false => (layer + 1).to_string(),
            };
            let at = ((column.left + column.right) / 2.0, painter.px(1.0));
            painter.text(&name, at, LABEL_SIZE, text, Align::Middle, Baseline::Top);
        }
    }

    fn draw_column(&self, painter: &mut Painter, layout: &Layout, layer: usize) {
        let x = layout.x(layer);
        let sides = self.sides();
        for (row, side) in sides.iter().enumerate() {
            let (plot, y) = (layout.plot(layer, row), layout.band(row));
            ground(painter, layer, &plot, &y);
            let (full, pale) = painter.theme.run(usize::from(side.side.min(1)));
            let line = |of: &dyn Fn(&LayerDrift) -> f32| points(side, layer, &x, &y, of);
            let mut outline = line(&|of| of.mean - of.deviation);
            outline.extend(line(&|of| of.mean + of.deviation).into_iter().rev());
            outline.retain(|(_, y)| y.is_finite());
            match outline[..] {
                // One state is no area.
                [(at, low), (_, high)] => painter.rule_down(at, high, low, 3.0, pale),
                _ => painter.polygon(&outline, pale),
            }
            painter.line(&line(&|of| of.mean), 1.75, Stroke::Solid, full);
        }
        let (plot, y) = (layout.plot(layer, sides.len()), layout.drift());
        ground(painter, layer, &plot, &y);
        for side in sides {
            let place = usize::from(side.side.min(1));
            let (full, _) = painter.theme.run(place);
            let line = points(side, layer, &x, &y, &|of| of.drift);
            painter.line(&line, 1.5, Stroke::Solid, full);
            if let Some(end) = line.iter().rfind(|(_, y)| y.is_finite()) {
                painter.mark([Shape::Square, Shape::Triangle][place], *end, 3.0, full);
            }
        }
        let is_last = layer + 1 >= layout.depth;
        draw_steps(painter, layout, &plot, &x, is_last.then_some(self.x_name));
    }

    fn draw_selected(&self, painter: &mut Painter, layout: &Layout) {
        let sides = self.sides();
        let Some((state, line)) = self.selected.filter(|_| !sides.is_empty()) else {
            return;
        };
        let (layer, place) = (line / sides.len(), line % sides.len());
        let Some((step, layers)) = sides[place].states.get(state) else {
            return;
        };
        let Some(of) = layers.get(layer) else {
            return;
        };
        let x = layout.x(layer).px(*step as f64);
        let axis = painter.theme.axis;
        for row in [place, sides.len()] {
            let plot = layout.plot(layer, row);
            painter.rule_down(x, plot.top, plot.bottom, 1.0, axis);
        }
        let run = usize::from(sides[place].side.min(1));
        let (full, _) = painter.theme.run(run);
        let shape = [Shape::Square, Shape::Triangle][run];
        let heights = [
            layout.band(place).px(f64::from(of.mean)),
            layout.drift().px(f64::from(of.drift)),
        ];
        for y in heights.into_iter().filter(|y| y.is_finite()) {
            painter.mark(shape, (x, y), 5.0, full);
        }
    }
}

/// The guides of one cell; only the first of a row says its numbers.
fn ground(painter: &mut Painter, layer: usize, plot: &Plot, y: &Axis) {
    if layer == 0 {
        draw_y_axis(painter, plot, y);
    } else {
        let grid = painter.theme.grid;
        for (value, _) in y.ticks(2) {
            painter.rule_across(y.px(value), plot.left, plot.right, 1.0, grid);
        }
    }
}

fn points(
    side: &Drift,
    layer: usize,
    x: &Axis,
    y: &Axis,
    of: &dyn Fn(&LayerDrift) -> f32,
) -> Vec<Point> {
    let states = side.states.iter();
    let points = states.map(|(step, layers)| {
        let value = layers.get(layer).map_or(f32::NAN, of);
        (x.px(*step as f64), y.px(f64::from(value)))
    });
    points.collect()
}

/// First and last step below a column, where there is room for both; of the last column the name of the axis as well, in the
/// place of the 0 if there is no other.
fn draw_steps(painter: &mut Painter, layout: &Layout, plot: &Plot, x: &Axis, name: Option<&str>) {
    let (axis, muted, text) = (painter.theme.axis, painter.theme.muted, painter.theme.text);
    painter.rule_across(plot.bottom, plot.left, plot.right, 1.0, axis);
    let (size, name_size) = (painter.px(TICK_SIZE), painter.px(LABEL_SIZE));
    let top = plot.bottom + painter.px(4.0);
    let last = crate::format::count(x.high() as u64);
    let wide = |label: &str| text_width(label, size) + 0.5 * size;
    let room = plot.width() + 0.5 * layout.gap - wide("0") - wide(&last);
    if room >= 0.0 {
        let at = (plot.right, top);
        painter.text(&last, at, TICK_SIZE, muted, Align::End, Baseline::Top);
    }
    let between = room - name.map_or(0.0, |name| text_width(name, name_size) + size);
    if room >= 0.0 && between >= 0.0 {
        let at = (plot.left, top);
        painter.text("0", at, TICK_SIZE, muted, Align::Start, Baseline::Top);
    }
    let Some(name) = name else {
        return;
    };
    let (at, align) = match (room >= 0.0, between >= 0.0) {
        (true, true) => (
            (plot.left + wide("0") + plot.right - wide(&last)) / 2.0,
            Align::Middle,
        ),
        (true, false) => (plot.right - wide(&last), Align::End),
        (false, _) => (plot.right, Align::End),
    };
    painter.text(name, (at, top), LABEL_SIZE, text, align, Baseline::Top);
}

#[cfg(test)]
mod tests;
