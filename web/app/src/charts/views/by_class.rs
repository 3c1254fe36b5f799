//! The values of a unit, class by class: a histogram for each class, as in training and as evaluated, for each run. Bins and
//! moments come from the worker.

use batchnorm_lab::measure::ClassValues;

use crate::charts::frame::axis::Axis;
use crate::charts::frame::plot::{LABEL_SIZE, NamePlace, Plot, TICK_SIZE, draw_x_axis};
use crate::charts::paint::painter::{Painter, Point, Shape};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::fit;
use crate::charts::paint::theme::{Rgb, mix};
use crate::charts::{Chart, Hover};
use crate::measured::SideByClass;

/// Histograms beside each other: in training, evaluated.
pub const COLUMNS: usize = 2;
/// Room above the plots and left of them, css pixels.
const ABOVE: f64 = 20.0;
const LEFT: f64 = 22.0;

/// See the module.
#[derive(Clone, Copy, Debug)]
pub struct ClassHistograms<'a> {
    /// What was measured of the runs; empty before that.
    pub of: &'a [SideByClass],
    /// Names of the columns, the first with the letter of the run.
    pub columns: [&'a str; COLUMNS],
    /// Name of the level axis.
    pub x_name: &'a str,
    /// What is read: a column and a class.
    pub selected: Option<(usize, usize)>,
    /// Which run, where several are measured and one is shown.
    pub side: u8,
}

impl Chart for ClassHistograms<'_> {
    fn draw(&self, painter: &mut Painter) {
        painter.clear();
        for column in 0..COLUMNS {
            self.draw_column(painter, column);
        }
    }

    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let classes = self.classes(0).len();
        for column in 0..COLUMNS {
            let plot = plot(size, 1.0, column);
            if classes > 0 && plot.contains(point) {
                let share = (point.1 - plot.top) / plot.height();
                let class = ((share * classes as f64) as usize).min(classes - 1);
                return Some(Hover::Cell {
                    place: column * classes + class,
                });
            }
        }
        None
    }
}

/// Where a column's rows stand.
fn plot(size: Point, scale: f64, column: usize) -> Plot {
    let half = size.0 / COLUMNS as f64;
    let below = NamePlace::Beside.margin();
    let mut plot = Plot::within((half, size.1), scale, [ABOVE, 8.0, below, LEFT]);
    plot.left += half * column as f64;
    plot.right += half * column as f64;
    plot
}

impl ClassHistograms<'_> {
    fn own(&self) -> Option<&SideByClass> {
        self.of.iter().find(|one| one.side == self.side)
    }

    fn classes(&self, column: usize) -> &[ClassValues] {
        self.own().map_or(&[], |own| match column {
            0 => &own.of.training,
            _ => &own.of.evaluated,
        })
    }

    /// The largest share of any bin: all histograms of a run have one height.
    fn most(&self) -> f32 {
        let all = (0..COLUMNS).flat_map(|column| self.classes(column));
        let shares = all.flat_map(|class| class.shares.iter().copied());
        shares
            .filter(|share| share.is_finite())
            .fold(1e-6, f32::max)
    }

    fn draw_column(&self, painter: &mut Painter, column: usize) {
        let plot = plot(painter.size(), painter.scale, column);
        let [low, high] = self.own().map_or([-3.0, 3.0], |own| own.of.ends);
        let x = Axis::linear(f64::from(low), f64::from(high), plot.left, plot.right);
        let (color, _) = painter.theme.run(usize::from(self.side));
        let color = painter.theme.letters(color);
        let left = plot.left - painter.px(LEFT - 2.0);
        let at = (left, plot.top - painter.px(5.0));
        let room = plot.right - left;
        let title = fit(self.columns[column], painter.px(LABEL_SIZE), room);
        let (start, bottom) = (Align::Start, Baseline::Bottom);
        painter.strong(&title, at, LABEL_SIZE, color, start, bottom);
        // Both have one axis: its name stands once.
        let name = if column + 1 == COLUMNS {
            self.x_name
        } else {
            ""
        };
        draw_x_axis(painter, &plot, &x, name, NamePlace::Beside);
        let classes = self.classes(column);
        let height = plot.height() / classes.len().max(1) as f64;
        for (class, values) in classes.iter().enumerate() {
            let floor = plot.top + height * (class + 1) as f64;
            let row = Plot {
                top: floor - height,
                bottom: floor,
                ..plot
            };
            let is_selected = self.selected == Some((column, class));
            self.draw_class(
                painter,
                (&row, &x),
                (class, classes.len()),
                values,
                is_selected,
            );
        }
    }

    fn draw_class(
        &self,
        painter: &mut Painter,
        (row, x): (&Plot, &Axis),
        (class, classes): (usize, usize),
        values: &ClassValues,
        is_selected: bool,
    ) {
        let theme = painter.theme;
        let color = color(painter, class, classes);
        if is_selected {
            painter.rectangle((row.left, row.top), (row.right, row.bottom), theme.grid);
        }
        let most = f64::from(self.most());
        let room = row.height() - painter.px(3.0);
        let mut steps = vec![(row.left, row.bottom)];
        let count = values.shares.len().max(1) as f64;
        for (bin, share) in values.shares.iter().enumerate() {
            let top = row.bottom - room * (f64::from(*share) / most).clamp(0.0, 1.0);
            for edge in [bin, bin + 1] {
                steps.push((row.left + row.width() * edge as f64 / count, top));
            }
        }
        steps.push((row.right, row.bottom));
        painter.polygon(&steps, mix(theme.background, color, 0.45));
        painter.rule_across(row.bottom, row.left, row.right, 1.0, theme.axis);
        // Where its mean lies.
        let mean = f64::from(values.mean);
        if mean.is_finite() && x.contains(mean) {
            painter.rule_down(
                x.px(mean),
                row.top + painter.px(3.0),
                row.bottom,
                2.0,
                color,
            );
        }
        let at = (row.left - painter.px(11.0), (row.top + row.bottom) / 2.0);
        match classes {
            2 => painter.mark(shape(class), at, 4.5, color),
            _ => {
                let name = class.to_string();
                let (middle, half) = (Align::Middle, Baseline::Middle);
                if row.height() >= painter.px(TICK_SIZE) {
                    painter.text(&name, at, TICK_SIZE, theme.muted, middle, half);
                }
            }
        }
    }
}

/// As in the plane of the data.
fn shape(class: usize) -> Shape {
    match class {
        0 => Shape::Circle,
        _ => Shape::Diamond,
    }
}

fn color(painter: &Painter, class: usize, classes: usize) -> Rgb {
    match classes {
        2 => painter.theme.class(class as u8),
        _ => painter.theme.muted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{check, texts};
    use batchnorm_lab::measure::{ByClass, CLASS_BINS};

    fn of(figures: &[f32], classes: usize) -> Vec<SideByClass> {
        let at = |place: usize| figures[place % figures.len()];
        let values = |from: usize| {
            let class = |class: usize| ClassValues {
                count: 200,
                mean: at(from + class),
                deviation: at(from + class + 1).abs(),
                shares: (0..CLASS_BINS).map(|bin| at(from + bin).abs()).collect(),
            };
            (0..classes).map(class).collect()
        };
        let side = |side: u8| SideByClass {
            side,
            of: ByClass {
                ends: [-2.0, 3.0],
                training: values(0),
                evaluated: values(7),
            },
            diverged_at: None,
        };
        [0, 1].map(side).into()
    }

    fn show(of: &[SideByClass], see: &mut dyn FnMut(&ClassHistograms)) {
        see(&ClassHistograms {
            of,
            columns: ["in training", "evaluated"],
            x_name: "value",
            selected: Some((1, 0)),
            side: 1,
        });
    }

    #[test]
    fn any_values_are_drawn_within() {
        check(100, &["in training", "evaluated", "value"], |case, draw| {
            let has = case.points.len() > 30;
            for classes in [2, 10] {
                let of = if has {
                    of(&case.points, classes)
                } else {
                    Vec::new()
                };
                show(&of, &mut |of| draw(of));
            }
        });
    }

    #[test]
    fn ten_classes_are_numbered_where_there_is_room() {
        let of = of(&[0.1, 0.4, 0.2], 10);
        show(&of, &mut |of| {
            let texts = texts(of, (400, 320));
            assert!(texts.iter().any(|text| text == "9"), "{texts:?}");
        });
    }

    #[test]
    fn a_point_is_found_in_its_row() {
        let of = of(&[0.1, 0.4, 0.2], 2);
        show(&of, &mut |of| {
            let size = (400.0, 200.0);
            for column in 0..COLUMNS {
                let plot = plot(size, 1.0, column);
                for class in 0..2 {
                    let y = plot.top + plot.height() * (0.25 + 0.5 * class as f64);
                    let found = of.locate(size, (plot.left + 5.0, y));
                    let place = column * 2 + class;
                    assert_eq!(found, Some(Hover::Cell { place }));
                }
            }
            assert_eq!(of.locate(size, (1.0, 1.0)), None);
        });
    }
}
