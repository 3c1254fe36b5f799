//! r or d of one unit over a run: what each mini-batch asked for, what the bounds left of it, and the bounds as they open.

use crate::charts::frame::axis::{Axis, extent};
use crate::charts::frame::plot::{
    LEFT_MARGIN, NamePlace, Plot, draw_x_axis, draw_y_axis, draw_y_name,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::{Chart, Hover};
use crate::compared::{Corrections, WholeRun};
use crate::small_sort::Bound;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrectionKind {
    /// The ratio of the deviations.
    R,
    /// The distance of the means.
    D,
}

/// One of the two over the steps.
#[derive(Clone, Copy, Debug)]
pub struct CorrectionChart<'a> {
    /// The run, once it is trained.
    pub run: Option<&'a WholeRun>,
    /// Updates of it.
    pub steps: u64,
    /// Which.
    pub kind: CorrectionKind,
    /// Name of the level axis.
    pub x_name: &'a str,
    /// Name of the upright axis.
    pub y_name: &'a str,
    /// The look that is read.
    pub selected: Option<usize>,
}

/// Where things lie.
struct Layout {
    plot: Plot,
    x: Axis,
    y: Axis,
}

impl Chart for CorrectionChart<'_> {
    fn draw(&self, painter: &mut Painter) {
        let Layout { plot, x, y } = self.layout(painter.size(), painter.scale);
        painter.clear();
        let theme = *painter.theme;
        let looks = self.looks();
        self.draw_open(painter, &plot, &x, &y);
        draw_y_axis(painter, &plot, &y);
        draw_y_name(painter, &plot, self.y_name);
        let place = name_place(painter.height / painter.scale);
        draw_x_axis(painter, &plot, &x, self.x_name, place);
        let neutral = y.px(self.neutral());
        painter.rule_across(neutral, plot.left, plot.right, 1.0, theme.axis);
        for is_high in [false, true] {
            let bound = looks.iter().map(|look| {
                let [low, high] = self.ends(look);
                let end = f64::from(if is_high { high } else { low });
                // Where the bound is wider than the chart it leaves it.
                let height = if y.contains(end) { y.px(end) } else { f64::NAN };
                (x.px(look.step as f64), height)
            });
            let bound: Vec<Point> = bound.collect();
            painter.line(&bound, 1.25, Stroke::Dashed, theme.muted);
        }
        for (place, look) in looks.iter().enumerate() {
            let height = |value: f32| y.px(f64::from(value)).bound(plot.top, plot.bottom);
            let at = |value: f32| (x.px(look.step as f64), height(value));
            let (wanted, used) = (self.of(look.wanted), self.of(look.used));
            if !(wanted.is_finite() && used.is_finite()) {
                continue;
            }
            if wanted != used {
                painter.hollow(Shape::Circle, at(wanted), 2.0, 1.0, theme.muted);
            }
            let radius = if self.selected == Some(place) {
                5.0
            } else {
                2.0
            };
            painter.mark(Shape::Triangle, at(used), radius, theme.run_b);
        }
    }

    /// The look nearest to a point.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let Layout { plot, x, .. } = self.layout(size, 1.0);
        if !plot.contains(point) {
            return None;
        }
        let far = |look: &Corrections| (x.px(look.step as f64) - point.0).abs();
        let looks = self.looks().iter().enumerate();
        let nearest = looks.min_by(|a, b| far(a.1).total_cmp(&far(b.1)));
        nearest.map(|(place, _)| Hover::Cell { place })
    }
}

impl CorrectionChart<'_> {
    fn looks(&self) -> &[Corrections] {
        self.run.map_or(&[], |run| &run.corrections)
    }

    fn of(&self, pair: [f32; 2]) -> f32 {
        pair[usize::from(self.kind == CorrectionKind::D)]
    }

    /// Where nothing is corrected.
    fn neutral(&self) -> f64 {
        match self.kind {
            CorrectionKind::R => 1.0,
            CorrectionKind::D => 0.0,
        }
    }

    /// The least and the most that the bounds allow.
    fn ends(&self, look: &Corrections) -> [f32; 2] {
        let most = self.of(look.bounds);
        match self.kind {
            CorrectionKind::R => [1.0 / most, most],
            CorrectionKind::D => [-most, most],
        }
    }

    fn layout(&self, size: Point, scale: f64) -> Layout {
        let bottom = name_place(size.1 / scale).margin();
        let plot = Plot::within(size, scale, [22.0, 10.0, bottom, LEFT_MARGIN]);
        let x = Axis::linear(0.0, self.steps.max(1) as f64, plot.left, plot.right);
        // As wide as the corrections need, half as far beyond the bounds at most: far off lie a few that are clipped.
        let looks = self.looks().iter();
        let far = looks.map(|look| {
            let [low, high] = self.ends(look);
            let room = (high - low) / 4.0;
            let wanted = self.of(look.wanted);
            let wanted = wanted.max(low - room).min(high + room);
            f64::from((wanted - self.neutral() as f32).abs())
        });
        let far = extent(far.filter(|far| *far < 1e6)).map_or(1.0, |(_, high)| high);
        let far = far.max(0.5) * 1.15;
        let y = match self.kind {
            CorrectionKind::R => Axis::linear(0.0, 1.0 + far, plot.bottom, plot.top),
            CorrectionKind::D => Axis::linear(-far, far, plot.bottom, plot.top),
        };
        Layout { plot, x, y }
    }

    /// What lies within the bounds.
    fn draw_open(&self, painter: &mut Painter, plot: &Plot, x: &Axis, y: &Axis) {
        let grid = painter.theme.grid;
        let height = |end: f32| y.px(f64::from(end)).bound(plot.top, plot.bottom);
        let looks = self.looks().iter();
        let ends: Vec<(f64, [f32; 2])> = looks
            .map(|look| (x.px(look.step as f64), self.ends(look)))
            .filter(|(_, ends)| ends.iter().all(|end| end.is_finite()))
            .collect();
        let high = ends.iter().map(|(at, ends)| (*at, height(ends[1])));
        let low = ends.iter().rev().map(|(at, ends)| (*at, height(ends[0])));
        let area: Vec<Point> = high.chain(low).collect();
        if area.len() > 3 {
            painter.polygon(&area, grid);
        }
    }
}

/// Below the ticks where there is room for it.
fn name_place(height_css: f64) -> NamePlace {
    if height_css < 120.0 {
        NamePlace::Beside
    } else {
        NamePlace::Below
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::check;

    fn run(figures: &[f32]) -> WholeRun {
        let looks = (0..40).map(|at| {
            let figure = |more: usize| figures[(at + more) % figures.len()];
            let open = (at as f32 / 20.0).min(1.0);
            let bounds = [1.0 + 2.0 * open, 5.0 * open];
            let wanted = [figure(0).abs(), figure(1)];
            Corrections {
                step: 10 * at as u64,
                batch: [figure(2), figure(3).abs()],
                running: [0.0, 1.0],
                wanted,
                used: [
                    wanted[0].max(1.0 / bounds[0]).min(bounds[0]),
                    wanted[1].max(-bounds[1]).min(bounds[1]),
                ],
                bounds,
                clipped: [0.5, 0.25],
            }
        });
        WholeRun {
            step: 400,
            corrections: looks.collect(),
            ..WholeRun::default()
        }
    }

    fn show(run: Option<&WholeRun>, kind: CorrectionKind, see: &mut dyn FnMut(&CorrectionChart)) {
        see(&CorrectionChart {
            run,
            steps: 400,
            kind,
            x_name: "step",
            y_name: "r",
            selected: Some(3),
        });
    }

    #[test]
    fn any_corrections_are_drawn_within() {
        check(600, &["step", "r"], |case, draw| {
            for kind in [CorrectionKind::R, CorrectionKind::D] {
                let run = (case.points.len() > 30).then(|| run(&case.points));
                show(run.as_ref(), kind, &mut |of| draw(of));
            }
        });
    }

    #[test]
    fn a_look_is_found_by_its_step() {
        let run = run(&[0.3, 2.0, 1.1]);
        show(Some(&run), CorrectionKind::D, &mut |chart| {
            let size = (360.0, 240.0);
            let Layout { x, plot, .. } = chart.layout(size, 1.0);
            for (place, look) in run.corrections.iter().enumerate() {
                let at = (x.px(look.step as f64), (plot.top + plot.bottom) / 2.0);
                assert_eq!(chart.locate(size, at), Some(Hover::Cell { place }));
            }
        });
    }
}
