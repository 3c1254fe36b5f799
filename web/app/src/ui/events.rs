//! Listening, and what stands in the input that an event came from.

use leptos::prelude::{event_target, event_target_checked, event_target_value};
use wasm_bindgen::prelude::*;
use web_sys::Event;

use super::element::El;

impl El {
    /// Listens for an event.
    pub fn on(self, name: &str, hear: impl Fn(Event) + 'static) -> Self {
        self.on_boxed(name, Box::new(hear))
    }

    fn on_boxed(self, name: &str, hear: Box<dyn Fn(Event)>) -> Self {
        // The browser frees the closure with the element.
        let listener = Closure::wrap(hear).into_js_value();
        let _ = self
            .0
            .add_event_listener_with_callback(name, listener.unchecked_ref());
        self
    }

    /// Pressed.
    pub fn press(self, act: impl Fn() + 'static) -> Self {
        self.on("click", move |_| act())
    }
}

/// What is in the input that an event came from.
pub fn value_of(event: &Event) -> String {
    event_target_value(event)
}

/// Whether the input that an event came from is checked.
pub fn is_checked(event: &Event) -> bool {
    event_target_checked(event)
}

/// Writes text into the input that an event came from.
pub fn write_back(event: &Event, value: &str) {
    event_target::<web_sys::HtmlInputElement>(event).set_value(value);
}
