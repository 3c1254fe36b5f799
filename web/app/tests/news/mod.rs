//! Tells a test that something has happened on the page, so that it looks again: no test waits by the clock.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlElement, MutationObserver, MutationObserverInit, Window};

/// Longer than anything here takes on a loaded machine; only a test that fails waits for it.
const IN_VAIN_MILLIS: i32 = 120_000;
/// What a test's own closures dispatch on the window.
const TOLD: &str = "told";

/// Changes under an element, frames told by it, and what closures tell.
pub struct News {
    waiting: Rc<RefCell<Option<Function>>>,
    observer: MutationObserver,
    hear: Closure<dyn Fn()>,
}

/// Something happened that the page does not show.
pub fn tell() {
    let event = Event::new(TOLD).unwrap();
    window().dispatch_event(&event).unwrap();
}

impl News {
    /// Of a lab's root, before it is mounted.
    pub fn of(root: &HtmlElement) -> Self {
        let waiting = Rc::new(RefCell::new(None::<Function>));
        let kept = waiting.clone();
        let hear: Closure<dyn Fn()> = Closure::new(move || {
            if let Some(resolve) = kept.take() {
                resolve.call1(&JsValue::NULL, &JsValue::TRUE).unwrap();
            }
        });
        let ear: &Function = hear.as_ref().unchecked_ref();
        let observer = MutationObserver::new(ear).unwrap();
        let all = MutationObserverInit::new();
        all.set_subtree(true);
        all.set_child_list(true);
        all.set_attributes(true);
        all.set_character_data(true);
        observer.observe_with_options(root, &all).unwrap();
        root.add_event_listener_with_callback("bnlab-frame", ear)
            .unwrap();
        window()
            .add_event_listener_with_callback(TOLD, ear)
            .unwrap();
        Self {
            waiting,
            observer,
            hear,
        }
    }

    /// Whether anything came.
    pub async fn next(&self) -> bool {
        let mut timer = 0;
        let news = Promise::new(&mut |resolve, _| {
            timer = window()
                .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, IN_VAIN_MILLIS)
                .unwrap();
            self.waiting.replace(Some(resolve));
        });
        let has_come = JsFuture::from(news).await.unwrap();
        window().clear_timeout_with_handle(timer);
        has_come.is_truthy()
    }
}

impl Drop for News {
    fn drop(&mut self) {
        self.observer.disconnect();
        let ear = self.hear.as_ref().unchecked_ref();
        window()
            .remove_event_listener_with_callback(TOLD, ear)
            .unwrap();
    }
}

fn window() -> Window {
    web_sys::window().unwrap()
}
