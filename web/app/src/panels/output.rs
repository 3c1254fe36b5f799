//! The right column: what each run has learned, its loss and accuracy, and accuracy under three kinds of statistics.

use std::rc::Rc;
use std::sync::Arc;

use batchnorm_lab::choice::{Statistics, View};
use batchnorm_lab::dataset::Dataset;
use batchnorm_lab::settings::Settings;
use leptos::prelude::*;

use super::detail::figure;
use super::say;
use crate::canvas::{Chart, canvas};
use crate::charts::{
    BoundaryData, BoundaryText, CurveKind, CurvesData, CurvesText, Hover, draw_boundary,
    draw_curves, locate_boundary, locate_curves,
};
use crate::format;
use crate::history::Curve;
use crate::i18n::{Key, key};
use crate::state::{Lab, side};

/// The output.
pub fn output(lab: Lab) -> AnyView {
    // Only these settings make the points; the rest may change without drawing them anew.
    let source = Memo::new(move |_| {
        lab.now.with(|s| Settings {
            data: s.data,
            noise: s.noise,
            samples: s.samples,
            split: s.split,
            seed: s.seed,
            ..Settings::default()
        })
    });
    let data = Memo::new_with_compare(
        move |_| Arc::new(source.with(Dataset::new)),
        |before, after| match (before, after) {
            (Some(before), Some(after)) => !Arc::ptr_eq(before, after),
            _ => true,
        },
    );
    let shown = Memo::new(move |_| shown(lab));
    let boundaries = move || {
        [0, 1]
            .into_iter()
            .filter(|index| shown.get()[usize::from(*index)])
            .map(|index| boundary(lab, data, index))
            .collect::<Vec<_>>()
    };
    view! {
        <section class="output" data-area="output" aria-label=say(lab, key::OUTPUT_LABEL)>
            <div class="boundaries" data-area="boundary">{boundaries}</div>
            <div data-area="loss">{curves(lab, CurveKind::Loss)}</div>
            <div data-area="curves">{curves(lab, CurveKind::Accuracy)}</div>
            {three(lab)}
        </section>
    }
    .into_any()
}

/// Which runs the settings show.
pub(super) fn shown(lab: Lab) -> [bool; 2] {
    lab.now.with(|s| [s.view != View::B, s.view != View::A])
}

fn boundary(lab: Lab, data: Memo<Arc<Dataset>>, index: u8) -> AnyView {
    let words = lab.words;
    let (title, part) = if index == 0 {
        (key::OUTPUT_BOUNDARY_A, "boundary-a")
    } else {
        (key::OUTPUT_BOUNDARY_B, "boundary-b")
    };
    let with = move |of: &mut dyn FnMut(BoundaryData)| {
        let data = data.get_untracked();
        lab.frame.with_untracked(|frame| {
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
                pin: Some(lab.now.with_untracked(|s| s.pin as usize)),
            });
        });
    };
    let accuracy = move || {
        lab.read_side(index, |side| {
            let of = match lab.now.with(|s| s.statistics) {
                Statistics::Batch => side.accuracy.eval_batch,
                Statistics::Running => side.accuracy.eval_running,
            };
            format::percent(of)
        })
        .unwrap_or_else(|| "–".into())
    };
    let chart = Chart {
        part: part.into(),
        label: Signal::derive(move || words.get(title).to_owned()),
        watch: Box::new(move || {
            lab.frame.track();
            data.track();
            lab.now.with(|s| s.pin);
        }),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let _ = draw_boundary(area, &data, theme, &BoundaryText::default(), scale);
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
                lab.change("pin", &point.to_string());
            }
        })),
    };
    view! {
        <figure class="boundary" data-run=index.to_string()>
            <figcaption>
                {say(lab, title)}
                <b class="figure">{accuracy}</b>
            </figcaption>
            {canvas(lab, chart)}
        </figure>
    }
    .into_any()
}

fn curves(lab: Lab, kind: CurveKind) -> AnyView {
    let words = lab.words;
    let (title, part) = match kind {
        CurveKind::Loss => (key::OUTPUT_LOSS, "loss"),
        CurveKind::Accuracy => (key::OUTPUT_ACCURACY, "accuracy"),
    };
    let with = move |of: &mut dyn FnMut(CurvesData)| {
        lab.history.with_value(|history| {
            of(CurvesData {
                curves: &history.curves,
                shown: untrack(|| shown(lab)),
                kind,
                cursor: lab.cursor.get_untracked(),
                labelled: false,
            });
        });
    };
    let chart = Chart {
        part: part.into(),
        label: Signal::derive(move || words.get(title).to_owned()),
        watch: Box::new(move || {
            lab.frame.track();
            lab.cursor.track();
        }),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let text = CurvesText {
                    x_name: untrack(|| words.get(key::AXIS_STEP)),
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
                    lab.cursor.set(Some(step));
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
    let words = lab.words;
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
        let run = words.get(if index == 0 {
            key::RUN_LETTER_A
        } else {
            key::RUN_LETTER_B
        });
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
fn three(lab: Lab) -> AnyView {
    let words = lab.words;
    let head = move || {
        let shown = shown(lab);
        [key::RUN_LETTER_A, key::RUN_LETTER_B]
            .into_iter()
            .zip(shown)
            .filter(|(_, is_shown)| *is_shown)
            .map(|(run, _)| view! { <th scope="col">{words.get(run)}</th> }.into_any())
            .collect::<Vec<_>>()
    };
    let row = move |name: Key, choice: Option<Statistics>, part: &'static str| {
        let cells = move || {
            let shown = shown(lab);
            (0..2_u8)
                .filter(|index| shown[usize::from(*index)])
                .map(|index| {
                    let text = lab.read_side(index, |side| {
                        format::percent(match part {
                            "batch" => side.accuracy.eval_batch,
                            "running" => side.accuracy.eval_running,
                            _ => side.accuracy.eval_full,
                        })
                    });
                    view! { <td data-run=index.to_string()>{text}</td> }.into_any()
                })
                .collect::<Vec<_>>()
        };
        let is_chosen = move || choice.is_some_and(|c| lab.now.with(|s| s.statistics) == c);
        let label = match choice {
            Some(choice) => view! {
                <button
                    type="button"
                    aria-pressed=move || is_chosen().to_string()
                    on:click=move |_| lab.change("stats", choice.name())
                >
                    {say(lab, name)}
                </button>
            }
            .into_any(),
            None => view! { <span>{say(lab, name)}</span> }.into_any(),
        };
        view! {
            <tr class:chosen=is_chosen data-statistics=part>
                <th scope="row">{label}</th>
                {cells}
            </tr>
        }
        .into_any()
    };
    view! {
        <table
            class="three"
            data-area="accuracy"
            data-part="three-accuracies"
            on:pointerenter=move |_| lab.pointed.set(Some("three"))
            on:pointerleave=move |_| lab.pointed.set(None)
        >
            <caption>{say(lab, key::OUTPUT_THREE)}</caption>
            <thead><tr><td></td>{head}</tr></thead>
            <tbody>
                {row(key::STATISTICS_BATCH_LONG, Some(Statistics::Batch), "batch")}
                {row(key::STATISTICS_RUNNING_LONG, Some(Statistics::Running), "running")}
                {row(key::STATISTICS_FULL_LONG, None, "full")}
            </tbody>
        </table>
    }
    .into_any()
}
