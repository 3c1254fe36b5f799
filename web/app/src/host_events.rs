//! What the embedding page hears: events on the element, answers to its calls. Draws nothing.

mod calls;
mod snapshot;

pub use calls::{
    abort_error, awaits_steps, begin_steps, break_calls, interrupt_steps, resume_steps,
};
pub use snapshot::snapshot;

use batchnorm_lab::protocol::Frame;
use js_sys::Object;
use web_sys::{CustomEvent, CustomEventInit};

use crate::state::Lab;

/// Tells the world about a frame and answers the calls that waited for it.
pub fn report_frame(lab: Lab, frame: &Frame) {
    let has_pending = lab
        .services
        .pending_calls
        .with_untracked(|calls| !calls.is_empty());
    if has_pending {
        calls::answer(lab, frame);
    }
    if let Some(side) = frame.sides.last() {
        let detail = snapshot::heading(lab, frame, side);
        dispatch(lab, "bnlab-frame", &detail);
    }
}

/// Rejects every call that waits: no frame will come.
pub fn reject_calls(lab: Lab, why: &str) {
    calls::break_calls(lab, |_| true, &js_sys::Error::new(why).into());
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
