//! What the embedding page hears: events on the element, answers to its calls. Draws nothing.

mod snapshot;

pub use snapshot::snapshot;

use batchnorm_lab::protocol::{Frame, ObservedSet};
use js_sys::Object;
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit};

use crate::state::{Lab, is_halted};

/// Tells the world about a frame and answers the calls that waited for it.
pub fn report_frame(lab: Lab, frame: &Frame) {
    let has_pending = lab
        .services
        .pending_calls
        .with_untracked(|calls| !calls.is_empty());
    if has_pending {
        let mut due = Vec::new();
        lab.services.pending_calls.update_value(|calls| {
            calls.retain(|call| {
                let is_there = frame.step >= call.step || is_halted(frame);
                let is_whole = frame.observed.holds(ObservedSet::FRAME);
                let is_due = (call.may_play || !frame.is_playing) && is_there;
                // The run it waited for is gone: the new one answers instead of nobody.
                let is_done = is_whole && (is_due || call.run != frame.run);
                if is_done {
                    due.push(call.resolve.clone());
                }
                !is_done
            });
        });
        if !due.is_empty() {
            let snapshot = snapshot::snapshot(lab, frame);
            for resolve in due {
                // A listener's own error is the listener's.
                let _ = resolve.call1(&JsValue::NULL, &snapshot);
            }
            lab.tell_observed();
        }
    }
    if let Some(side) = frame.sides.last() {
        let detail = snapshot::heading(lab, frame, side);
        dispatch(lab, "bnlab-frame", &detail);
    }
}

/// Rejects every call that waits: the settings describe no network.
pub fn reject_calls(lab: Lab, why: &str) {
    let calls = lab.services.pending_calls.try_update_value(std::mem::take);
    for call in calls.unwrap_or_default() {
        // As with a call that is answered.
        let _ = call.reject.call1(&JsValue::NULL, &js_sys::Error::new(why));
    }
}

/// Tells the world that something went wrong.
pub fn report_error(lab: Lab, code: &str, message: &str) {
    let detail = Object::new();
    snapshot::put(&detail, "code", code);
    snapshot::put(&detail, "message", message);
    dispatch(lab, "bnlab-error", &detail);
}

/// Dispatches a bubbling, composed event on the host element.
pub fn dispatch(lab: Lab, name: &str, detail: &Object) {
    let Some(host) = lab.services.host.try_with_untracked(Clone::clone).flatten() else {
        return;
    };
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_detail(detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        // An error thrown by a listener is the listener's.
        let _ = host.dispatch_event(&event);
    }
}
