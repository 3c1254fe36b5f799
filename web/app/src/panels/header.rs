//! The top line: what this is, which lesson, language, theme, share, larger type, help.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::{icon, say};
use crate::i18n::{Lang, key};
use crate::presets::{PRESETS, preset};
use crate::state::{Lab, ThemeChoice};

const SHARE: &str = "M6.4 9.6 9.6 6.4M7.2 4.8l1.6-1.6a2.8 2.8 0 0 1 4 4l-1.6 1.6M8.8 11.2l-1.6 1.6a2.8 2.8 0 0 1-4-4l1.6-1.6";
const THEME: &str = "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2M8 2v12";
const PRESENT: &str = "M2 3h12v8H2zM8 11v3M5 14h6";

/// The header.
pub fn header(lab: Lab) -> AnyView {
    let words = lab.words;
    let picked = move |event: web_sys::Event| {
        if let Some(lesson) = preset(&event_target_value(&event)) {
            lab.open(lesson);
        }
    };
    let lessons: Vec<AnyView> = PRESETS
        .iter()
        .map(|lesson| {
            let title = move || words.find(&format!("lesson.{}.title", lesson.id));
            view! { <option value=lesson.id>{title}</option> }.into_any()
        })
        .collect();
    let lesson_id = move || lab.lesson.get().map_or("sandbox", |lesson| lesson.id);
    let theme_label = move || {
        let name = words.find(&format!("theme.{}", lab.theme.get().name()));
        words.fill(key::HEADER_THEME, &[("theme", &name)])
    };
    view! {
        <header class="top">
            <h1 class="title">
                <span class="brand">"batchnorm-lab"</span>
            </h1>
            <select
                class="lesson"
                data-part="lesson"
                aria-label=say(lab, key::HEADER_LESSON)
                prop:value=lesson_id
                hidden=move || lab.hides("lesson")
                on:change=picked
            >
                {lessons}
            </select>
            <span class="spring"></span>
            {languages(lab)}
            <button
                type="button"
                class="quiet"
                data-part="theme"
                data-theme-choice=move || lab.theme.get().name()
                hidden=move || lab.hides("theme")
                title=theme_label
                aria-label=theme_label
                on:click=move |_| lab.theme.update(|theme| *theme = next(*theme, lab.system_is_dark.get_untracked()))
            >
                {icon(THEME)}
            </button>
            <button
                type="button"
                class="quiet"
                data-part="share"
                hidden=move || lab.hides("share")
                on:click=move |_| share(lab)
            >
                {icon(SHARE)}
                <span class="wide">{say(lab, key::HEADER_SHARE)}</span>
            </button>
            <button
                type="button"
                class="quiet"
                data-part="present"
                hidden=move || lab.hides("present")
                aria-pressed=move || lab.is_presenting.get().to_string()
                title=say(lab, key::HEADER_PRESENT_HELP)
                on:click=move |_| lab.is_presenting.update(|on| *on = !*on)
            >
                {icon(PRESENT)}
                <span class="wide">{say(lab, key::HEADER_PRESENT)}</span>
            </button>
            <button
                type="button"
                class="quiet"
                data-part="help"
                hidden=move || lab.hides("help")
                title=say(lab, key::HEADER_HELP)
                aria-label=say(lab, key::HEADER_HELP)
                aria-expanded=move || lab.is_helping.get().to_string()
                on:click=move |_| lab.is_helping.update(|on| *on = !*on)
            >
                <span class="glyph" aria-hidden="true">"?"</span>
            </button>
        </header>
    }
    .into_any()
}

fn languages(lab: Lab) -> AnyView {
    let options: Vec<AnyView> = Lang::ALL
        .into_iter()
        .map(|lang| {
            view! {
                <label class="option" lang=lang.tag()>
                    <input
                        type="radio"
                        name="choice-lang"
                        value=lang.tag()
                        prop:checked=move || lab.words.0.get() == lang
                        on:change=move |_| lab.words.0.set(lang)
                    />
                    <span>{key::LANGUAGE_NAME.text(lang)}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    view! {
        <div
            class="options plain"
            data-part="lang"
            role="group"
            aria-label=say(lab, key::HEADER_LANGUAGE)
            hidden=move || lab.hides("lang")
        >
            {options}
        </div>
    }
    .into_any()
}

/// The first press always changes what is seen.
fn next(theme: ThemeChoice, system_is_dark: bool) -> ThemeChoice {
    let (other, same) = if system_is_dark {
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
    let location = window().location();
    let Ok(href) = location.href() else { return };
    let bare = href.split('#').next().unwrap_or(&href);
    let url = format!("{bare}#{}", lab.link_text());
    let say_copied = Closure::once_into_js(move || {
        // The lab may be gone by then.
        let _ = lab.notice.try_set(Some(key::NOTICE_COPIED));
    });
    let say_refused = Closure::once_into_js(move || {
        let _ = lab.notice.try_set(Some(key::NOTICE_NOT_COPIED));
    });
    let navigator: JsValue = window().navigator().into();
    let clipboard =
        js_sys::Reflect::get(&navigator, &"clipboard".into()).unwrap_or(JsValue::UNDEFINED);
    if lab.is_page
        && let Ok(history) = window().history()
    {
        // A browser that forbids it only keeps its old address.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
    }
    // Pages without a secure context have no clipboard.
    if clipboard.is_undefined() {
        lab.notice.set(Some(key::NOTICE_NOT_COPIED));
        return;
    }
    let clipboard: web_sys::Clipboard = clipboard.unchecked_into();
    let copied: JsValue = clipboard.write_text(&url).into();
    let then = js_sys::Reflect::get(&copied, &"then".into()).unwrap_or(JsValue::UNDEFINED);
    if let Ok(then) = then.dyn_into::<js_sys::Function>() {
        // `then` of a promise does not throw.
        let _ = then.call2(&copied, &say_copied, &say_refused);
    }
}
