//! Keys and terms, beside the figure and never over all of it.

use wasm_bindgen::JsCast;

use crate::i18n::{Key, key};
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, after, button, el};

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

/// The help panel.
pub fn help(lab: Lab) -> El {
    let words = lab.view.words;
    let close = button()
        .class("quiet")
        .tell(lab, key::HELP_CLOSE)
        .press(move || lab.view.is_helping.set(false));
    let target: web_sys::HtmlElement = close.0.clone().unchecked_into();
    after(move || {
        // Focus is a courtesy; where it fails nothing is lost.
        let _ = target.focus();
    });
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
        .named(lab, key::HELP_TITLE)
        .child(
            el("div")
                .class("help-bar")
                .child(el("h2").tell(lab, key::HELP_TITLE))
                .child(close),
        )
        .child(el("p").tell(lab, key::HELP_INTRO))
        .child(el("h3").tell(lab, key::HELP_KEYS))
        .child(keys)
        .child(el("h3").tell(lab, key::HELP_COLOURS))
        .child(el("ul").class("legend").children(legend))
        .child(el("h3").tell(lab, key::HELP_TERMS))
        .child(terms)
        .child(el("h3").tell(lab, key::HELP_MACHINE))
        .child(el("ul").children(pages))
}
