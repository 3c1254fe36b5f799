//! The bottom: how the statistics of small batches scatter, one pinned point's x̂, and accuracy against batch size.

use batchnorm_lab::settings::choice::DatasetKind;

mod charts;
mod sweep;

use self::charts::{law, strips};
use self::sweep::sweep;
use super::seen::watch_visibility;
use crate::charts::Scatter;
use crate::controls::own_row;
use crate::controls::typed::typed;
use crate::format;
use crate::i18n::key;
use crate::spoken::Spoken;
use crate::state::{Lab, Phase, WorkerState};
use crate::ui::{El, Signal, after, button, derive, el};

/// The bottom: all of it.
pub fn batch_noise(lab: Lab) -> El {
    measured(lab, el("section"))
        .class("batch-noise")
        .attr("data-area", "batch-noise")
        .attr("data-part", "batch-noise")
        .named(lab, key::BATCH_NOISE_LABEL)
        .child(bar(lab))
        .child(
            el("div")
                .class("batch-noise-charts")
                .child(strips(lab, Scatter::Means))
                .child(strips(lab, Scatter::Variances))
                .child(strips(lab, Scatter::XHats))
                .child(law(lab))
                .child(sweep(lab)),
        )
}

/// How the pinned point's x̂ jitters, and the law of it.
pub fn x_hat_noise(lab: Lab) -> El {
    measured(lab, el("div"))
        .class("pair")
        .attr("data-area", "batch-noise")
        .child(strips(lab, Scatter::XHats))
        .child(law(lab))
}

/// How means and variances of small batches scatter.
pub fn statistics_noise(lab: Lab) -> El {
    measured(lab, el("div"))
        .class("pair")
        .attr("data-area", "batch-noise")
        .child(strips(lab, Scatter::Means))
        .child(strips(lab, Scatter::Variances))
}

/// Accuracy against batch size.
pub fn batch_size(lab: Lab) -> El {
    sweep(lab)
}

/// A panel that asks for a measurement when it comes into view and whenever training stops.
fn measured(lab: Lab, panel: El) -> El {
    let is_seen = Signal::new(false);
    watch_visibility(&panel, is_seen);
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
    panel.live("aria-busy", move || lab.run.is_measuring.get().to_string())
}

fn bar(lab: Lab) -> El {
    let words = lab.view.words;
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
    let input = typed(lab, own_row("pin"), "");
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
