//! From which seed the run grows, and what computes it.

use crate::controls::own_row;
use crate::controls::typed::typed;
use crate::i18n::key;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, button, el, icon, value_of};

const DICE: &str =
    "M2.5 2.5h11v11h-11zM5.5 5.5h.01M10.5 5.5h.01M8 8h.01M5.5 10.5h.01M10.5 10.5h.01";

/// Seed and engine.
pub fn seed_and_engine(lab: Lab) -> El {
    el("div")
        .class("seed-and-engine")
        .child(seed(lab))
        .child(engine(lab))
}

fn seed(lab: Lab) -> El {
    let input = typed(lab, own_row("seed"), "input-seed").live("aria-label", move || {
        lab.view.words.find("control.seed.label")
    });
    el("div")
        .class("seed")
        .attr("data-part", "seed")
        .hideable(lab, "seed")
        .pointing(lab, own_row("seed"))
        .child(
            el("label")
                .attr("for", "input-seed")
                .say(move || lab.view.words.find("control.seed.label")),
        )
        .child(input)
        .child(
            button()
                .class("quiet")
                .attr("data-part", "new-seed")
                .hint(lab, key::TRANSPORT_NEW_SEED)
                .named(lab, key::TRANSPORT_NEW_SEED)
                .child(icon(DICE))
                .press(move || lab.reseed()),
        )
}

fn engine(lab: Lab) -> El {
    let options = lab
        .services
        .engines
        .get_untracked()
        .into_iter()
        .map(|name| el("option").attr("value", &name).text(&name));
    el("label")
        .class("engine")
        .attr("data-part", "engine")
        .live("data-engine", move || lab.services.engine.get())
        .hideable(lab, "engine")
        .hint(lab, key::TRANSPORT_ENGINE_HELP)
        .child(el("span").tell(lab, key::TRANSPORT_ENGINE))
        .child(
            el("select")
                .children(options)
                .value(move || lab.services.engine.get())
                .on("change", move |event| lab.use_engine(&value_of(&event))),
        )
}
