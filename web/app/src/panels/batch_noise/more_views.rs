//! What the lab has no place for and shows over itself when it is asked for: a button, and a menu of the others.

use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::i18n::key;
use crate::panels::Panel;
use crate::panels::telling::name;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, button, el, focus};

/// In the order of the course.
const VIEWS: [Panel; 14] = [
    Panel::Drift,
    Panel::NumberLine,
    Panel::Backward,
    Panel::Landscape,
    Panel::DepthProfile,
    Panel::WhichCells,
    Panel::ByClass,
    Panel::Sharing,
    Panel::Devices,
    Panel::WeightNorm,
    Panel::ComparedRuns,
    Panel::Numbers,
    Panel::Frameworks,
    Panel::Fold,
];

/// A button that opens a panel over the lab, and closes it.
pub(super) fn opener(lab: Lab, panel: Panel) -> El {
    let over = panel.row().name;
    button()
        .class("quiet")
        .attr("data-part", &format!("open-{over}"))
        .attr("aria-haspopup", "dialog")
        .say(move || name(lab, panel))
        .press(move || {
            let is_open = lab.view.over.get_untracked() == over;
            lab.view.over.set(if is_open { "" } else { over });
        })
}

/// A menu of the panels that the lab has no place for; it closes behind who chooses, by Escape, and when it is left.
pub(super) fn more_views(lab: Lab) -> El {
    let summary = el("summary")
        .class("quiet")
        .tell(lab, key::BATCH_NOISE_VIEWS);
    let opened: Element = summary.0.clone();
    let menu = el("details").class("views").attr("data-part", "views");
    let details: Element = menu.0.clone();
    let close = move |takes_focus: bool| {
        let had = details.has_attribute("open");
        // Nothing else is on it that could fail.
        let _ = details.remove_attribute("open");
        if had && takes_focus {
            focus(&opened);
        }
        had
    };
    let (by_choice, by_leaving) = (close.clone(), close.clone());
    let list = el("div")
        .class("views-list")
        .children(VIEWS.map(|panel| opener(lab, panel)))
        // The focus comes back to what opened the menu, and from a dialog to what had it before.
        .on("click", move |_| {
            by_choice(true);
        });
    menu.child(summary)
        .child(list)
        .on("keydown", move |event| {
            let event: &KeyboardEvent = event.unchecked_ref();
            if event.key() == "Escape" && close(true) {
                event.stop_propagation();
            }
        })
        .on("focusout", move |event| {
            let event: &web_sys::FocusEvent = event.unchecked_ref();
            let to = event.related_target();
            let of: Option<Element> = event.current_target().map(JsCast::unchecked_into);
            let stays = to
                .as_ref()
                .zip(of)
                .is_some_and(|(to, of)| of.contains(Some(to.unchecked_ref())));
            // A press beside it has no target; what it is on decides.
            if to.is_some() && !stays {
                by_leaving(false);
            }
        })
}
