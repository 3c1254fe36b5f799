//! A panel over the lab, which has no place for it: opened by a press, closed by another or by Escape.

use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::i18n::key;
use crate::panels::telling::name;
use crate::panels::{Panel, panel};
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, Signal, after, button, el, focus, focused, on_cleanup};

/// The dialog.
pub fn panel_dialog(lab: Lab) -> El {
    let close = button()
        .class("quiet")
        .attr("data-part", "panel-dialog-close")
        .tell(lab, key::HOW_CLOSE)
        .press(move || lab.view.over.set(""));
    take_focus(close.0.clone().unchecked_into());
    let of = Panel::of_figure(lab.view.over.get_untracked()).unwrap_or(Panel::RaceGrid);
    let title = move || name(lab, of);
    let larger = lab.services.base_url.get_untracked() + "grid.html";
    let bar = el("div")
        .class("help-bar")
        .child(el("h2").say(title))
        .children((of == Panel::RaceGrid).then(|| {
            el("a")
                .attr("href", &larger)
                .attr("target", "_blank")
                .attr("rel", "noopener")
                .tell(lab, key::HELP_MACHINE_GRID)
        }))
        .child(close);
    el("aside")
        .class("panel-dialog")
        .attr("data-part", "panel-dialog")
        .attr("role", "dialog")
        .live("aria-label", title)
        .on("keydown", move |event| {
            let event: &KeyboardEvent = event.unchecked_ref();
            let is_reading = lab.view.reading.with_untracked(Option::is_some);
            if event.key() == "Escape" && !is_reading {
                event.stop_propagation();
                lab.view.over.set("");
            }
        })
        .child(bar)
        .child(panel(lab, of))
}

/// Takes the focus once it is there, and gives it back at the end.
fn take_focus(close: HtmlElement) {
    let opener = Signal::new(None::<Element>);
    after(move || {
        opener.set_value(focused(&close));
        // Focus is a courtesy; where it fails nothing is lost.
        let _ = close.focus();
    });
    on_cleanup(move || {
        let opener = opener.try_with_untracked(Clone::clone).flatten();
        if let Some(opener) = opener.filter(|opener| opener.is_connected()) {
            focus(&opener);
        }
    });
}
