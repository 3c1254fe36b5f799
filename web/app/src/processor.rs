//! Moves a large run to the browser's graphics processor, if there is one and the reader left the choice to the page.
//! Computes nothing itself and never moves a run back.

use wasm_bindgen::JsValue;

use crate::dom::after;
use crate::promise;
use crate::signal::derive;
use crate::state::Lab;

/// The engine's name.
pub const NAME: &str = "webgpu";
/// Multiplications of a step's forward pass from which on the processor is worth its calls: the fastest lanes need
/// about two milliseconds for a step of so many, as much as a processor needs for its hundred calls.
const LARGE: u64 = 16_000_000;

/// Watches the run on screen.
pub fn watch(lab: Lab) {
    let is_large = derive(move || lab.now.with(|settings| settings.multiplications() >= LARGE));
    after(move || {
        if !is_large.get() {
            return;
        }
        // Asked once: what a browser has does not change.
        let Some(find) = lab.find_gpu.try_update_value(Option::take).flatten() else {
            return;
        };
        promise::ask(
            &find,
            &JsValue::NULL,
            move |is_there| {
                // Both lab and choice may be gone by then.
                let is_open = lab.engine.try_with_untracked(|engine| engine != NAME);
                if is_there.is_truthy() && is_open == Some(true) {
                    lab.use_engine(NAME);
                }
            },
            // Where nobody can tell, there is none.
            |_| {},
        );
    });
}
