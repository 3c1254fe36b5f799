//! What the lab hears outside its own elements: the address. It ends with the lab.

use batchnorm_lab::lessons::LESSONS;
use wasm_bindgen::JsValue;

use crate::state::Lab;
use crate::ui::{Signal, after, hold, window};
use crate::url;

/// The address' hash, decoded where it can be.
pub(super) fn hash() -> String {
    let raw = window().location().hash().unwrap_or_default();
    let raw = raw.trim_start_matches('#');
    js_sys::decode_uri_component(raw).map_or_else(|_| raw.to_owned(), String::from)
}

/// The address always says which run is on the screen, and a link pasted into it is obeyed.
pub(super) fn own_address(lab: Lab) {
    let (began, began_engine) = (lab.manner(), lab.services.engine.get_untracked());
    let written = Signal::new(String::new());
    after(move || {
        let there = hash();
        let text = lab.run.link.with(|link| lab.text_of(link));
        let query = window().location().search().unwrap_or_default();
        let query = query.trim_start_matches('?');
        let engine = lab.services.engine.get();
        let text = url::over_query([query, &there], &text, [&engine, &began_engine]);
        let now = (lab.view.words.0.get(), lab.view.theme.get());
        let text = lab
            .view
            .refusals
            .with(|errors| url::address(&there, &text, now, began, errors));
        written.set_value(text.clone());
        let bare = window().location().href().unwrap_or_default();
        let bare = bare.split('#').next().unwrap_or_default();
        if there != text
            && let Ok(history) = window().history()
        {
            let address = if text.is_empty() {
                bare.to_owned()
            } else {
                format!("{bare}#{text}")
            };
            // A browser that forbids it only keeps its old address.
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
        }
    });
    hold(window().as_ref(), "hashchange", move |_| {
        let text = hash();
        if written.get_untracked() != text {
            lab.run.lesson.set(LESSONS.first());
            lab.open_link(&text);
        }
    });
}
