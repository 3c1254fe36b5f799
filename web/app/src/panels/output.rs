//! The right column: what each run has learned, its loss and accuracy, and accuracy under three kinds of statistics.

use std::sync::Arc;

use batchnorm_lab::data::Dataset;
use batchnorm_lab::protocol::Accuracies;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::{DatasetKind, Statistics, View};

use super::Panel;
use super::answers::{digits, sample, sequences};
use super::figure::{Figure, captioned_of, figure};
use super::read_step::read_step;
use super::telling::about;
use crate::charts::{Boundary, CurveKind, Curves, Hover};
use crate::format;
use crate::history::Curve;
use crate::i18n::{Key, key};
use crate::spoken::{Spoken, letter, run_name};
use crate::state::{Lab, Pointed, ViewKind, side};
use crate::ui::{El, Signal, button, derive, el};

/// The right column: all of it.
pub fn output(lab: Lab) -> El {
    let area = |name: &str| el("div").attr("data-area", name);
    el("section")
        .class("output")
        .attr("data-area", "output")
        .named(lab, key::OUTPUT_LABEL)
        .child(runs(lab))
        .child(answers(lab))
        .child(area("loss").child(loss(lab)))
        .child(area("curves").child(accuracy(lab)))
        .child(three(lab))
}

/// What A and B are, beside the marks by which every picture knows them.
fn runs(lab: Lab) -> El {
    let run = move |side: usize| {
        el("span")
            .attr("data-run", &side.to_string())
            .say(move || run_name(lab, side as u8))
    };
    el("p")
        .class("runs")
        .attr("data-part", "runs")
        .each(move || shown_sides(lab), run)
}

/// Losses over the steps.
pub fn loss(lab: Lab) -> El {
    curves(lab, CurveKind::Loss)
}

/// Accuracies over the steps.
pub fn accuracy(lab: Lab) -> El {
    curves(lab, CurveKind::Accuracy)
}

/// What each run shown has learned: over the plane, or its answers to digits or sequences.
pub fn answers(lab: Lab) -> El {
    // Only these settings make the points; the rest may change without drawing them anew.
    let source = derive(move || {
        lab.run.now.with(|s| Settings {
            data: s.data,
            noise: s.noise,
            samples: s.samples,
            split: s.split,
            seed: s.seed,
            shift: s.shift,
            ..Settings::default()
        })
    });
    let data = derive(move || {
        let bytes = lab.services.digits.get().unwrap_or_default();
        // Digits that have not come, or are broken, leave the figure empty; the reader is told elsewhere.
        Arc::new(
            source
                .with(|s| Dataset::with_bytes(s, &bytes).map(|data| data.in_domain(s)))
                .unwrap_or_default(),
        )
    });
    let kind = derive(move || source.with(|s| s.data));
    // Each kind of picture has keys of its own.
    let boundaries = move || {
        let kind = match kind.get() {
            DatasetKind::Digits => 2,
            DatasetKind::Sequences => 4,
            _ => 0,
        };
        shown_sides(lab)
            .into_iter()
            .map(|side| kind + side)
            .collect()
    };
    let picture = move |key: usize| {
        let side = (key % 2) as u8;
        match key / 2 {
            1 => digits(lab, data, side),
            2 => sequences(lab, data, side),
            _ => boundary(lab, data, side),
        }
    };
    let pictures = el("div")
        .attr("data-area", "boundary")
        .class("boundaries")
        .each(boundaries, picture);
    el("div")
        .class("answers-panel")
        .child(pictures)
        .swap(move || {
            let text = match kind.get() {
                DatasetKind::Digits => key::OUTPUT_SAMPLE,
                DatasetKind::Sequences => key::OUTPUT_SEQUENCES_SAMPLE,
                _ => return Vec::new(),
            };
            vec![sample(lab, text)]
        })
}

/// Which sides the settings show.
pub(super) fn shown(lab: Lab) -> [bool; 2] {
    lab.run.now.with(|s| [s.view != View::B, s.view != View::A])
}

/// The same as a list: 0 is side A, 1 is side B.
pub(super) fn shown_sides(lab: Lab) -> Vec<usize> {
    let shown = shown(lab);
    (0..2).filter(|side| shown[*side]).collect()
}

/// How a panel is read that has a picture for each side: beside the last that is shown.
pub(super) fn about_last(lab: Lab, panel: Panel, index: u8) -> El {
    let is_last = move || shown_sides(lab).last() == Some(&usize::from(index));
    about(lab, panel).flag_live("hidden", move || !is_last())
}

fn boundary(lab: Lab, data: Signal<Arc<Dataset>>, index: u8) -> El {
    let words = lab.view.words;
    let (title, part) = if index == 0 {
        (key::OUTPUT_BOUNDARY_A, "boundary-a")
    } else {
        (key::OUTPUT_BOUNDARY_B, "boundary-b")
    };
    let chart = Figure::new(
        part,
        move || words.get(title).to_owned(),
        move || {
            lab.run.frame.track();
            data.track();
            lab.run.now.with(|s| s.pin);
        },
        move |draw| {
            let data = data.get_untracked();
            lab.run.frame.with_untracked(|frame| {
                let side = frame.as_deref().and_then(|frame| side(frame, index));
                draw(&Boundary {
                    logits: side.map_or(&[][..], |side| &side.boundary),
                    train: &data.train.x,
                    train_labels: &data.train.labels,
                    test: &data.test.x,
                    test_labels: &data.test.labels,
                    pin: Some(lab.run.now.with_untracked(|s| s.pin as usize)),
                    flat: words.get(key::OUTPUT_FLAT),
                });
            });
        },
    )
    .read(move |hover| {
        let Hover::Place { x1, x2, point } = hover else {
            return None;
        };
        let (x1, x2) = (format::value(x1), format::value(x2));
        let mut lines = vec![format!("x₁ {x1}   x₂ {x2}")];
        if let Some(point) = point {
            lines.push(words.fill(key::READ_POINT, &[("n", &point.to_string())]));
        }
        Some(lines)
    })
    .press(move |hover| {
        if let Some(Hover::Place { point: Some(n), .. }) = hover {
            lab.edit(|s| s.pin = n as u32);
        }
    });
    of_run(lab, index, title, "boundary", figure(lab, chart))
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
    // In the lab the layers beside it say what the runs are; a figure has to say it itself.
    let name = move || match lab.view.kind.get() {
        ViewKind::Lab => lab.view.words.get(title).to_owned(),
        _ => run_name(lab, index),
    };
    let caption = el("figcaption")
        .child(el("span").say(name))
        .child(el("b").class("figure").say(accuracy))
        .child(about_last(lab, Panel::Boundary, index));
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
    let chart = Figure::new(
        part,
        move || words.get(title).to_owned(),
        move || {
            lab.run.frame.track();
            lab.view.cursor.track();
        },
        move |draw| {
            lab.run.history.with_untracked(|history| {
                draw(&Curves {
                    curves: &history.curves,
                    shown: shown(lab),
                    kind,
                    cursor: lab.view.cursor.get_untracked(),
                    x_name: words.get(key::AXIS_STEP),
                    beyond: words.get(key::CURVE_BEYOND),
                });
            });
        },
    )
    .read(move |hover| {
        let Hover::Step { row, step } = hover else {
            return None;
        };
        lab.view.cursor.set(Some(step));
        lab.run.history.with_untracked(|history| {
            let at = read_step(lab, step, &history.curves);
            let row = history.curves.row(row);
            Some(read_curves(lab, kind, row, at, shown(lab)))
        })
    });
    let panel = match kind {
        CurveKind::Loss => Panel::Loss,
        CurveKind::Accuracy => Panel::Accuracy,
    };
    captioned_of(lab, panel, title, "curve", figure(lab, chart))
}

fn read_curves(
    lab: Lab,
    kind: CurveKind,
    row: &[f32],
    at: String,
    shown: [bool; 2],
) -> Vec<String> {
    let words = lab.view.words;
    let mut lines = vec![at];
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
pub fn three(lab: Lab) -> El {
    let row = move |name: Key, choice: Option<Statistics>, of: fn(&Accuracies) -> f32| {
        let is_chosen = move || choice.is_some_and(|c| lab.run.now.with(|s| s.statistics) == c);
        let label = match choice {
            Some(choice) => button()
                .live("aria-pressed", move || is_chosen().to_string())
                .press(move || lab.edit(|s| s.statistics = choice)),
            None => el("span"),
        };
        let cell = move |side: usize| {
            let figure = move || {
                lab.read_side(side as u8, |side| match side.diverged_at {
                    None => format::percent(of(&side.accuracy)),
                    Some(_) => "×".into(),
                })
                .unwrap_or_else(|| "–".into())
            };
            el("td").attr("data-run", &side.to_string()).say(figure)
        };
        el("tr")
            .class_live("chosen", is_chosen)
            .child(el("th").attr("scope", "row").child(label.tell(lab, name)))
            .each(move || shown_sides(lab), cell)
    };
    let head = move |side: usize| {
        el("th")
            .attr("scope", "col")
            .say(move || letter(lab, side as u8).into())
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
        .child(
            el("caption")
                .tell(lab, key::OUTPUT_THREE)
                .child(about(lab, Panel::ThreeAccuracies)),
        )
        .child(
            el("thead").child(
                el("tr")
                    .child(el("td"))
                    .each(move || shown_sides(lab), head),
            ),
        )
        .child(body)
}
