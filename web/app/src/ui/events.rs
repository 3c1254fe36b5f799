//! Listening, and what stands in the input that an event came from.

use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, EventTarget, HtmlInputElement};

use super::element::El;
use super::owner::on_cleanup;
use super::signal::Signal;

impl El {
    /// Listens for an event. What hears it must hold no element: wasm keeps what it holds from the browser's collector, and
    /// that element would keep its tree, this listener in it, for good. `target_of` gives the element, a `Signal` another.
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

/// Listens there until the owner of the moment ends.
pub fn hold(target: &EventTarget, name: &'static str, hear: impl Fn(Event) + 'static) {
    hold_boxed(target, name, Box::new(hear));
}

fn hold_boxed(target: &EventTarget, name: &'static str, hear: Box<dyn Fn(Event)>) {
    let listener: js_sys::Function = Closure::wrap(hear).into_js_value().unchecked_into();
    if target
        .add_event_listener_with_callback(name, &listener)
        .is_err()
    {
        return;
    }
    let held = Signal::new((target.clone(), listener));
    on_cleanup(move || {
        held.try_with_untracked(|(target, listener)| {
            // Removing what is not there is no error that matters.
            let _ = target.remove_event_listener_with_callback(name, listener);
        });
    });
}

/// What is in the input that an event came from.
pub fn value_of(event: &Event) -> String {
    input(event).value()
}

/// Whether the input that an event came from is checked.
pub fn is_checked(event: &Event) -> bool {
    input(event).checked()
}

/// Writes text into the input that an event came from.
pub fn write_back(event: &Event, value: &str) {
    input(event).set_value(value);
}

/// The element that an event came from.
///
/// # Panics
/// If the event was made by hand and never sent: there is none then.
pub fn target_of(event: &Event) -> Element {
    event.target().unwrap_throw().unchecked_into()
}

/// The input, or another element with a `value`: a select.
fn input(event: &Event) -> HtmlInputElement {
    target_of(event).unchecked_into()
}
