//! Calls a function of the element's that gives a promise. Decides nothing about what comes.

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;

use crate::ui::window;

/// Calls `function(argument)`; of its promise `resolved` hears what it gives, or `rejected` why it does not. Both may be called when
/// the lab is gone.
pub fn call(
    function: &Function,
    argument: &JsValue,
    resolved: impl FnOnce(JsValue) + 'static,
    rejected: impl FnOnce(JsValue) + 'static,
) {
    hear(function, argument, Box::new(resolved), Box::new(rejected));
}

type Hearer = Box<dyn FnOnce(JsValue)>;

/// `call`, compiled once for all that hear.
fn hear(function: &Function, argument: &JsValue, resolved: Hearer, rejected: Hearer) {
    let promise = match function.call1(&JsValue::NULL, argument) {
        Ok(promise) => promise,
        Err(error) => return rejected(error),
    };
    let [resolved, rejected] = [resolved, rejected].map(once);
    // A promise always has a `then`, and it does not throw.
    let _ = Reflect::get(&promise, &"then".into()).map(|then| {
        then.unchecked_into::<Function>()
            .call2(&promise, &resolved, &rejected)
    });
}

/// Puts a text on the clipboard and tells whether it is there; a page without a secure context has none.
pub fn copy(text: &str, told: impl Fn(bool) + Clone + 'static) {
    let navigator: JsValue = window().navigator().into();
    let of = |object: &JsValue, name: &str| Reflect::get(object, &name.into());
    let clipboard = of(&navigator, "clipboard").unwrap_or(JsValue::UNDEFINED);
    let write = of(&clipboard, "writeText").and_then(|write| write.dyn_into::<Function>());
    match write {
        Ok(write) => {
            let refused = told.clone();
            call(
                &write.bind0(&clipboard),
                &text.into(),
                move |_| told(true),
                move |_| refused(false),
            );
        }
        Err(_) => told(false),
    }
}

fn once(hear: Hearer) -> JsValue {
    Closure::once_into_js(hear)
}

/// A function that fetches an address past what the browser keeps of another build, and gives a promise of its JSON.
#[cfg(feature = "split")]
pub fn fetch_json() -> Function {
    let fetch = |address: JsValue| -> Result<JsValue, JsValue> {
        let global = js_sys::global();
        let of = |name: &str| Reflect::get(&global, &name.into());
        let options = js_sys::Object::new();
        Reflect::set(&options, &"cache".into(), &"no-cache".into())?;
        let arguments = js_sys::Array::of2(&address, &options);
        let request = of("Request")?.unchecked_into::<Function>();
        let request = Reflect::construct(&request, &arguments)?;
        let answer = of("fetch")?
            .unchecked_into::<Function>()
            .call1(&JsValue::NULL, &request)?;
        let read = Closure::once_into_js(|answer: JsValue| -> Result<JsValue, JsValue> {
            if Reflect::get(&answer, &"ok".into())?.is_falsy() {
                return Err(Reflect::get(&answer, &"status".into())?);
            }
            let json = Reflect::get(&answer, &"json".into())?;
            json.unchecked_into::<Function>().call0(&answer)
        });
        let then = Reflect::get(&answer, &"then".into())?;
        then.unchecked_into::<Function>().call1(&answer, &read)
    };
    Closure::once_into_js(fetch).unchecked_into()
}
