//! Calls a function of the element's that gives a promise. Decides nothing about what comes.

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;

/// Calls `function(argument)`; of its promise `resolved` hears what it gives, or `rejected` why it does not. Both may be called when
/// the lab is gone.
pub fn call(
    function: &Function,
    argument: &JsValue,
    resolved: impl FnOnce(JsValue) + 'static,
    rejected: impl FnOnce(JsValue) + 'static,
) {
    let promise = match function.call1(&JsValue::NULL, argument) {
        Ok(promise) => promise,
        Err(error) => return rejected(error),
    };
    let resolved = Closure::once_into_js(resolved);
    let rejected = Closure::once_into_js(rejected);
    // A promise always has a `then`, and it does not throw.
    let _ = Reflect::get(&promise, &"then".into()).map(|then| {
        then.unchecked_into::<Function>()
            .call2(&promise, &resolved, &rejected)
    });
}
