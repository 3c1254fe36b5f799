//! Whole runs on one axis: the loss in training, or the accuracy on test points, a line for each run with its name at the
//! end.

use crate::charts::frame::axis::{Axis, extent};
use crate::charts::frame::end_labels::draw_end_labels;
use crate::charts::frame::plot::{
    GUTTER_GAP, LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, draw_x_axis, draw_y_axis, draw_y_name,
};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::text_metrics::text_width;
use crate::charts::paint::theme::{Rgb, Theme};
use crate::charts::{Chart, Hover};
use crate::compared::{Compared, Comparison, Line, WholeRun};
use crate::small_sort::Bound;

/// Which figure of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunCurve {
    /// Of mini-batches, in training mode.
    TrainingLoss,
    /// In inference mode.
    TestAccuracy,
}

/// The runs as far as they are trained.
#[derive(Clone, Copy, Debug)]
pub struct RunCurves<'a> {
    /// What came of them; nothing before they are begun.
    pub of: Option<&'a Compared>,
    /// What they are.
    pub row: &'a Comparison,
    /// Which figure.
    pub curve: RunCurve,
    /// Names of the runs.
    pub names: &'a [&'a str],
    /// Name of the level axis.
    pub x_name: &'a str,
    /// Name of the upright axis.
    pub y_name: &'a str,
    /// What is read: the place of a look, and a run's.
    pub selected: Option<(usize, usize)>,
}

/// Where things lie.
struct Layout {
    plot: Plot,
    x: Axis,
    y: Axis,
}

impl Chart for RunCurves<'_> {
    fn draw(&self, painter: &mut Painter) {
        let Layout { plot, x, y } = self.layout(painter.size(), painter.scale);
        painter.clear();
        draw_y_axis(painter, &plot, &y);
        draw_y_name(painter, &plot, self.y_name);
        draw_x_axis(painter, &plot, &x, self.x_name, NamePlace::Below);
        if let Some((look, _)) = self.selected {
            let at = x.px((look as u64 * self.row.every) as f64);
            if x.contains(x.value(at)) {
                painter.rule_down(at, plot.top, plot.bottom, 1.0, painter.theme.axis);
            }
        }
        let mut labels: Vec<(&str, Rgb, f64)> = Vec::new();
        for place in 0..self.row.variants.len() {
            let Some(run) = self.trained(place) else {
                continue;
            };
            let (color, stroke) = style(painter.theme, self.row.variants[place].line);
            let points = self.points(run, &x, &y);
            painter.line(&points, 1.5, stroke, color);
            if let Some((look, _)) = self.selected.filter(|(_, read)| *read == place)
                && let Some(at) = self.read_at(run, look, &x, &y)
            {
                painter.mark(Shape::Circle, at, 4.5, color);
            }
            let last = points.iter().rev().find(|point| point.1.is_finite());
            let name = self.names.get(place).copied().unwrap_or_default();
            labels.push((
                name,
                painter.theme.letters(color),
                last.map_or(f64::NAN, |at| at.1),
            ));
        }
        draw_end_labels(painter, &plot, &labels);
    }

    /// The look nearest to a point, and the run whose line is nearest there.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let Layout { plot, x, y } = self.layout(size, 1.0);
        if !plot.contains(point) {
            return None;
        }
        let look = (x.value(point.0) / self.row.every as f64).round().max(0.0) as usize;
        let lines = self.row.variants.len();
        let far = (0..lines).filter_map(|place| {
            let at = self.read_at(self.trained(place)?, look, &x, &y)?;
            Some((place, (at.1 - point.1).abs()))
        });
        let (place, _) = far.min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Hover::Cell {
            place: look * lines + place,
        })
    }
}

impl RunCurves<'_> {
    fn trained(&self, place: usize) -> Option<&WholeRun> {
        self.of?.trained(place)
    }

    /// Steps and figures of a run.
    fn figures(&self, run: &WholeRun) -> Vec<(f64, f64)> {
        match self.curve {
            RunCurve::TestAccuracy => {
                let looks = run.looks.iter();
                looks
                    .map(|look| (look.step as f64, f64::from(look.running)))
                    .collect()
            }
            // Each is the mean of a stretch, and stands in its middle.
            RunCurve::TrainingLoss => {
                let losses = run.losses.iter().enumerate();
                losses
                    .map(|(at, loss)| ((at as f64 + 0.5) * run.stride as f64, f64::from(*loss)))
                    .collect()
            }
        }
    }

    fn layout(&self, size: Point, scale: f64) -> Layout {
        let width = size.0 / scale;
        let widest = self.names.iter().fold(0.0, |most: f64, name| {
            most.max(text_width(name, LABEL_SIZE))
        });
        let right = (widest + GUTTER_GAP + 2.0).bound(20.0, (width * 0.36).bound(20.0, 120.0));
        let bottom = NamePlace::Below.margin();
        let plot = Plot::within(size, scale, [22.0, right, bottom, LEFT_MARGIN]);
        let x = Axis::linear(0.0, self.row.steps.max(1) as f64, plot.left, plot.right);
        let runs = (0..self.row.variants.len()).filter_map(|place| self.trained(place));
        let all = runs
            .flat_map(|run| self.figures(run))
            .map(|(_, figure)| figure);
        let found = extent(all.filter(|figure| figure.abs() < 1e6));
        let y = match (self.curve, found) {
            (RunCurve::TestAccuracy, found) => {
                let chance = self.of.map_or(0.5, |of| f64::from(of.chance));
                let low = found.map_or(chance, |(low, _)| low).min(chance);
                let low = ((low * 10.0).floor() / 10.0).bound(0.0, 0.9);
                // As wide as the lines need: they lie close to each other.
                let high = found.map_or(1.0, |(_, high)| (high * 10.0).ceil() / 10.0);
                Axis::linear(low, high.bound(low + 0.1, 1.0), plot.bottom, plot.top)
            }
            (RunCurve::TrainingLoss, Some((_, high))) => {
                let high = high.max(1e-6);
                let step = 10_f64.powi(high.log10().floor() as i32) / 2.0;
                Axis::linear(0.0, (high / step).ceil() * step, plot.bottom, plot.top)
            }
            (RunCurve::TrainingLoss, None) => Axis::linear(0.0, 1.0, plot.bottom, plot.top),
        };
        Layout { plot, x, y }
    }

    fn points(&self, run: &WholeRun, x: &Axis, y: &Axis) -> Vec<Point> {
        let figures = self.figures(run).into_iter();
        figures
            .map(|(step, figure)| match figure.is_finite() {
                true => (x.px(step), y.px(figure)),
                false => (x.px(step), f64::NAN),
            })
            .collect()
    }

    /// Where the figure of a look stands: of training, that of the stretch it lies in.
    fn read_at(&self, run: &WholeRun, look: usize, x: &Axis, y: &Axis) -> Option<Point> {
        let step = run.looks.get(look)?.step;
        let place = match self.curve {
            RunCurve::TestAccuracy => look,
            RunCurve::TrainingLoss => {
                let stretch = (step / run.stride.max(1)) as usize;
                stretch.min(run.losses.len().checked_sub(1)?)
            }
        };
        let at = *self.points(run, x, y).get(place)?;
        at.1.is_finite().then_some(at)
    }
}

/// Colour and stroke of a line.
pub(super) fn style(theme: &Theme, line: Line) -> (Rgb, Stroke) {
    match line {
        Line::A => (theme.run_a, Stroke::Solid),
        Line::DashedA => (theme.run_a, Stroke::Dashed),
        Line::B => (theme.run_b, Stroke::Solid),
        Line::DashedB => (theme.run_b, Stroke::Dashed),
        Line::Other => (theme.text, Stroke::Solid),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::charts::support::check;
    use crate::compared::{Look, Progress, comparison};
    use batchnorm_lab::settings::Settings;

    const SIZE: Point = (360.0, 240.0);

    /// Runs of a lesson with these figures, the last not there yet.
    pub(in super::super) fn runs(lesson: &str, figures: &[f32]) -> Compared {
        let row = comparison(lesson);
        let link = Settings::from_text("changes=500:lr=0.1").0;
        let mut of = Compared::new(row, &link);
        let count = of.runs.len();
        for (run, place) in of.runs.iter_mut().zip(0..count.max(2) - 1) {
            let figure = |at: usize| figures[(7 * place + at) % figures.len()];
            let look = |at: u64| Look {
                step: at * row.every,
                losses: [figure(at as usize), figure(at as usize + 1)],
                train: figure(at as usize),
                running: figure(at as usize + 2),
                full: figure(at as usize + 3),
            };
            let looks: Vec<Look> = (0..=row.steps / row.every).map(look).collect();
            *run = Progress::Done(Box::new(WholeRun {
                step: row.steps,
                stride: row.steps.div_ceil(64),
                losses: (0..63).map(figure).collect(),
                end: looks[looks.len() - 1],
                looks,
                corrections: Vec::new(),
                diverged_at: None,
            }));
        }
        of
    }

    fn show(of: Option<&Compared>, curve: RunCurve, see: &mut dyn FnMut(&RunCurves)) {
        see(&RunCurves {
            of,
            row: comparison("dropout"),
            curve,
            names: &["neither", "dropout", "BatchNorm", "both"],
            x_name: "step",
            y_name: "loss",
            selected: Some((3, 1)),
        });
    }

    #[test]
    fn any_runs_are_drawn_within() {
        check(
            900,
            &["step", "loss", "neither", "BatchNorm"],
            |case, draw| {
                for curve in [RunCurve::TrainingLoss, RunCurve::TestAccuracy] {
                    let of = (case.points.len() > 30).then(|| runs("dropout", &case.points));
                    show(of.as_ref(), curve, &mut |of| draw(of));
                }
            },
        );
    }

    #[test]
    fn a_point_is_found_on_its_line() {
        let of = runs("dropout", &[0.3, 0.9, 0.4, 0.55, 0.71, 0.8, 0.11]);
        for curve in [RunCurve::TrainingLoss, RunCurve::TestAccuracy] {
            show(Some(&of), curve, &mut |chart| {
                let Layout { x, y, .. } = chart.layout(SIZE, 1.0);
                for (place, look) in [(0, 4), (1, 9), (2, 20)] {
                    let run = of.trained(place).expect("a run");
                    let at = chart.read_at(run, look, &x, &y).expect("a point");
                    let at = (x.px((look as u64 * chart.row.every) as f64), at.1);
                    let Some(Hover::Cell { place: found }) = chart.locate(SIZE, at) else {
                        panic!("nothing at {at:?}");
                    };
                    assert_eq!(found / 4, look);
                    let there = of.trained(found % 4).expect("a run");
                    let there = chart.read_at(there, look, &x, &y).expect("a point");
                    assert_eq!(there.1, at.1, "run {place}");
                }
            });
        }
    }
}
