//! Devices as boxes with what each normalised by, what they send each other above and below: statistics, gradients. One more
//! box has the whole batch and sends nothing.

use crate::charts::Chart;
use crate::charts::frame::plot::LABEL_SIZE;
use crate::charts::paint::painter::{Painter, Point, Stroke};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::Rgb;
use crate::devices::{BoxWords, Comparison, LayerMoments};
use crate::format;
use crate::small_sort::Bound;

/// From line to line in a box, css pixels.
const LINE: f64 = 16.0;
/// Lines of a box.
const LINES: usize = 4;
/// Height of an arrow.
const ARROW: f64 = 16.0;
/// Between boxes.
const GAP: f64 = 5.0;
/// No box is wider.
const WIDEST: f64 = 72.0;

/// The devices of one way to share.
#[derive(Clone, Copy, Debug)]
pub struct DeviceBoxes<'a> {
    /// All ways, as far as they are trained.
    pub of: &'a Comparison,
    /// Which of them is shown.
    pub way: usize,
    /// Whose moments stand in the boxes: a hidden layer and a unit, from 0.
    pub layer: usize,
    /// See `layer`.
    pub unit: usize,
    /// What stands beside them.
    pub words: &'a BoxWords,
}

/// One box: its name, its rows, mean and variance.
struct Column {
    name: String,
    rows: String,
    moments: Option<[f32; 2]>,
}

/// Where things lie, device pixels.
struct Layout {
    /// Of the first box; words begin there.
    left: f64,
    /// Of each box, and from one to the next.
    width: f64,
    stride: f64,
    /// From line to line.
    line: f64,
    /// Upper and lower edges of the boxes, and the lines that join them.
    boxes: [f64; 2],
    buses: [f64; 2],
}

impl Chart for DeviceBoxes<'_> {
    fn draw(&self, painter: &mut Painter) {
        painter.clear();
        let columns = self.columns();
        let Layout {
            left,
            width,
            stride,
            line,
            boxes: [top, bottom],
            buses: [head, foot],
        } = self.layout(painter, columns.len());
        let (text, muted) = (painter.theme.text, painter.theme.muted);
        let (start, upper) = (Align::Start, Baseline::Top);
        for (place, name) in self.words.rows.iter().enumerate() {
            let y = top + line * (place as f64 + 0.5) + painter.px(2.0);
            let at = (painter.px(2.0), y);
            painter.text(name, at, LABEL_SIZE, muted, start, Baseline::Middle);
        }
        // The last stands apart, and sends nothing.
        let devices = columns.len() - 1;
        let apart = painter.px(GAP);
        let from = |place: usize| {
            let apart = if place == devices { apart } else { 0.0 };
            left + place as f64 * stride + apart
        };
        let middles: Vec<f64> = (0..devices)
            .map(|place| from(place) + width / 2.0)
            .collect();
        let [forward, backward, gradients] = self.of.ways[self.way].bytes;
        let edge = painter.px(1.0);
        let shown = painter.theme.run_b;
        for (ends, sends, color) in [
            ((head, top - edge), forward + backward > 0, shown),
            ((foot, bottom + edge), gradients > 0, muted),
        ] {
            bus(painter, &middles, ends, sends.then_some(color));
        }
        for (place, column) in columns.iter().enumerate() {
            let corners = [(from(place), top), (from(place) + width, bottom)];
            draw_box(painter, column, corners, place == devices);
        }
        let below = foot + painter.px(4.0);
        let above = painter.px(1.0);
        for (words, y, color) in [
            (&self.words.statistics, above, text),
            (&self.words.gradients, below, text),
            (&self.words.of, below + line, muted),
        ] {
            painter.text(words, (left, y), LABEL_SIZE, color, start, upper);
        }
    }
}

impl DeviceBoxes<'_> {
    fn layout(&self, painter: &Painter, columns: usize) -> Layout {
        let names = self.words.rows.iter();
        let gutter = names.fold(0.0, |most: f64, name| {
            most.max(text_width(name, LABEL_SIZE))
        });
        let left = painter.px(gutter + 8.0).min(painter.width * 0.4);
        let (gap, line) = (painter.px(GAP), painter.px(LINE));
        let room = (painter.width - left - gap) / columns as f64 - gap;
        let width = room.bound(1.0, painter.px(WIDEST));
        let head = line + painter.px(3.0);
        let top = head + painter.px(ARROW);
        let bottom = top + line * LINES as f64 + painter.px(4.0);
        Layout {
            left,
            width,
            stride: width + gap,
            line,
            boxes: [top, bottom],
            buses: [head, bottom + painter.px(ARROW)],
        }
    }

    fn columns(&self) -> Vec<Column> {
        let way = &self.of.ways[self.way];
        let devices = self
            .of
            .shards
            .iter()
            .enumerate()
            .map(|(place, rows)| Column {
                name: (place + 1).to_string(),
                rows: rows.to_string(),
                moments: way
                    .devices
                    .get(place)
                    .and_then(|device| self.moments(&device.layers)),
            });
        let whole = Column {
            name: self.words.whole.to_owned(),
            rows: self.of.shards.iter().sum::<usize>().to_string(),
            moments: self.moments(&way.whole),
        };
        devices.chain([whole]).collect()
    }

    fn moments(&self, layers: &[LayerMoments]) -> Option<[f32; 2]> {
        let layer = layers.get(self.layer)?;
        Some([*layer.mean.get(self.unit)?, *layer.variance.get(self.unit)?])
    }
}

/// A number in so much room: with fewer digits where there is little.
fn number(value: f32, room: f64, px: f64) -> String {
    let value = f64::from(value);
    let all = [
        format::value(value),
        format::short(value),
        format!("{value:.1}").replace('-', "−"),
    ];
    let fits = |text: &&String| text_width(text, LABEL_SIZE) * px <= room;
    let fitting = all.iter().find(fits);
    fitting.or(all.last()).cloned().unwrap_or_default()
}

fn draw_box(painter: &mut Painter, column: &Column, [from, to]: [Point; 2], is_whole: bool) {
    let (text, grid, axis) = (painter.theme.text, painter.theme.grid, painter.theme.axis);
    match is_whole {
        true => frame(painter, from, to, axis),
        false => painter.rectangle(from, to, grid),
    }
    let (middle, line) = ((from.0 + to.0) / 2.0, painter.px(LINE));
    let room = to.0 - from.0 - painter.px(2.0);
    let px = painter.px(1.0);
    let moments = [0, 1].map(|of| match column.moments {
        Some(moments) => number(moments[of], room, px),
        None => "–".to_owned(),
    });
    let lines = [&column.name, &column.rows, &moments[0], &moments[1]];
    for (place, of) in lines.into_iter().enumerate() {
        let at = (
            middle,
            from.1 + line * (place as f64 + 0.5) + painter.px(2.0),
        );
        let (center, baseline) = (Align::Middle, Baseline::Middle);
        match place {
            0 => painter.strong(of, at, LABEL_SIZE, text, center, baseline),
            _ => painter.text(of, at, LABEL_SIZE, text, center, baseline),
        }
    }
}

fn frame(painter: &mut Painter, from: Point, to: Point, color: Rgb) {
    let outline = [from, (to.0, from.1), to, (from.0, to.1), from];
    painter.line(&outline, 1.0, Stroke::Dotted, color);
}

/// The line that all are joined to, from `bus` to the boxes' edge; pale and without heads where nothing is sent.
fn bus(painter: &mut Painter, middles: &[f64], (bus, edge): (f64, f64), color: Option<Rgb>) {
    let (Some(first), Some(last)) = (middles.first(), middles.last()) else {
        return;
    };
    let shown = color.unwrap_or(painter.theme.grid);
    painter.line(&[(*first, bus), (*last, bus)], 2.0, Stroke::Solid, shown);
    let head = painter.px(4.0);
    for x in middles {
        painter.line(&[(*x, bus), (*x, edge)], 1.5, Stroke::Solid, shown);
        if color.is_some() {
            let back = if edge > bus { -head } else { head };
            for (tip, back) in [(edge, back), (bus, -back)] {
                let base = tip + back * 1.4;
                let sides = [(*x - head, base), (*x, tip), (*x + head, base)];
                painter.polygon(&sides, shown);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{check, texts};
    use crate::devices::{Compared, DeviceOptions, OneDevice, box_words};
    use crate::i18n::Lang;
    use batchnorm_lab::settings::Settings;

    fn of(count: usize, number: f32) -> Comparison {
        let options = DeviceOptions {
            count,
            is_unequal: true,
        };
        let mut all = Comparison::new(options.shards(32));
        let moments = |number| {
            vec![LayerMoments {
                mean: vec![number],
                variance: vec![number * number],
            }]
        };
        let devices = all.shards.iter().enumerate();
        let devices = devices.map(|(place, rows)| OneDevice {
            rows: *rows,
            layers: moments(number * (place as f32 - 1.0)),
        });
        let devices = devices.collect();
        all.take(
            0,
            Compared {
                step: 100,
                parameters: [&[1.0], &[1.0]],
                devices,
                whole: moments(number),
                bytes: [396, 384, 2820],
            },
        );
        all
    }

    fn words(all: &Comparison) -> BoxWords {
        box_words(Lang::En, all, 0, &Settings::default())
    }

    #[test]
    fn any_devices_are_drawn_within() {
        check(160, &["device", "rows", "σ²", "16"], |case, draw| {
            for count in [2, 4, 8] {
                let number = case.points.first().copied().unwrap_or(0.5);
                for (all, way) in [(of(count, number), 0), (Comparison::new(vec![16; 2]), 3)] {
                    let words = words(&all);
                    draw(&DeviceBoxes {
                        of: &all,
                        way,
                        layer: 0,
                        unit: 0,
                        words: &words,
                    });
                    if case.name == "Normal 300" && way == 3 {
                        return;
                    }
                }
            }
        });
    }

    #[test]
    fn bytes_stand_beside_what_sends_them() {
        let all = of(4, 0.25);
        let words = words(&all);
        let chart = DeviceBoxes {
            of: &all,
            way: 0,
            layer: 0,
            unit: 0,
            words: &words,
        };
        let texts = texts(&chart, (340, 200)).join("|");
        for wanted in ["396", "384", "2 820", "−0.25", "0.0625"] {
            let wanted = wanted.replace(' ', "\u{202f}");
            assert!(texts.contains(&wanted), "{wanted}: {texts}");
        }
    }
}
