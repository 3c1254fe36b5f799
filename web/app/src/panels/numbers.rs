//! Where the numbers of the selected unit come from, as a table that follows the run.

use super::Panel;
use super::frameworks::rows;
use super::table::Module;
use super::telling::seen::with_seen;
use super::telling::{about, apart};
use crate::i18n::key;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::tell;
use crate::ui::{El, derive, el};

/// The panel.
pub fn numbers(lab: Lab) -> El {
    apart::bring::<{ Module::Backward as u8 }>();
    let told = derive(move || {
        lab.run.frame.track();
        lab.run.now.track();
        lab.view.words.0.track();
        with_seen(lab, tell::numbers)
    });
    let caption = el("figcaption")
        .child(el("span").tell(lab, key::PANEL_NUMBERS))
        .child(about(lab, Panel::Numbers));
    let body = el("div")
        .class("frameworks-body")
        .attr("data-part", "numbers-body")
        .attr("tabindex", "0")
        .attr("role", "group")
        .named(lab, key::PANEL_NUMBERS)
        .child(el("p").say(move || told.with(|told| told.sentence.clone())))
        .child(el("table").swap(move || told.with(|told| rows(&told.table))));
    el("figure")
        .class("frameworks")
        .attr("data-part", Panel::Numbers.row().name)
        .child(caption)
        .child(body)
}
