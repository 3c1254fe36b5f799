//! What the lab hears outside its own elements: the address. It ends with the lab.

use batchnorm_lab::lessons::LESSONS;
use wasm_bindgen::JsValue;

use crate::state::Lab;
use crate::ui::{after, hold, window};

/// The address' hash, decoded where it can be.
pub(super) fn hash() -> String {
    let raw = window().location().hash().unwrap_or_default();
    let raw = raw.trim_start_matches('#');
    js_sys::decode_uri_component(raw).map_or_else(|_| raw.to_owned(), String::from)
}

/// The address always says which run is on the screen, and a link pasted into it is obeyed.
pub(super) fn own_address(lab: Lab) {
    after(move || {
        let text = lab.run.link.with(|link| lab.text_of(link));
        let bare = window().location().href().unwrap_or_default();
        let bare = bare.split('#').next().unwrap_or_default();
        if hash() != text
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
        if hash() != lab.text_of(&lab.run.link.get_untracked()) {
            lab.run.lesson.set(LESSONS.first());
            lab.open_link(&hash());
        }
    });
}
