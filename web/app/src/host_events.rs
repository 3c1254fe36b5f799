//! What the embedding page hears: events on the element, answers to its calls. Draws nothing.

mod calls;
mod snapshot;

pub use calls::{
    abort_error, awaits_steps, begin_steps, break_calls, interrupt_steps, resume_steps,
};
pub use snapshot::snapshot;

use std::cell::RefCell;

use batchnorm_lab::error::Error;
use batchnorm_lab::protocol::Frame;
use js_sys::Object;
use web_sys::{CustomEvent, CustomEventInit};

use crate::state::Lab;
use crate::ui::after;

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

/// Tells the world what of a link or of the element's attributes could not be used: once, until it is asked for again.
pub fn follow_refusals(lab: Lab) {
    let told = RefCell::new(Vec::new());
    after(move || {
        let all = lab.view.refusals.get();
        let before = told.replace(all.clone());
        for error in all.iter().filter(|error| !before.contains(error)) {
            report_refusal(lab, error);
        }
    });
}

fn report_refusal(lab: Lab, error: &Error) {
    let (field, code) = (error.field(), error.code());
    let detail = Object::new();
    // Not by `Display`, which knows of every error and would be in the first module for this alone.
    let message = match error {
        Error::InvalidSetting { value, allowed, .. } => {
            snapshot::put(&detail, "value", value.as_str());
            snapshot::put(&detail, "allowed", allowed.as_str());
            [field, ": `", value, "` is not in ", allowed].concat()
        }
        _ => [code, ": `", field, "`"].concat(),
    };
    snapshot::put(&detail, "code", code);
    snapshot::put(&detail, "message", message);
    snapshot::put(&detail, "field", field);
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
