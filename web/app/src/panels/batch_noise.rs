//! The bottom: how the statistics of small batches scatter, one pinned point's x̂, and accuracy against batch size.

use std::rc::Rc;

use batchnorm_lab::protocol::BatchNoiseReport;
use batchnorm_lab::settings::choice::DatasetKind;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{IntersectionObserver, IntersectionObserverEntry};

use super::detail::figure;
use super::output;
use crate::canvas::{Chart, canvas};
use crate::charts::{
    Hover, LadderData, LadderText, NoiseData, NoiseKind, NoiseText, draw_ladder, draw_noise,
    draw_x_hat_noise, locate_ladder, locate_noise, locate_x_hat_noise,
};
use crate::format;
use crate::i18n::key;
use crate::small_sort::sort_few;
use crate::spoken::{Spoken, letter};
use crate::state::{Lab, Phase, WorkerState};
use crate::ui::{El, Signal, after, button, derive, el, value_of, write_back};

/// The panel; it measures by itself when it comes into view and whenever training stops.
pub fn batch_noise(lab: Lab) -> El {
    let panel = el("section").class("batch-noise");
    let is_seen = Signal::new(false);
    watch_sight(&panel, is_seen);
    // Layer, unit, pin and batch size make the last answer stale; so does every further step, once training rests.
    let asked = derive(move || {
        lab.run
            .now
            .with(|s| (s.selected_layer, s.selected_unit, s.pin, s.statistics))
    });
    after(move || {
        asked.track();
        let rests = matches!(lab.run.phase.get(), Phase::Invitation | Phase::Paused);
        let is_fresh = lab.run.frame.with(|frame| {
            frame.as_deref().is_some_and(|frame| {
                lab.run.batch_noise.with_untracked(|noise| {
                    noise.as_deref().is_some_and(|n| {
                        let now = lab.run.now.get_untracked();
                        n.run == frame.run
                            && n.step == frame.step
                            && n.pin == now.pin
                            && n.layer == now.selected_layer
                            && n.unit == now.selected_unit
                    })
                })
            })
        });
        let can_ask = lab.services.worker.get_untracked() == WorkerState::Ready;
        if is_seen.get() && rests && !is_fresh && can_ask && !lab.run.is_measuring.get_untracked() {
            lab.measure_noise();
        }
    });
    panel
        .attr("data-area", "batch-noise")
        .attr("data-part", "batch-noise")
        .named(lab, key::BATCH_NOISE_LABEL)
        .live("aria-busy", move || lab.run.is_measuring.get().to_string())
        .child(bar(lab))
        .child(
            el("div")
                .class("batch-noise-charts")
                .child(scatter(lab, NoiseKind::Means))
                .child(scatter(lab, NoiseKind::Variances))
                .child(scatter(lab, NoiseKind::XHats))
                .child(x_hat(lab))
                .child(sweep(lab)),
        )
}

fn watch_sight(panel: &El, is_seen: Signal<bool>) {
    let on_seen: Closure<dyn Fn(js_sys::Array)> = Closure::new(move |entries: js_sys::Array| {
        let last = entries.pop().unchecked_into::<IntersectionObserverEntry>();
        // The panel may be gone by the time the browser tells.
        let _ = is_seen.try_set(last.is_intersecting());
    });
    let Ok(observer) = IntersectionObserver::new(on_seen.as_ref().unchecked_ref()) else {
        return;
    };
    observer.observe(&panel.0);
    let eye = Signal::new((observer, on_seen));
    on_cleanup(move || {
        eye.try_with_untracked(|(observer, _)| observer.disconnect());
    });
}

fn bar(lab: Lab) -> El {
    let words = lab.view.words;
    let pin = move || lab.run.now.with(|s| s.pin.to_string());
    let about = move || {
        lab.run.batch_noise.with(|noise| {
            noise.as_deref().map_or_else(String::new, |n| {
                let text = words.fill(
                    key::BATCH_NOISE_ABOUT,
                    &[
                        ("layer", &(n.layer + 1).to_string()),
                        ("unit", &(n.unit + 1).to_string()),
                        ("step", &format::count(n.step)),
                        ("z", &format::value(f64::from(n.z))),
                    ],
                );
                match lab.run.now.with(|s| s.data) {
                    DatasetKind::Digits => text + words.get(key::BATCH_NOISE_IMAGES),
                    DatasetKind::Sequences => text + words.get(key::BATCH_NOISE_SEQUENCES),
                    _ => text,
                }
            })
        })
    };
    let input = el("input")
        .attr("type", "text")
        .attr("inputmode", "numeric")
        .class("value")
        .value(pin)
        .on("change", move |event| {
            lab.change_text("pin", value_of(&event).trim());
            write_back(&event, &pin());
        });
    el("div")
        .class("batch-noise-bar")
        .child(el("h2").tell(lab, key::BATCH_NOISE_TITLE))
        .child(el("p").say(about))
        .child(el("span").class("spring"))
        .child(
            el("label")
                .class("pin")
                .attr("data-part", "pin")
                .hideable(lab, "pin")
                .live("title", move || words.find("control.pin.help"))
                .child(el("span").say(move || words.find("control.pin.label")))
                .child(input),
        )
        .child(
            button()
                .class("quiet")
                .attr("data-part", "measure")
                .flag_live("disabled", move || lab.run.is_measuring.get())
                .tell(lab, key::BATCH_NOISE_AGAIN)
                .press(move || lab.measure_noise()),
        )
}

/// Runs `of` on the newest report.
fn with_report(lab: Lab, kind: NoiseKind, of: &mut dyn FnMut(NoiseData)) {
    lab.run.batch_noise.with_untracked(|noise| {
        if let Some(report) = noise.as_deref() {
            of(NoiseData {
                report,
                kind,
                current: Some(lab.run.now.with_untracked(|s| s.batch_size() as u32)),
            });
        }
    });
}

fn watch(lab: Lab) -> Box<dyn Fn()> {
    Box::new(move || {
        lab.run.batch_noise.track();
        lab.run.now.with(|s| s.batch);
    })
}

fn read_row(
    lab: Lab,
    report: &BatchNoiseReport,
    index: usize,
    kind: NoiseKind,
) -> Option<Vec<String>> {
    let row = report.rows.get(index)?;
    let words = lab.view.words;
    let value = |x: f32| format::value(f64::from(x));
    let mut lines = vec![words.fill(key::READ_BATCH, &[("batch", &row.batch.to_string())])];
    let spread = match kind {
        NoiseKind::Means => row.mean_sd,
        NoiseKind::Variances => row.variance_sd,
        NoiseKind::XHats => row.x_hat_sd,
    };
    lines.push(words.fill(key::READ_SPREAD, &[("sd", &value(spread))]));
    if kind == NoiseKind::XHats {
        lines.push(words.fill(key::READ_THEORY, &[("sd", &value(row.x_hat_sd_theory))]));
    }
    Some(lines)
}

fn scatter(lab: Lab, kind: NoiseKind) -> El {
    let words = lab.view.words;
    let (title, axis, part) = match kind {
        NoiseKind::Means => (
            key::BATCH_NOISE_MEANS,
            key::AXIS_DEVIATIONS,
            "batch-noise-means",
        ),
        NoiseKind::Variances => (
            key::BATCH_NOISE_VARIANCES,
            key::AXIS_RATIO,
            "batch-noise-variances",
        ),
        NoiseKind::XHats => (
            key::BATCH_NOISE_X_HATS,
            key::AXIS_X_HAT,
            "batch-noise-x-hats",
        ),
    };
    let chart = Chart {
        part: part.into(),
        label: Box::new(move || words.get(title).to_owned()),
        watch: watch(lab),
        paint: Rc::new(move |area, theme, scale| {
            with_report(lab, kind, &mut |data| {
                let text = NoiseText {
                    x_name: words.get(axis),
                    y_name: words.get(key::AXIS_BATCH),
                    truth: words.get(key::BATCH_NOISE_TRUTH),
                    ..NoiseText::default()
                };
                let _ = draw_noise(area, &data, theme, &text, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut lines = None;
            with_report(lab, kind, &mut |data| {
                if let Some(Hover::Batch { index, .. }) = locate_noise(&data, size, point) {
                    lines = read_row(lab, data.report, index, kind);
                }
            });
            lines
        })),
        press: None,
    };
    figure(lab, title, "small", canvas(lab, chart))
}

fn x_hat(lab: Lab) -> El {
    let words = lab.view.words;
    let kind = NoiseKind::XHats;
    let chart = Chart {
        part: "batch-noise-law".into(),
        label: Box::new(move || words.get(key::BATCH_NOISE_LAW).to_owned()),
        watch: watch(lab),
        paint: Rc::new(move |area, theme, scale| {
            with_report(lab, kind, &mut |data| {
                let text = NoiseText {
                    x_name: words.get(key::AXIS_BATCH),
                    y_name: words.get(key::AXIS_SPREAD),
                    ..NoiseText::default()
                };
                let _ = draw_x_hat_noise(area, &data, theme, &text, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut lines = None;
            with_report(lab, kind, &mut |data| {
                if let Some(Hover::Batch { index, .. }) = locate_x_hat_noise(&data, size, point) {
                    lines = read_row(lab, data.report, index, kind);
                }
            });
            lines
        })),
        press: None,
    };
    figure(lab, key::BATCH_NOISE_LAW, "small", canvas(lab, chart))
}

/// Batch sizes of a report, growing.
fn sizes(rows: &[batchnorm_lab::protocol::SweepRow]) -> Vec<u32> {
    let mut sizes: Vec<u32> = rows.iter().map(|row| row.batch).collect();
    sort_few(&mut sizes, |a, b| a > b);
    sizes.dedup();
    sizes
}

fn sweep(lab: Lab) -> El {
    let words = lab.view.words;
    let with = move |of: &mut dyn FnMut(LadderData)| {
        lab.run.batch_size_sweep.with_untracked(|ladder| {
            let rows = ladder.as_deref().map_or(&[][..], |ladder| &ladder.rows);
            let sizes = sizes(rows);
            of(LadderData {
                batches: &sizes,
                rows,
                shown: output::shown(lab),
                current: Some(lab.run.now.with_untracked(|s| s.batch_size() as u32)),
            });
        });
    };
    let chart = Chart {
        part: "sweep-chart".into(),
        label: Box::new(move || words.get(key::SWEEP_TITLE).to_owned()),
        watch: Box::new(move || {
            lab.run.batch_size_sweep.track();
            lab.run.now.with(|s| s.batch);
        }),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let text = LadderText {
                    x_name: words.get(key::AXIS_BATCH),
                    runs: [words.get(key::RUN_LETTER_A), words.get(key::RUN_LETTER_B)],
                    chance: words.get(key::SWEEP_CHANCE),
                    diverged: "×",
                    ..LadderText::default()
                };
                let _ = draw_ladder(area, &data, theme, &text, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut lines = None;
            with(&mut |data| {
                let found = locate_ladder(&data, size, point);
                let Some(Hover::Batch { batch, .. }) = found else {
                    return;
                };
                let mut text = vec![words.fill(key::READ_BATCH, &[("batch", &batch.to_string())])];
                for row in data.rows.iter().filter(|row| row.batch == batch) {
                    let run = letter(lab, row.side);
                    text.push(words.fill(
                        key::READ_SWEEP,
                        &[
                            ("run", run),
                            ("running", &format::percent(row.accuracy_running)),
                            ("full", &format::percent(row.accuracy_full)),
                        ],
                    ));
                }
                lines = Some(text);
            });
            lines
        })),
        press: None,
    };
    let is_empty = move || lab.run.batch_size_sweep.with(Option::is_none);
    let progress = move || {
        lab.run
            .batch_size_sweep
            .with(|l| l.as_deref().map(|l| (l.done, l.total, l.steps)))
    };
    let press = move || {
        if lab.run.is_sweeping.get_untracked() {
            lab.cancel_sweep();
        } else {
            lab.sweep_batch_sizes();
        }
    };
    let label = move || {
        let key = if lab.run.is_sweeping.get() {
            key::SWEEP_CANCEL
        } else if is_empty() {
            key::SWEEP_START
        } else {
            key::SWEEP_AGAIN
        };
        words.get(key).to_owned()
    };
    let about = move || match progress() {
        None => words.get(key::SWEEP_EMPTY).to_owned(),
        Some((.., steps)) => {
            let steps = format::count(u64::from(steps));
            words.fill(key::SWEEP_ABOUT, &[("steps", &steps)])
        }
    };
    let bar = el("progress")
        .flag_live("hidden", move || !lab.run.is_sweeping.get())
        .live("max", move || {
            progress()
                .map_or(1, |(_, total, _)| total.max(1))
                .to_string()
        })
        .live("value", move || {
            progress().map_or(0, |(done, ..)| done).to_string()
        });
    let caption = el("figcaption")
        .child(el("span").tell(lab, key::SWEEP_TITLE))
        .child(
            button()
                .class("quiet")
                .attr("data-part", "sweep-start")
                .say(label)
                .press(press),
        );
    el("figure")
        .class("small sweep")
        .attr("data-part", "sweep")
        .class_live("blank", is_empty)
        .child(caption)
        .child(canvas(lab, chart))
        .child(bar)
        .child(el("p").class("about").say(about))
}
