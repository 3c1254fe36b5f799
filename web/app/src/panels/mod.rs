//! The parts of the page, one a file. Each reads the state and arranges controls and charts; none sends a message.

pub mod detail;
pub mod header;
pub mod help;
pub mod layers;
pub mod lens;
pub mod messages;
pub mod noise;
pub mod output;
pub mod settings;
pub mod summary;
pub mod transport;

use leptos::prelude::*;

use crate::i18n::Key;
use crate::state::Lab;

/// A text that follows the language.
pub(crate) fn say(lab: Lab, key: Key) -> impl Fn() -> &'static str + Copy + Send + 'static {
    move || lab.words.get(key)
}

/// A picture in a button: an outline in a 16×16 field, filled with the text's colour.
pub(crate) fn icon(path: &'static str) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=path></path>
        </svg>
    }
    .into_any()
}
