//! The window, the document, and what they do later.

use std::time::Duration;

use wasm_bindgen::prelude::*;
use web_sys::{Document, Window};

/// The window of this page.
///
/// # Panics
/// In a worker, where this crate never runs.
pub fn window() -> Window {
    web_sys::window().expect("a page has a window")
}

/// The document of this page.
///
/// # Panics
/// In a worker, where this crate never runs.
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Runs `act` once, after so long.
pub fn set_timeout(act: impl FnOnce() + 'static, delay: Duration) {
    let act = once(Box::new(act));
    // The browser refuses no number.
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(
        act.unchecked_ref(),
        delay.as_millis() as i32,
    );
}

/// Runs `act` once, before the next picture is painted.
pub fn request_animation_frame(act: impl FnOnce() + 'static) {
    // A page that is closing paints nothing any more.
    let _ = window().request_animation_frame(once(Box::new(act)).unchecked_ref());
}

fn once(act: Box<dyn FnOnce()>) -> JsValue {
    Closure::once_into_js(act)
}

/// Runs something again and again; it ends when this is dropped.
pub struct Interval {
    number: i32,
    _act: Closure<dyn Fn()>,
}

impl Interval {
    /// Runs `act` each time so long has passed.
    pub fn new(act: impl Fn() + 'static, pace: Duration) -> Self {
        let act = Closure::new(act);
        let number = window().set_interval_with_callback_and_timeout_and_arguments_0(
            act.as_ref().unchecked_ref(),
            pace.as_millis() as i32,
        );
        // The browser refuses no number.
        let number = number.unwrap_or_default();
        Self { number, _act: act }
    }
}

impl Drop for Interval {
    fn drop(&mut self) {
        window().clear_interval_with_handle(self.number);
    }
}
