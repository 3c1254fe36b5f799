//! The whole page: its panels in the places that their rows name.

use crate::controls::choice::radio;
use crate::figures;
use crate::i18n::{Key, key};
use crate::panels::{Panel, Place, panel, panels};
use crate::spoken::Spoken;
use crate::state::{Lab, ViewKind};
use crate::ui::{El, el, target_of, untrack};

/// The parts of the view of the moment, from top to bottom.
fn parts(lab: Lab) -> Vec<El> {
    if lab.view.kind.get() != ViewKind::Lab {
        return untrack(|| figures::figure(lab));
    }
    untrack(|| {
        let stage = el("main").class("stage");
        panels(lab, Place::Top)
            .chain([turns(lab), stage.children(panels(lab, Place::Stage))])
            .chain(panels(lab, Place::Foot))
            .collect()
    })
}

/// Panels that take turns on a narrow page, and their names there.
const TURNS: [(&str, Key); 5] = [
    ("layers", key::TURN_LAYERS),
    ("output", key::TURN_OUTPUT),
    ("detail", key::TURN_DETAIL),
    ("batch-noise", key::TURN_BATCH_NOISE),
    ("settings", key::TURN_SETTINGS),
];

fn turns(lab: Lab) -> El {
    let options = TURNS.into_iter().map(|(name, label)| {
        radio(
            "choice-turn",
            name,
            move || lab.view.turn.get() == name,
            move || lab.view.turn.set(name),
        )
        .child(el("span").tell(lab, label))
    });
    el("div")
        .class("options turns")
        .attr("data-part", "turns")
        .attr("role", "group")
        .named(lab, key::TURN_LABEL)
        .children(options)
}

/// The lab as an element.
pub fn page(lab: Lab) -> El {
    el("div")
        .class("lab")
        .attr("data-part", "lab")
        .attr("tabindex", "-1")
        .focus_home()
        .attr(
            "data-page",
            if lab.services.is_page {
                "true"
            } else {
                "false"
            },
        )
        .live("data-theme", move || {
            if lab.view.is_dark.get() {
                "dark"
            } else {
                "light"
            }
            .into()
        })
        .live("data-phase", move || lab.run.phase.get().name().into())
        .live("data-ended", move || {
            let is_ended = |index: &u8| lab.ended(*index).is_some();
            (0..2)
                .filter(is_ended)
                .map(|index| format!("{index} "))
                .collect()
        })
        .live("data-lit", move || {
            lab.view
                .pointed
                .get()
                .map_or("", |pointed| pointed.lights)
                .into()
        })
        .live("data-lesson-lit", move || {
            lab.run.lesson.get().map_or("", |l| l.panel).into()
        })
        .live("data-run", move || lab.run.number.get().to_string())
        .live("lang", move || lab.view.words.0.get().tag().into())
        .class_live("presenting", move || lab.view.is_presenting.get())
        .live("data-turn", move || lab.view.turn.get().into())
        .live("data-view", move || lab.view.kind.get().name().into())
        .on("pointerdown", move |event| {
            let is_elsewhere = !matches!(target_of(&event).matches(".readable"), Ok(true));
            if is_elsewhere && lab.view.tooltip.with_untracked(Option::is_some) {
                lab.view.tooltip.set(None);
            }
        })
        .swap(move || parts(lab))
        .swap(move || help(lab).into_iter().collect())
        .swap(move || reading(lab).into_iter().collect())
        .swap(move || panel_dialog(lab).into_iter().collect())
        .swap(move || tooltip(lab).into_iter().collect())
}

fn help(lab: Lab) -> Option<El> {
    lab.view
        .is_helping
        .get()
        .then(|| untrack(|| panel(lab, Panel::Help)))
}

/// How a panel is read, over the panel.
fn reading(lab: Lab) -> Option<El> {
    lab.view
        .reading
        .with(Option::is_some)
        .then(|| untrack(|| panel(lab, Panel::Telling)))
}

/// A panel for which the lab has no place; a figure has it as one of its own.
fn panel_dialog(lab: Lab) -> Option<El> {
    let is_lab = lab.view.kind.get() == ViewKind::Lab;
    (is_lab && !lab.view.over.get().is_empty()).then(|| untrack(|| panel(lab, Panel::PanelDialog)))
}

fn tooltip(lab: Lab) -> Option<El> {
    let tip = lab.view.tooltip.get()?;
    let lines = tip.lines.iter().map(|line| el("span").text(line));
    Some(
        el("div")
            .class(if tip.is_far {
                "tooltip left"
            } else {
                "tooltip"
            })
            .attr("data-part", "tooltip")
            .style("left", &format!("{}px", tip.x as i32))
            .style("top", &format!("{}px", tip.y as i32))
            .children(lines),
    )
}
