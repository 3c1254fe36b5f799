//! The bottom: how the statistics of small batches scatter, one pinned point's x̂, and accuracy against batch size.

use std::rc::Rc;

use batchnorm_lab::protocol::NoiseReport;
use leptos::html::Section;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{IntersectionObserver, IntersectionObserverEntry};

use super::detail::figure;
use super::{output, say};
use crate::canvas::{Chart, canvas};
use crate::charts::{
    Hover, LadderData, LadderText, NoiseData, NoiseKind, NoiseText, draw_ladder, draw_noise,
    draw_x_hat_noise, locate_ladder, locate_noise, locate_x_hat_noise,
};
use crate::format;
use crate::i18n::key;
use crate::state::{Lab, Phase, WorkerState};

/// The panel; it measures by itself when it comes into view and whenever training stops.
pub fn noise(lab: Lab) -> AnyView {
    let node = NodeRef::<Section>::new();
    let is_seen = RwSignal::new(false);
    watch_sight(node, is_seen);
    // Layer, unit, pin and batch size make the last answer stale; so does every further step, once training rests.
    let asked = Memo::new(move |_| {
        lab.now
            .with(|s| (s.focus_layer, s.focus_unit, s.pin, s.statistics))
    });
    Effect::new(move |_| {
        asked.track();
        let rests = matches!(lab.phase.get(), Phase::Invitation | Phase::Paused);
        let is_fresh = lab.frame.with(|frame| {
            frame.as_deref().is_some_and(|frame| {
                lab.noise.with_untracked(|noise| {
                    noise.as_deref().is_some_and(|n| {
                        let now = lab.now.get_untracked();
                        n.run == frame.run
                            && n.step == frame.step
                            && n.pin == now.pin
                            && n.layer == now.focus_layer
                            && n.unit == now.focus_unit
                    })
                })
            })
        });
        let can_ask = lab.worker.get_untracked() == WorkerState::Ready;
        if is_seen.get() && rests && !is_fresh && can_ask && !lab.is_measuring.get_untracked() {
            lab.measure_noise();
        }
    });
    view! {
        <section
            class="noise"
            node_ref=node
            data-area="noise"
            data-part="noise"
            aria-label=say(lab, key::NOISE_LABEL)
            aria-busy=move || lab.is_measuring.get().to_string()
        >
            {bar(lab)}
            <div class="noise-charts">
                {scatter(lab, NoiseKind::Means)}
                {scatter(lab, NoiseKind::Variances)}
                {scatter(lab, NoiseKind::XHats)}
                {x_hat(lab)}
                {ladder(lab)}
            </div>
        </section>
    }
    .into_any()
}

fn watch_sight(node: NodeRef<Section>, is_seen: RwSignal<bool>) {
    let eye =
        StoredValue::new_local(None::<(IntersectionObserver, Closure<dyn Fn(js_sys::Array)>)>);
    Effect::new(move |_| {
        let Some(section) = node.get() else { return };
        let on_seen: Closure<dyn Fn(js_sys::Array)> =
            Closure::new(move |entries: js_sys::Array| {
                let last = entries.pop().unchecked_into::<IntersectionObserverEntry>();
                // The panel may be gone by the time the browser tells.
                let _ = is_seen.try_set(last.is_intersecting());
            });
        if let Ok(observer) = IntersectionObserver::new(on_seen.as_ref().unchecked_ref()) {
            observer.observe(&section);
            eye.set_value(Some((observer, on_seen)));
        }
    });
    on_cleanup(move || {
        eye.try_update_value(|eye| {
            if let Some((observer, _)) = eye.take() {
                observer.disconnect();
            }
        });
    });
}

fn bar(lab: Lab) -> AnyView {
    let words = lab.words;
    let pin = move || lab.now.with(|s| s.pin.to_string());
    let typed = move |event: web_sys::Event| {
        lab.change("pin", event_target_value(&event).trim());
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&pin());
    };
    let about = move || {
        lab.noise.with(|noise| {
            noise.as_deref().map(|n| {
                words.fill(
                    key::NOISE_ABOUT,
                    &[
                        ("layer", &(n.layer + 1).to_string()),
                        ("unit", &(n.unit + 1).to_string()),
                        ("step", &format::count(n.step)),
                        ("z", &format::value(f64::from(n.z))),
                    ],
                )
            })
        })
    };
    view! {
        <div class="noise-bar">
            <h2>{say(lab, key::NOISE_TITLE)}</h2>
            <p>{about}</p>
            <span class="spring"></span>
            <label class="pin" data-part="pin" hidden=move || lab.hides("pin") title=move || words.find("control.pin.help")>
                <span>{move || words.find("control.pin.label")}</span>
                <input type="text" inputmode="numeric" class="value" prop:value=pin on:change=typed/>
            </label>
            <button
                type="button"
                class="quiet"
                data-part="measure"
                disabled=move || lab.is_measuring.get()
                on:click=move |_| lab.measure_noise()
            >
                {say(lab, key::NOISE_AGAIN)}
            </button>
        </div>
    }
    .into_any()
}

/// Runs `of` on the newest report.
fn with_report(lab: Lab, kind: NoiseKind, of: &mut dyn FnMut(NoiseData)) {
    lab.noise.with_untracked(|noise| {
        if let Some(report) = noise.as_deref() {
            of(NoiseData {
                report,
                kind,
                current: Some(lab.now.with_untracked(|s| s.batch_size() as u32)),
            });
        }
    });
}

fn watch(lab: Lab) -> Box<dyn Fn()> {
    Box::new(move || {
        lab.noise.track();
        lab.now.with(|s| s.batch);
    })
}

fn read_row(lab: Lab, report: &NoiseReport, index: usize, kind: NoiseKind) -> Option<Vec<String>> {
    let row = report.rows.get(index)?;
    let words = lab.words;
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

fn scatter(lab: Lab, kind: NoiseKind) -> AnyView {
    let words = lab.words;
    let (title, axis, part) = match kind {
        NoiseKind::Means => (key::NOISE_MEANS, key::AXIS_DEVIATIONS, "noise-means"),
        NoiseKind::Variances => (key::NOISE_VARIANCES, key::AXIS_RATIO, "noise-variances"),
        NoiseKind::XHats => (key::NOISE_X_HATS, key::AXIS_X_HAT, "noise-x-hats"),
    };
    let chart = Chart {
        part: part.into(),
        label: Signal::derive(move || words.get(title).to_owned()),
        watch: watch(lab),
        paint: Rc::new(move |area, theme, scale| {
            with_report(lab, kind, &mut |data| {
                let text = untrack(|| NoiseText {
                    x_name: words.get(axis),
                    y_name: words.get(key::AXIS_BATCH),
                    truth: words.get(key::NOISE_TRUTH),
                    ..NoiseText::default()
                });
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

fn x_hat(lab: Lab) -> AnyView {
    let words = lab.words;
    let kind = NoiseKind::XHats;
    let chart = Chart {
        part: "noise-law".into(),
        label: Signal::derive(move || words.get(key::NOISE_LAW).to_owned()),
        watch: watch(lab),
        paint: Rc::new(move |area, theme, scale| {
            with_report(lab, kind, &mut |data| {
                let text = untrack(|| NoiseText {
                    x_name: words.get(key::AXIS_BATCH),
                    y_name: words.get(key::AXIS_SPREAD),
                    measured: words.get(key::NOISE_MEASURED),
                    gaussian: words.get(key::NOISE_GAUSSIAN),
                    ..NoiseText::default()
                });
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
    figure(lab, key::NOISE_LAW, "small", canvas(lab, chart))
}

/// Batch sizes of a report, growing.
fn sizes(rows: &[batchnorm_lab::protocol::LadderRow]) -> Vec<u32> {
    let mut sizes: Vec<u32> = rows.iter().map(|row| row.batch).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

fn ladder(lab: Lab) -> AnyView {
    let words = lab.words;
    let with = move |of: &mut dyn FnMut(LadderData)| {
        lab.ladder.with_untracked(|ladder| {
            let rows = ladder.as_deref().map_or(&[][..], |ladder| &ladder.rows);
            let sizes = sizes(rows);
            of(LadderData {
                batches: &sizes,
                rows,
                shown: untrack(|| output::shown(lab)),
                current: Some(lab.now.with_untracked(|s| s.batch_size() as u32)),
            });
        });
    };
    let chart = Chart {
        part: "ladder-chart".into(),
        label: Signal::derive(move || words.get(key::LADDER_TITLE).to_owned()),
        watch: Box::new(move || {
            lab.ladder.track();
            lab.now.with(|s| s.batch);
        }),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let text = untrack(|| LadderText {
                    x_name: words.get(key::AXIS_BATCH),
                    runs: [words.get(key::RUN_LETTER_A), words.get(key::RUN_LETTER_B)],
                    chance: words.get(key::LADDER_CHANCE),
                    diverged: "×",
                    ..LadderText::default()
                });
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
                    let run = words.get(if row.side == 0 {
                        key::RUN_LETTER_A
                    } else {
                        key::RUN_LETTER_B
                    });
                    text.push(words.fill(
                        key::READ_LADDER,
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
    let is_empty = move || lab.ladder.with(Option::is_none);
    let progress = move || {
        lab.ladder
            .with(|l| l.as_deref().map(|l| (l.done, l.total, l.steps)))
    };
    let pressed = move |_| {
        if lab.is_climbing.get_untracked() {
            lab.cancel_climb();
        } else {
            lab.climb();
        }
    };
    let label = move || {
        if lab.is_climbing.get() {
            words.get(key::LADDER_CANCEL)
        } else if is_empty() {
            words.get(key::LADDER_START)
        } else {
            words.get(key::LADDER_AGAIN)
        }
    };
    let line = move || {
        progress()
            .filter(|_| lab.is_climbing.get())
            .map(|(done, total, _)| {
                view! { <progress max=total.to_string() value=done.to_string()></progress> }
                    .into_any()
            })
    };
    let about = move || {
        let steps = progress().map_or_else(
            || "–".into(),
            |(_, _, steps)| format::count(u64::from(steps)),
        );
        if is_empty() {
            words.get(key::LADDER_EMPTY).to_owned()
        } else {
            words.fill(key::LADDER_ABOUT, &[("steps", &steps)])
        }
    };
    view! {
        <figure class="small ladder" data-part="ladder" class:blank=is_empty>
            <figcaption>
                {say(lab, key::LADDER_TITLE)}
                <button type="button" class="quiet" data-part="ladder-start" on:click=pressed>{label}</button>
            </figcaption>
            {canvas(lab, chart)}
            {line}
            <p class="about">{about}</p>
        </figure>
    }
    .into_any()
}
