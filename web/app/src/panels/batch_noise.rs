//! The bottom: how the statistics of small batches scatter, one pinned point's x̂, and beside them the sweep.

use std::cell::Cell;

use batchnorm_lab::settings::choice::DatasetKind;

mod charts;
mod sweep_room;

use self::charts::{law, strips};
use self::sweep_room::sweep_room;
use super::Panel;
use super::seen::watch_visibility;
use super::telling::name;
use crate::charts::Scatter;
use crate::controls::own_row;
use crate::controls::typed::typed;
use crate::format;
use crate::i18n::{Key, key};
use crate::spoken::Spoken;
use crate::state::{Lab, Phase, WorkerState};
use crate::ui::{El, Signal, after, button, derive, el, value_of, write_back};

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
                .child(sweep_room(lab)),
        )
}

/// How the pinned point's x̂ jitters, and the law of it.
pub fn x_hat_noise(lab: Lab) -> El {
    measured(lab, el("div"))
        .class("pair")
        .attr("data-area", "batch-noise")
        .child(strips(lab, Scatter::XHats))
        .child(law(lab))
        .child(when(lab))
}

/// How means and variances of small batches scatter.
pub fn statistics_noise(lab: Lab) -> El {
    measured(lab, el("div"))
        .class("pair")
        .attr("data-area", "batch-noise")
        .child(strips(lab, Scatter::Means))
        .child(strips(lab, Scatter::Variances))
        .child(when(lab))
}

/// At which step it was measured, for training may be further; measured anew by a press.
fn when(lab: Lab) -> El {
    let words = lab.view.words;
    let at = move || {
        let step = lab.run.batch_noise.with(|n| n.as_deref().map(|n| n.step));
        step.map_or_else(String::new, |step| {
            words.fill(key::BATCH_NOISE_AT, &[("step", &format::count(step))])
        })
    };
    el("p")
        .class("measured-at")
        .attr("data-part", "measured-at")
        .child(el("span").say(at))
        .child(again(lab))
}

/// A panel that asks for a measurement when it comes into view and whenever training stops; once, too, where training
/// began before there was any.
fn measured(lab: Lab, panel: El) -> El {
    let is_seen = Signal::new(false);
    watch_visibility(&panel, is_seen);
    // What makes the last answer stale: another run or unit, and every further step.
    let wanted = derive(move || {
        let (layer, unit) = lab.selected_unit();
        let now = lab.run.now.with(|s| (s.pin, s.statistics));
        let at = lab.read(|frame| (frame.run, frame.step));
        at.map(|at| (at, layer, unit, now))
    });
    let asked = Cell::new(None);
    after(move || {
        let wanted = wanted.get();
        let is_empty = lab.run.batch_noise.with(Option::is_none);
        let is_time = match lab.run.phase.get() {
            Phase::Invitation | Phase::Paused => is_empty || asked.get() != wanted,
            phase => phase == Phase::Playing && is_empty,
        };
        let can_ask = lab.services.worker.get_untracked() == WorkerState::Ready;
        // Followed: one that ends behind the run is made again where the run stands.
        let is_measuring = lab.run.is_measuring.get();
        if is_seen.get() && is_time && can_ask && !is_measuring && wanted.is_some() {
            asked.set(wanted);
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
        .child(again(lab))
        .children(OVER.map(|of| opener(lab, of)))
        .child(more_views(lab))
}

/// Panels that lie over the lab when they are asked for.
const OVER: [(&str, &str, Key); 6] = [
    ("race-grid", "open-race-grid", key::PANEL_RACE_GRID),
    ("landscape", "open-landscape", key::PANEL_LANDSCAPE),
    (
        "depth-profile",
        "open-depth-profile",
        key::PANEL_DEPTH_PROFILE,
    ),
    ("backward", "open-backward", key::PANEL_BACKWARD),
    ("frameworks", "open-frameworks", key::PANEL_FRAMEWORKS),
    ("numbers", "open-numbers", key::PANEL_NUMBERS),
];

fn opener(lab: Lab, (over, part, title): (&'static str, &str, Key)) -> El {
    button()
        .class("quiet")
        .attr("data-part", part)
        .attr("aria-haspopup", "dialog")
        .tell(lab, title)
        .press(move || {
            let is_open = lab.view.over.get_untracked() == over;
            lab.view.over.set(if is_open { "" } else { over });
        })
}

/// The other panels of lessons, in the order of the course.
const VIEWS: [Panel; 9] = [
    Panel::Drift,
    Panel::NumberLine,
    Panel::WhichCells,
    Panel::ByClass,
    Panel::Sharing,
    Panel::Devices,
    Panel::WeightNorm,
    Panel::ComparedRuns,
    Panel::Fold,
];

/// A choice of these, which opens over the lab and is a choice again at once.
fn more_views(lab: Lab) -> El {
    let options = VIEWS.map(|panel| {
        el("option")
            .attr("value", panel.row().name)
            // What is of sequences is empty of other data.
            .flag_live("disabled", move || {
                let data = lab.run.now.with(|now| now.data);
                panel == Panel::Sharing && data != DatasetKind::Sequences
            })
            .say(move || name(lab, panel))
    });
    el("select")
        .attr("data-part", "views")
        .attr("aria-haspopup", "dialog")
        .named(lab, key::BATCH_NOISE_VIEWS)
        .child(
            el("option")
                .attr("value", "")
                .tell(lab, key::BATCH_NOISE_VIEWS),
        )
        .children(options)
        .on("change", move |event| {
            let chosen = value_of(&event);
            let view = VIEWS.iter().find(|panel| panel.row().name == chosen);
            write_back(&event, "");
            lab.view.over.set(view.map_or("", |panel| panel.row().name));
        })
}

fn again(lab: Lab) -> El {
    button()
        .class("quiet")
        .attr("data-part", "measure")
        .flag_live("disabled", move || lab.run.is_measuring.get())
        .tell(lab, key::BATCH_NOISE_AGAIN)
        .press(move || lab.measure_noise())
}
