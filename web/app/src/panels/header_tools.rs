//! The end of the top line: language, theme, share, larger type, help.

use wasm_bindgen::prelude::*;

use crate::controls::choice::radio;
use crate::i18n::{Lang, key};
use crate::js_promise;
use crate::spoken::Spoken;
use crate::state::{Lab, ThemeChoice};
use crate::ui::{El, button, el, icon, window};

const SHARE: &str = "M6.4 9.6 9.6 6.4M7.2 4.8l1.6-1.6a2.8 2.8 0 0 1 4 4l-1.6 1.6M8.8 11.2l-1.6 1.6a2.8 2.8 0 0 1-4-4l1.6-1.6";
const THEME: &str = "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2M8 2v12";
const PRESENT: &str = "M2 3h12v8H2zM8 11v3M5 14h6";

/// Language, theme, share, larger type, help.
pub fn header_tools(lab: Lab) -> El {
    el("div")
        .class("header-tools")
        .child(languages(lab))
        .child(theme(lab))
        .child(
            quiet(lab, "share", SHARE)
                .child(el("span").class("wide").tell(lab, key::HEADER_SHARE))
                .named(lab, key::HEADER_SHARE)
                .press(move || share(lab)),
        )
        .child(
            quiet(lab, "present", PRESENT)
                .child(el("span").class("wide").tell(lab, key::HEADER_PRESENT))
                .named(lab, key::HEADER_PRESENT)
                .hint(lab, key::HEADER_PRESENT_HELP)
                .live("aria-pressed", move || {
                    lab.view.is_presenting.get().to_string()
                })
                .press(move || lab.view.is_presenting.update(|on| *on = !*on)),
        )
        .child(
            button()
                .class("quiet")
                .attr("data-part", "help")
                .hideable(lab, "help")
                .hint(lab, key::HEADER_HELP)
                .named(lab, key::HEADER_HELP)
                .live("aria-expanded", move || {
                    lab.view.is_helping.get().to_string()
                })
                .child(el("span").class("glyph").text("?"))
                .press(move || lab.view.is_helping.update(|on| *on = !*on)),
        )
}

fn quiet(lab: Lab, name: &'static str, picture: &str) -> El {
    button()
        .class("quiet")
        .attr("data-part", name)
        .hideable(lab, name)
        .child(icon(picture))
}

fn theme(lab: Lab) -> El {
    let label = move || {
        let name = lab
            .view
            .words
            .find(&format!("theme.{}", lab.view.theme.get().name()));
        lab.view.words.fill(key::HEADER_THEME, &[("theme", &name)])
    };
    quiet(lab, "theme", THEME)
        .live("data-theme-choice", move || {
            lab.view.theme.get().name().into()
        })
        .live("title", label)
        .live("aria-label", label)
        .press(move || {
            let is_dark_around = lab.view.is_dark_around.get_untracked();
            lab.view
                .theme
                .update(|theme| *theme = next(*theme, is_dark_around));
        })
}

fn languages(lab: Lab) -> El {
    let options = Lang::ALL.into_iter().map(|lang| {
        radio(
            "choice-lang",
            lang.tag(),
            move || lab.view.words.0.get() == lang,
            move || lab.speak(lang),
        )
        .attr("lang", lang.tag())
        .child(el("span").text(lang.name()))
    });
    el("div")
        .class("options plain")
        .attr("data-part", "lang")
        .attr("role", "group")
        .named(lab, key::HEADER_LANGUAGE)
        .hideable(lab, "lang")
        .children(options)
}

/// The first press always changes what is seen.
fn next(theme: ThemeChoice, is_dark_around: bool) -> ThemeChoice {
    let (other, same) = if is_dark_around {
        (ThemeChoice::Light, ThemeChoice::Dark)
    } else {
        (ThemeChoice::Dark, ThemeChoice::Light)
    };
    match theme {
        ThemeChoice::Auto => other,
        choice if choice == other => same,
        _ => ThemeChoice::Auto,
    }
}

/// Copies the link to the step on screen and says so; where copying is forbidden the address itself is the link.
fn share(lab: Lab) {
    let url = lab.lab_address();
    if lab.services.is_page
        && let Ok(history) = window().history()
    {
        // A browser that forbids it only keeps its old address.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
    }
    js_promise::copy(&url, move |is_copied| {
        // The lab may be gone by then.
        let _ = lab.view.notice.try_set(Some(match is_copied {
            true => key::NOTICE_COPIED,
            false => key::NOTICE_NOT_COPIED,
        }));
    });
}
