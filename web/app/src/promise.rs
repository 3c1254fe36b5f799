//! Asks a function of the element's for something that comes later. Decides nothing about what comes.

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;

/// Calls `ask(argument)`; of its promise `come` hears what it gives, or `fail` why it does not. Both may be called when
/// the lab is gone.
pub fn ask(
    ask: &Function,
    argument: &JsValue,
    come: impl FnOnce(JsValue) + 'static,
    fail: impl FnOnce(JsValue) + 'static,
) {
    let promise = match ask.call1(&JsValue::NULL, argument) {
        Ok(promise) => promise,
        Err(error) => return fail(error),
    };
    let (come, fail) = (Closure::once_into_js(come), Closure::once_into_js(fail));
    // A promise always has a `then`, and it does not throw.
    let _ = Reflect::get(&promise, &"then".into()).map(|then| {
        then.unchecked_into::<Function>()
            .call2(&promise, &come, &fail)
    });
}
