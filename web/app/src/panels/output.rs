//! The right column: what each run has learned, its loss and accuracy, and accuracy under three kinds of statistics.

use std::rc::Rc;
use std::sync::Arc;

use batchnorm_lab::data::Dataset;
use batchnorm_lab::protocol::Accuracies;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::{DatasetKind, Statistics, View};

use super::answers::{digits, sample, sequences};
use super::detail::figure;
use crate::canvas::{Chart, canvas};
use crate::charts::{
    BoundaryData, BoundaryText, CurveKind, CurvesData, CurvesText, Hover, draw_boundary,
    draw_curves, locate_boundary, locate_curves,
};
use crate::format;
use crate::history::Curve;
use crate::i18n::{Key, key};
use crate::spoken::{Spoken, letter};
use crate::state::{Lab, Pointed, side};
use crate::ui::{El, Signal, button, derive, el};

/// The output.
pub fn output(lab: Lab) -> El {
    // Only these settings make the points; the rest may change without drawing them anew.
    let source = derive(move || {
        lab.run.now.with(|s| Settings {
            data: s.data,
            noise: s.noise,
            samples: s.samples,
            split: s.split,
            seed: s.seed,
            ..Settings::default()
        })
    });
    let data = derive(move || {
        let bytes = lab.services.digits.get().unwrap_or_default();
        // Digits that have not come, or are broken, leave the figure empty; the reader is told elsewhere.
        Arc::new(
            source
                .with(|s| Dataset::with_bytes(s, &bytes))
                .unwrap_or_default(),
        )
    });
    let kind = derive(move || source.with(|s| s.data));
    let shown = derive(move || shown(lab));
    let boundaries = move || {
        let shown = shown.get();
        (0..2_u8)
            .filter(|index| shown[usize::from(*index)])
            .map(|index| match kind.get() {
                DatasetKind::Digits => digits(lab, data, index),
                DatasetKind::Sequences => sequences(lab, data, index),
                _ => boundary(lab, data, index),
            })
            .collect()
    };
    let area = |name: &str| el("div").attr("data-area", name);
    el("section")
        .class("output")
        .attr("data-area", "output")
        .named(lab, key::OUTPUT_LABEL)
        .child(area("boundary").class("boundaries").swap(boundaries))
        .swap(move || {
            let text = match kind.get() {
                DatasetKind::Digits => key::OUTPUT_SAMPLE,
                DatasetKind::Sequences => key::OUTPUT_SEQUENCES_SAMPLE,
                _ => return Vec::new(),
            };
            vec![sample(lab, text)]
        })
        .child(area("loss").child(curves(lab, CurveKind::Loss)))
        .child(area("curves").child(curves(lab, CurveKind::Accuracy)))
        .child(three(lab))
}

/// Which runs the settings show.
pub(super) fn shown(lab: Lab) -> [bool; 2] {
    lab.run.now.with(|s| [s.view != View::B, s.view != View::A])
}

fn boundary(lab: Lab, data: Signal<Arc<Dataset>>, index: u8) -> El {
    let words = lab.view.words;
    let (title, part) = if index == 0 {
        (key::OUTPUT_BOUNDARY_A, "boundary-a")
    } else {
        (key::OUTPUT_BOUNDARY_B, "boundary-b")
    };
    let with = move |of: &mut dyn FnMut(BoundaryData)| {
        let data = data.get_untracked();
        lab.run.frame.with_untracked(|frame| {
            let logits = frame
                .as_deref()
                .and_then(|frame| side(frame, index))
                .map_or(&[][..], |side| &side.boundary);
            of(BoundaryData {
                logits,
                train: &data.train.x,
                train_labels: &data.train.labels,
                test: &data.test.x,
                test_labels: &data.test.labels,
                pin: Some(lab.run.now.with_untracked(|s| s.pin as usize)),
            });
        });
    };
    let chart = Chart {
        part: part.into(),
        label: Box::new(move || words.get(title).to_owned()),
        watch: Box::new(move || {
            lab.run.frame.track();
            data.track();
            lab.run.now.with(|s| s.pin);
        }),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let text = BoundaryText {
                    flat: words.get(key::OUTPUT_FLAT),
                    ..BoundaryText::default()
                };
                let _ = draw_boundary(area, &data, theme, &text, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut lines = None;
            with(&mut |data| {
                let found = locate_boundary(&data, size, point);
                let Some(Hover::Place { x1, x2, point }) = found else {
                    return;
                };
                let mut text = vec![format!(
                    "x₁ {}   x₂ {}",
                    format::value(x1),
                    format::value(x2)
                )];
                if let Some(point) = point {
                    text.push(words.fill(key::READ_POINT, &[("n", &point.to_string())]));
                }
                lines = Some(text);
            });
            lines
        })),
        press: Some(Rc::new(move |size, place| {
            let mut picked = None;
            with(&mut |data| {
                if let Some(Hover::Place { point, .. }) = locate_boundary(&data, size, place) {
                    picked = point;
                }
            });
            if let Some(point) = picked {
                lab.edit(|s| s.pin = point as u32);
            }
        })),
    };
    of_run(lab, index, title, "boundary", canvas(lab, chart))
}

/// A picture of one run's answers, with its test accuracy.
pub(super) fn of_run(lab: Lab, index: u8, title: Key, class: &str, chart: El) -> El {
    let accuracy = move || {
        lab.read_side(index, |side| {
            if side.diverged_at.is_some() {
                return "×".into();
            }
            let of = match lab.run.now.with(|s| s.statistics) {
                Statistics::Batch => side.accuracy.eval_batch,
                Statistics::Running => side.accuracy.eval_running,
            };
            format::percent(of)
        })
        .unwrap_or_else(|| "–".into())
    };
    let caption = el("figcaption")
        .child(el("span").tell(lab, title))
        .child(el("b").class("figure").say(accuracy));
    el("figure")
        .class(class)
        .attr("data-run", &index.to_string())
        .child(caption)
        .child(chart)
}

fn curves(lab: Lab, kind: CurveKind) -> El {
    let words = lab.view.words;
    let (title, part) = match kind {
        CurveKind::Loss => (key::OUTPUT_LOSS, "loss"),
        CurveKind::Accuracy => (key::OUTPUT_ACCURACY, "accuracy"),
    };
    let with = move |of: &mut dyn FnMut(CurvesData)| {
        lab.run.history.with_untracked(|history| {
            of(CurvesData {
                curves: &history.curves,
                shown: shown(lab),
                kind,
                cursor: lab.view.cursor.get_untracked(),
                labelled: false,
            });
        });
    };
    let chart = Chart {
        part: part.into(),
        label: Box::new(move || words.get(title).to_owned()),
        watch: Box::new(move || {
            lab.run.frame.track();
            lab.view.cursor.track();
        }),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let text = CurvesText {
                    x_name: words.get(key::AXIS_STEP),
                    beyond: words.get(key::CURVE_BEYOND),
                    ..CurvesText::default()
                };
                let _ = draw_curves(area, &data, theme, &text, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut lines = None;
            with(&mut |data| {
                let found = locate_curves(&data, size, point);
                if let Some(Hover::Step { row, step }) = found {
                    lab.view.cursor.set(Some(step));
                    lines = Some(read_curves(
                        lab,
                        kind,
                        data.curves.row(row),
                        step,
                        data.shown,
                    ));
                }
            });
            lines
        })),
        press: None,
    };
    figure(lab, title, "curve", canvas(lab, chart))
}

fn read_curves(lab: Lab, kind: CurveKind, row: &[f32], step: u64, shown: [bool; 2]) -> Vec<String> {
    let words = lab.view.words;
    let mut lines = vec![words.fill(key::READ_STEP, &[("step", &format::count(step))])];
    let columns: &[(Curve, Key)] = match kind {
        CurveKind::Loss => &[
            (Curve::LossBatch, key::STATISTICS_BATCH),
            (Curve::LossTrain, key::CURVE_TRAIN),
            (Curve::LossTest, key::CURVE_TEST),
        ],
        CurveKind::Accuracy => &[
            (Curve::AccuracyTrain, key::CURVE_TRAIN),
            (Curve::AccuracyRunning, key::CURVE_TEST),
        ],
    };
    for index in [0, 1].into_iter().filter(|index| shown[*index]) {
        let run = letter(lab, index as u8);
        let values: Vec<String> = columns
            .iter()
            .map(|(curve, name)| {
                let value = row[curve.column(index)];
                let value = match kind {
                    CurveKind::Loss => format::value(f64::from(value)),
                    CurveKind::Accuracy => format::percent(value),
                };
                format!("{} {value}", words.get(*name))
            })
            .collect();
        lines.push(format!("{run}  {}", values.join("  ")));
    }
    lines
}

/// Test accuracy under batch, running and full-set statistics; the first two can be chosen for the pictures.
fn three(lab: Lab) -> El {
    let shown = derive(move || shown(lab));
    let sides = move || {
        let shown = shown.get();
        (0..2_u8).filter(move |index| shown[usize::from(*index)])
    };
    let row = move |name: Key, choice: Option<Statistics>, of: fn(&Accuracies) -> f32| {
        let is_chosen = move || choice.is_some_and(|c| lab.run.now.with(|s| s.statistics) == c);
        let label = match choice {
            Some(choice) => button()
                .live("aria-pressed", move || is_chosen().to_string())
                .press(move || lab.edit(|s| s.statistics = choice)),
            None => el("span"),
        };
        let cells = move || {
            sides()
                .map(|index| {
                    let figure = move || {
                        lab.read_side(index, |side| match side.diverged_at {
                            None => format::percent(of(&side.accuracy)),
                            Some(_) => "×".into(),
                        })
                        .unwrap_or_else(|| "–".into())
                    };
                    el("td").attr("data-run", &index.to_string()).say(figure)
                })
                .collect()
        };
        el("tr")
            .class_live("chosen", is_chosen)
            .child(el("th").attr("scope", "row").child(label.tell(lab, name)))
            .swap(cells)
    };
    let head = move || {
        sides()
            .map(|index| {
                el("th")
                    .attr("scope", "col")
                    .say(move || letter(lab, index).into())
            })
            .collect()
    };
    let body = el("tbody")
        .child(row(
            key::STATISTICS_BATCH_LONG,
            Some(Statistics::Batch),
            |a| a.eval_batch,
        ))
        .child(row(
            key::STATISTICS_RUNNING_LONG,
            Some(Statistics::Running),
            |a| a.eval_running,
        ))
        .child(row(key::STATISTICS_FULL_LONG, None, |a| a.eval_full));
    el("table")
        .class("three")
        .attr("data-area", "accuracy")
        .attr("data-part", "three-accuracies")
        .pointing_at(
            lab,
            Pointed {
                name: "three",
                lights: "accuracy",
            },
        )
        .child(el("caption").tell(lab, key::OUTPUT_THREE))
        .child(el("thead").child(el("tr").child(el("td")).swap(head)))
        .child(body)
}
