//! Loss and accuracy of both sides over steps.

use super::line_chart::{Line, LineChart, Upright};
use crate::charts::frame::axis::extent;
use crate::charts::paint::painter::{Painter, Point, Stroke};
use crate::charts::paint::theme::{LIGHT, Theme};
use crate::charts::{Chart, Hover};
use crate::history::{Curve, Table};

/// A loss so many times the other side's highest has left the axis that both would share.
const EXPLODED: f64 = 100.0;

/// Which curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurveKind {
    /// Loss: of the batch pale, of the training set solid, of the test set dashed.
    Loss,
    /// Accuracy: on the training set solid, on the test set (inference mode) dashed.
    Accuracy,
}

/// Curves over steps.
#[derive(Clone, Copy, Debug)]
pub struct Curves<'a> {
    /// `History::curves`.
    pub curves: &'a Table,
    /// Which sides are shown.
    pub shown: [bool; 2],
    /// Which curves.
    pub kind: CurveKind,
    /// The step under the pointer, here or in another chart.
    pub cursor: Option<u64>,
    /// Name of the step axis.
    pub x_name: &'a str,
    /// Stands before the highest loss of a run that leaves the axis, e.g. `up to`.
    pub beyond: &'a str,
}

impl Chart for Curves<'_> {
    fn draw(&self, painter: &mut Painter) {
        self.lines(painter.theme).draw(painter);
    }

    /// The remembered step nearest to a point.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        self.lines(&LIGHT).step_at(self.curves, size, point)
    }
}

impl Curves<'_> {
    fn lines(&self, theme: &Theme) -> LineChart<'_> {
        let mut noisy = Vec::new();
        let mut lines = Vec::new();
        for side in (0..2).filter(|side| self.shown[*side]) {
            let (full, pale) = theme.run(side);
            let line = |curve: Curve, stroke| Line {
                table: self.curves,
                column: curve.column(side),
                color: full,
                width: 1.75,
                stroke,
                end: None,
            };
            let (train, test) = match self.kind {
                CurveKind::Loss => {
                    noisy.push(Line {
                        color: pale,
                        width: 1.0,
                        ..line(Curve::LossBatch, Stroke::Solid)
                    });
                    (Curve::LossTrain, Curve::LossTest)
                }
                CurveKind::Accuracy => (Curve::AccuracyTrain, Curve::AccuracyRunning),
            };
            lines.push(line(train, Stroke::Solid));
            lines.push(line(test, Stroke::Dashed));
        }
        // Noise first, so that it lies behind.
        noisy.extend(lines);
        LineChart {
            lines: noisy,
            upright: match self.kind {
                CurveKind::Loss => Upright::FromZero(ceiling(self.curves, self.shown)),
                CurveKind::Accuracy => accuracy_range(self.curves, self.shown),
            },
            reference: None,
            x_name: self.x_name,
            cursor: self.cursor,
            beyond: self.beyond,
        }
    }
}

/// Where the axis of the losses ends: nowhere, unless one run's are so far above the other's that the other would be a
/// flat line.
fn ceiling(curves: &Table, shown: [bool; 2]) -> f64 {
    let losses = [Curve::LossBatch, Curve::LossTrain, Curve::LossTest];
    let peak = |side: usize| {
        let columns = losses.iter().map(|curve| curve.column(side));
        let values = columns.flat_map(|column| curves.column(column));
        extent(values.map(|(_, value)| f64::from(value))).map(|(_, high)| high)
    };
    match (shown, peak(0), peak(1)) {
        ([true, true], Some(a), Some(b)) if a.max(b) > EXPLODED * a.min(b) => a.min(b),
        _ => f64::INFINITY,
    }
}

/// From 40 % up; from 0 where a run is worse than that.
fn accuracy_range(curves: &Table, shown: [bool; 2]) -> Upright {
    let all = [Curve::AccuracyTrain, Curve::AccuracyRunning];
    let poor = (0..2).filter(|side| shown[*side]).any(|side| {
        all.iter()
            .flat_map(|curve| curves.column(curve.column(side)))
            .any(|(_, value)| value < 0.4)
    });
    Upright::Fixed(if poor { 0.0 } else { 0.4 }, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{Case, check, texts};
    use crate::history::History;
    use batchnorm_lab::protocol::{Frame, Losses, Side};

    fn chart(curves: &Table, shown: [bool; 2], kind: CurveKind) -> Curves<'_> {
        Curves {
            curves,
            shown,
            kind,
            cursor: Some(700),
            x_name: "step",
            beyond: "up to",
        }
    }

    #[test]
    fn any_curves_are_drawn_within() {
        check(460, &["step"], |case, show| {
            for kind in [CurveKind::Loss, CurveKind::Accuracy] {
                show(&chart(&case.history.curves, [true; 2], kind));
            }
        });
    }

    /// What a chart says when A has exploded and B learns.
    fn texts_beside_an_explosion(shown: [bool; 2]) -> Vec<String> {
        let mut history = History::default();
        for step in 0..40_u64 {
            let side = |index: u8, loss: f32| Side {
                index,
                loss: Losses {
                    batch: loss,
                    train: loss,
                    eval: loss,
                },
                diverged_at: (index == 0 && step > 30).then_some(30),
                ..Side::default()
            };
            history.feed(&Frame {
                step,
                sides: vec![
                    side(0, 10_f32.powi(step as i32)),
                    side(1, 0.7 / (step + 1) as f32),
                ],
                ..Frame::default()
            });
        }
        texts(&chart(&history.curves, shown, CurveKind::Loss), (284, 110))
    }

    #[test]
    fn a_run_that_explodes_leaves_the_axis_and_says_how_far_it_went() {
        let texts = texts_beside_an_explosion([true; 2]);
        assert!(texts.iter().any(|text| text == "up to 10³⁰"), "{texts:?}");
        assert!(texts.iter().any(|text| text == "0.5"), "{texts:?}");
        let powers = texts.iter().filter(|text| text.contains(['²', '³']));
        assert_eq!(powers.count(), 1, "{texts:?}");
        // Alone it has the axis for itself.
        let alone = texts_beside_an_explosion([true, false]);
        assert!(
            !alone.iter().any(|text| text.contains("up to")),
            "{alone:?}"
        );
        assert!(
            alone.iter().any(|text| text == "10³⁰" || text == "10²⁴"),
            "{alone:?}"
        );
    }

    #[test]
    fn pointing_finds_the_first_and_the_last_step() {
        let case = Case::regular();
        let chart = chart(&case.history.curves, [true; 2], CurveKind::Loss);
        let size = (320.0, 200.0);
        // The plot begins at 36 and ends 10 before the edge.
        let last = chart.curves.len() - 1;
        for (x, row) in [(40.0, 0), (310.0, last)] {
            let step = chart.curves.steps()[row];
            let found = chart.locate(size, (x, 100.0));
            assert_eq!(found, Some(Hover::Step { row, step }));
        }
        assert_eq!(chart.locate(size, (5.0, 100.0)), None);
    }
}
