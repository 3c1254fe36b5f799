//! The transport: reset, play, step, speed; where the run is; at its end seed and engine.

use batchnorm_lab::settings::choice::Speed;

use super::{Panel, panel};
use crate::controls::{choice, own_row};
use crate::format;
use crate::i18n::key;
use crate::spoken::Spoken;
use crate::state::{Lab, Phase};
use crate::ui::{El, button, el, icon};

const RESET: &str = "M3 3h2v10H3zM13 3v10L5.5 8z";
const PLAY: &str = "M4 2.5v11L13.5 8z";
const PAUSE: &str = "M4 3h3v10H4zM9 3h3v10H9z";
const STEP: &str = "M3 3v10l7.5-5zM11 3h2v10h-2z";

/// The transport.
pub fn transport(lab: Lab) -> El {
    el("div")
        .class("transport")
        .attr("role", "toolbar")
        .named(lab, key::TRANSPORT_LABEL)
        .child(keys(lab))
        .child(speed(lab))
        .child(counter(lab))
        .child(
            button()
                .class("quiet back")
                .attr("data-part", "back")
                .flag_live("hidden", move || lab.run.earlier.with(Option::is_none))
                .tell(lab, key::TRANSPORT_BACK)
                .press(move || lab.go_back()),
        )
        .child(el("span").class("spring"))
        .child(panel(lab, Panel::SeedAndEngine))
}

/// Where the run is.
pub fn counter(lab: Lab) -> El {
    el("p")
        .class("counter")
        .child(el("span").tell(lab, key::TRANSPORT_STEP_COUNT))
        .text(" ")
        .child(
            el("b")
                .attr("data-part", "step-count")
                .say(move || count(lab, |frame| frame.step)),
        )
        .child(el("i").text(" · "))
        .child(el("span").tell(lab, key::TRANSPORT_EPOCH))
        .text(" ")
        .child(
            el("b")
                .attr("data-part", "epoch-count")
                .say(move || count(lab, |frame| frame.epoch)),
        )
}

/// Reset, play, step.
pub fn keys(lab: Lab) -> El {
    let words = lab.view.words;
    let play_label = move || {
        words.get(if lab.run.is_playing.get() {
            key::TRANSPORT_PAUSE
        } else {
            key::TRANSPORT_PLAY
        })
    };
    let is_waiting = move || {
        matches!(
            lab.run.phase.get(),
            Phase::Loading | Phase::Lost | Phase::Refused | Phase::Diverged
        )
    };
    let key_button = move |name: &'static str| {
        button()
            .class("key")
            .attr("data-part", name)
            .hideable(lab, name)
    };
    el("div")
        .class("keys")
        .child(
            key_button("reset")
                .named(lab, key::TRANSPORT_RESET)
                .hint(lab, key::TRANSPORT_RESET_HELP)
                .child(icon(RESET))
                .press(move || lab.reset()),
        )
        .child(
            key_button("play")
                .class("key main")
                .focus_home()
                .class_live("calling", move || lab.run.phase.get() == Phase::Invitation)
                .flag_live("disabled", is_waiting)
                .live("title", move || {
                    format!("{} ({})", play_label(), words.get(key::KEY_SPACE))
                })
                .live("aria-label", move || play_label().into())
                .swap(move || {
                    vec![icon(if lab.run.is_playing.get() {
                        PAUSE
                    } else {
                        PLAY
                    })]
                })
                .press(move || lab.toggle()),
        )
        .child(
            key_button("step")
                .named(lab, key::TRANSPORT_STEP)
                .hint(lab, key::TRANSPORT_STEP_HELP)
                .flag_live("disabled", is_waiting)
                .child(icon(STEP))
                .press(move || lab.step(1)),
        )
}

fn count(lab: Lab, of: impl FnOnce(&batchnorm_lab::protocol::Frame) -> u64) -> String {
    lab.read(of).map_or_else(|| "–".into(), format::count)
}

fn speed(lab: Lab) -> El {
    let row = own_row("speed");
    let label = move || lab.view.words.find("control.speed.label");
    el("div")
        .class("speed")
        .attr("data-part", row.part)
        .attr("role", "group")
        .live("aria-label", label)
        .hideable(lab, row.name)
        .pointing(lab, row)
        .child(el("span").class("label").say(label))
        .child(choice::buttons(lab, row, Speed::NAMES))
}
