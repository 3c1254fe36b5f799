//! One batch on several devices: workers that share a step, beside one that has the whole batch.

mod ask;
mod charts;
mod choose;
mod comparing;
mod reading;

use self::comparing::Comparing;
use super::Panel;
use super::figure::figure;
use super::telling::about;
use crate::i18n::key;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, button, el};

/// The panel.
pub fn devices(lab: Lab) -> El {
    let comparing = Comparing::new(lab);
    let caption = el("figcaption")
        .child(el("span").tell(lab, key::DEVICES_TITLE))
        .child(about(lab, Panel::Devices))
        .children(choose::fields(comparing))
        .child(el("span").class("spring"))
        .child(starter(comparing))
        .child(progress(comparing));
    let charts = el("div")
        .class("measured-charts")
        .attr("data-part", "devices-charts")
        .attr("tabindex", "0")
        .attr("role", "group")
        .named(lab, key::DEVICES_WALK)
        .on("keydown", move |event| reading::walk(comparing, &event))
        .on("keyup", |event| reading::keep(&event))
        // In one column the boxes need more of the height than the lines.
        .child(figure(lab, charts::boxes(comparing)).style("flex-grow", "1.3"))
        .child(figure(lab, charts::lines(comparing)));
    // Styled as what is measured.
    let panel = el("figure")
        .class("measured")
        .attr("data-part", "devices")
        .live("aria-busy", move || comparing.is_running.get().to_string())
        .child(caption)
        .child(charts)
        .child(
            el("p")
                .class("measured-reading")
                .attr("data-part", "devices-reading")
                .attr("role", "status")
                .say(move || reading::said(comparing)),
        );
    comparing.follow(&panel);
    panel
}

/// Starts and cancels.
fn starter(comparing: Comparing) -> El {
    let words = comparing.lab.view.words;
    let said = move || {
        let is_empty = comparing.of.with(Option::is_none);
        words
            .get(match (comparing.is_running.get(), is_empty) {
                (true, _) => key::GRID_CANCEL,
                (false, true) => key::GRID_START,
                (false, false) => key::GRID_AGAIN,
            })
            .to_owned()
    };
    button()
        .class("quiet")
        .attr("data-part", "devices-start")
        .hideable(comparing.lab, "play")
        .say(said)
        .press(move || match comparing.is_running.get_untracked() {
            true => comparing.cancel(),
            false => comparing.start(),
        })
}

/// How many looks are done.
fn progress(comparing: Comparing) -> El {
    let counts = move || comparing.with(|all| all.progress());
    el("progress")
        .attr("data-part", "devices-progress")
        .style("width", "100%")
        .style("height", "2px")
        .named(comparing.lab, key::DEVICES_PROGRESS)
        .class_live("idle", move || !comparing.is_running.get())
        .live("max", move || counts()[1].to_string())
        .live("value", move || counts()[0].to_string())
}
