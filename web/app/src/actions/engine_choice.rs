//! Moves a large run to the browser's GPU, if there is one and the reader left the choice to the page.
//! Computes nothing itself and never moves a run back.

use wasm_bindgen::JsValue;

use crate::js_promise;
use crate::state::Lab;
use crate::ui::{after, derive};

/// The engine's name.
pub const NAME: &str = "webgpu";
/// Multiplications of a step's forward pass from which on the GPU is worth its calls: the fastest lanes need
/// about two milliseconds for a step of so many, as much as a GPU needs for its hundred calls.
const LARGE: u64 = 16_000_000;

/// Watches the run on screen.
pub fn watch(lab: Lab) {
    let is_large = derive(move || {
        lab.run
            .now
            .with(|settings| settings.multiplications() >= LARGE)
    });
    after(move || {
        if !is_large.get() {
            return;
        }
        let Some(find) = lab.services.find_gpu.get_untracked() else {
            return;
        };
        js_promise::call(
            &find,
            &JsValue::NULL,
            move |is_there| {
                // By then the lab may be gone, the reader may have chosen an engine, or gone on to a small run.
                let is_open = lab.services.find_gpu.try_with_untracked(Option::is_some);
                if is_open != Some(true) {
                    return;
                }
                if !is_there.is_truthy() {
                    // Not asked again: what a browser has does not change.
                    lab.services.find_gpu.set_value(None);
                } else if is_large.try_with_untracked(|is_large| *is_large) == Some(true) {
                    lab.use_engine(NAME);
                }
            },
            // Where nobody can tell, there is none.
            |_| {},
        );
    });
}
