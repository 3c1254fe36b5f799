//! Keys and terms, beside the figure and never over all of it.

use std::time::Duration;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::i18n::{Key, key};
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, Signal, after, button, el, focus, focused, on_cleanup, set_timeout};

/// Terms of the glossary, in the order in which a reader meets them.
const TERMS: [&str; 14] = [
    "mini-batch",
    "batch-size",
    "epoch",
    "pre-activation",
    "normalized",
    "gamma-beta",
    "batch-statistics",
    "running-statistics",
    "full-statistics",
    "z",
    "momentum",
    "saturation",
    "gradient-norm",
    "engine",
];

/// Takes the focus once it is there, makes inert what is behind, and gives both back at the end.
fn stand_in_front(close: HtmlElement) {
    let opener = Signal::new(None::<Element>);
    let target = close.clone();
    after(move || {
        opener.set_value(focused(&target));
        set_inert(&target, true);
        // Focus is a courtesy; where it fails nothing is lost.
        let _ = target.focus();
    });
    on_cleanup(move || {
        let opener = opener.try_with_untracked(Clone::clone).flatten();
        set_inert(&close, false);
        let give_back = move || {
            if let Some(opener) = &opener {
                focus(opener);
            }
        };
        // Once the panel is gone.
        set_timeout(give_back, Duration::ZERO);
    });
}

/// Everything in the lab but what `inside` stands in.
fn set_inert(inside: &Element, is_inert: bool) {
    let lab = inside.closest("[data-part=lab]").ok().flatten();
    let mut child = lab.and_then(|lab| lab.first_element_child());
    while let Some(part) = child {
        if !part.contains(Some(inside)) {
            // A name of HTML.
            let _ = part.toggle_attribute_with_force("inert", is_inert);
        }
        child = part.next_element_sibling();
    }
}

/// The help panel.
pub fn help(lab: Lab) -> El {
    let words = lab.view.words;
    let close = button()
        .class("quiet")
        .tell(lab, key::HELP_CLOSE)
        .press(move || lab.view.is_helping.set(false));
    stand_in_front(close.0.clone().unchecked_into());
    let keys: [(Key, Key); 5] = [
        (key::KEY_SPACE, key::KEY_SPACE_DOES),
        (key::KEY_RIGHT, key::KEY_RIGHT_DOES),
        (key::KEY_R, key::KEY_R_DOES),
        (key::KEY_QUESTION, key::KEY_QUESTION_DOES),
        (key::KEY_ESCAPE, key::KEY_ESCAPE_DOES),
    ];
    let keys = keys
        .into_iter()
        .fold(el("dl").class("keys-list"), |list, (name, does)| {
            list.child(el("dt").child(el("kbd").tell(lab, name)))
                .child(el("dd").tell(lab, does))
        });
    let swatches = [
        ("a", key::LEGEND_A),
        ("b", key::LEGEND_B),
        ("affine", key::LEGEND_AFFINE),
        ("solid", key::LEGEND_SOLID),
        ("dashed", key::LEGEND_DASHED),
        ("dotted", key::LEGEND_DOTTED),
    ];
    let legend = swatches
        .into_iter()
        .map(|(name, text)| el("li").attr("data-swatch", name).tell(lab, text));
    let terms = TERMS.iter().fold(el("dl"), |list, term| {
        list.child(el("dt").say(move || words.find(&format!("term.{term}.name"))))
            .child(el("dd").say(move || words.find(&format!("term.{term}.text"))))
    });
    let pages = [
        ("claims.html", key::HELP_MACHINE_CLAIMS),
        ("devices.html", key::HELP_MACHINE_DEVICES),
        ("grid.html", key::HELP_MACHINE_GRID),
        ("bench.html", key::HELP_MACHINE_KERNELS),
        ("engines.html", key::HELP_MACHINE_ENGINES),
    ];
    let pages = pages.into_iter().map(|(page, text)| {
        let address = lab.services.base_url.get_untracked() + page;
        let link = el("a").attr("href", &address).attr("target", "_blank");
        el("li").child(link.attr("rel", "noopener").tell(lab, text))
    });
    el("aside")
        .class("help-panel")
        .attr("data-part", "help-panel")
        .attr("role", "dialog")
        .attr("aria-modal", "true")
        .named(lab, key::HELP_TITLE)
        .child(
            el("div")
                .class("help-bar")
                .child(el("h2").tell(lab, key::HELP_TITLE))
                .child(close),
        )
        .child(el("p").tell(
            lab,
            if lab.services.is_page {
                key::HELP_INTRO
            } else {
                key::HELP_INTRO_EMBEDDED
            },
        ))
        .child(el("h3").tell(lab, key::HELP_KEYS))
        .child(keys)
        .child(el("h3").tell(lab, key::HELP_COLOURS))
        .child(el("ul").class("legend").children(legend))
        .child(el("h3").tell(lab, key::HELP_TERMS))
        .child(terms)
        .child(el("h3").tell(lab, key::HELP_MACHINE))
        .child(el("ul").children(pages))
}
