//! How a panel is read: a small button beside its name, which opens a sheet over it with the way to read it, the sentence
//! of the moment and the figures. Only the button is in the first module.

use crate::i18n::{Key, key};
use crate::state::{Lab, Reading};
use crate::ui::{El, button, target_of};

use super::Panel;

pub(super) mod apart;
pub(super) mod host;
pub(super) mod seen;
pub(super) mod sheet;

/// The button that opens the sheet of a panel, and closes it again.
pub fn about(lab: Lab, panel: Panel) -> El {
    let name = panel.row().name;
    let is_open = move || {
        lab.view
            .reading
            .with(|reading| reading.as_ref().is_some_and(|r| r.panel == name))
    };
    button()
        .class("how-to")
        .attr("data-part", &format!("about-{name}"))
        .attr("aria-haspopup", "dialog")
        .live("aria-expanded", move || is_open().to_string())
        .live("aria-label", move || title(lab, panel))
        .live("title", move || title(lab, panel))
        .text("?")
        .on("click", move |event| {
            let reading = (!is_open()).then(|| Reading {
                panel: name,
                opener: target_of(&event),
            });
            lab.view.reading.set(reading);
        })
}

/// `How to read this: Loss`.
fn title(lab: Lab, panel: Panel) -> String {
    let words = lab.view.words;
    words.fill(key::HOW_TITLE, &[("panel", &name(lab, panel))])
}

/// What a panel is called.
pub(super) fn name(lab: Lab, panel: Panel) -> String {
    let key = Key::find(&format!("panel.{}", panel.row().name));
    key.map_or_else(String::new, |key| lab.view.words.get(key).to_owned())
}
