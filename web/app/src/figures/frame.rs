//! The frame of a figure: what stands around its panels.

use super::panels_of;
use crate::i18n::key;
use crate::panels::{PANELS, Panel, counter, panel, transport_keys};
use crate::spoken::{Spoken, lesson_title};
use crate::state::{Lab, ViewKind};
use crate::ui::{El, el, icon, target_of};
use batchnorm_lab::lessons::Lesson;

const OPEN: &str = "M9 3h4v4M13 3L7.5 8.5M11 9.5V13H3V5h3.5";

/// The box, and below it, in a lesson, how its panels are read.
pub fn figure(lab: Lab) -> Vec<El> {
    let parts = [head(lab), panel(lab, Panel::Lead), stage(lab), foot(lab)];
    let mut shown = vec![
        el("section")
            .class("figure-box")
            .attr("aria-labelledby", "figure-title")
            .children(parts),
    ];
    if lab.view.kind.get_untracked() == ViewKind::Lesson {
        shown.push(reading(lab));
    }
    shown
}

fn reading(lab: Lab) -> El {
    #[cfg(feature = "split")]
    lab.bring_later_texts(true);
    let keys = move || panels_of(lab).into_iter().map(|p| p as usize).collect();
    let text = move |index: usize| {
        let key = PANELS[index].how_to_read.unwrap_or_default();
        el("p").say(move || lab.view.words.find(key))
    };
    el("div")
        .class("figure-reading")
        .attr("data-part", "reading")
        .each(keys, text)
}

fn head(lab: Lab) -> El {
    let title = move || {
        let lesson = lab.run.lesson.get();
        lesson.map_or_else(String::new, |lesson| lesson_title(lab, lesson))
    };
    el("div")
        .class("figure-head")
        .child(
            el("p")
                .class("figure-title")
                .attr("id", "figure-title")
                .attr("data-part", "title")
                .hideable(lab, "title")
                .say(title),
        )
        .child(open_in_lab(lab))
}

/// A link whose address is that of the moment at which it is followed.
fn open_in_lab(lab: Lab) -> El {
    let link = el("a")
        .class("quiet open-lab")
        .attr("data-part", "open-lab")
        .attr("target", "_blank")
        .attr("rel", "noopener")
        .hideable(lab, "open-lab")
        .live("href", move || {
            lab.run.number.track();
            lab.lab_address()
        })
        .child(icon(OPEN))
        .child(el("span").tell(lab, key::FIGURE_OPEN));
    ["pointerdown", "focus", "click", "contextmenu"]
        .into_iter()
        .fold(link, |link, event| {
            link.on(event, move |event| {
                if let Ok(Some(link)) = target_of(&event).closest("a") {
                    // A link takes any address.
                    let _ = link.set_attribute("href", &lab.lab_address());
                }
            })
        })
}

/// The panels, in their places; messages lie over them.
fn stage(lab: Lab) -> El {
    let keys = move || panels_of(lab).into_iter().map(|p| p as usize).collect();
    let count = move || panels_of(lab).len().to_string();
    let place = move |index: usize| {
        let row = &PANELS[index];
        el("div")
            .class("figure-panel")
            .attr("data-panel", row.name)
            .child(panel(lab, row.panel))
    };
    el("div")
        .class("figure-stage")
        .live("data-count", count)
        .each(keys, place)
        .child(panel(lab, Panel::Messages))
}

fn foot(lab: Lab) -> El {
    let bar = el("div")
        .class("figure-bar")
        // How much room its controls take, before they are there and when one is of no use.
        .live("data-count", move || {
            let of = |lesson: Option<&Lesson>| lesson.map_or(0, |lesson| lesson.controls.len());
            lab.run.lesson.with(|lesson| of(*lesson)).to_string()
        })
        // The choice of statistics takes two places.
        .flag_live("data-wide", move || {
            let is_wide = |lesson: &Lesson| lesson.controls.contains(&"stats");
            lab.run.lesson.with(|lesson| lesson.is_some_and(is_wide))
        })
        .child(transport_keys(lab))
        .child(counter(lab))
        .child(panel(lab, Panel::FigureControls));
    // What the embedding page says takes the place of what the run says.
    let caption = el("slot")
        .attr("name", "caption")
        .child(panel(lab, Panel::Summary));
    el("div")
        .class("figure-foot")
        .child(bar)
        .child(el("div").class("figure-caption").child(caption))
}
