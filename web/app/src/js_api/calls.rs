//! The calls of the embedding page, each a promise that settles once: what each waits for is said in
//! `web/element/contract.json`, and by `PendingCall` what of it is still due.

use batchnorm_lab::protocol::ObservedSet;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::host_events::{self, abort_error};
use crate::panels::{self, Panel};
use crate::state::{Lab, PendingCall, Wait, WorkerState, is_halted};

/// A promise that is kept by a frame, or broken at once where none will come.
pub(super) fn call(lab: Lab, wait: Wait) -> Promise {
    if let Some(error) = hindrance(lab) {
        let last = lab.run.frame.get_untracked();
        return match (wait, last) {
            // A run whose worker is gone still shows where it stands.
            (Wait::Snapshot, Some(frame)) if frame.run == lab.run.number.get_untracked() => {
                Promise::resolve(&host_events::snapshot(lab, &frame))
            }
            _ => Promise::reject(&error),
        };
    }
    if wait == Wait::Snapshot
        && let Some(frame) = lab.run.frame.get_untracked()
        && frame.run == lab.run.number.get_untracked()
        && frame.observed.holds(ObservedSet::FRAME)
    {
        return Promise::resolve(&host_events::snapshot(lab, &frame));
    }
    let promise = Promise::new(&mut |resolve, reject| {
        lab.services.pending_calls.update_value(|calls| {
            calls.push(PendingCall {
                wait,
                run: lab.run.number.get_untracked(),
                target: None,
                resolve,
                reject,
            });
        });
    });
    lab.tell_observed();
    promise
}

/// What a panel says; broken where no panel has that name.
pub(super) fn told(lab: Lab, name: &str) -> Promise {
    match Panel::of_figure(name) {
        Some(panel) => panels::told(lab, panel),
        None => Promise::reject(&js_sys::RangeError::new("snapshot(panel): no such panel")),
    }
}

/// So many steps more, exactly: what plays is paused first, and steps asked for before are made before.
pub(super) fn step(lab: Lab, steps: u32) -> Promise {
    let promise = call(lab, Wait::Steps(steps));
    if lab.run.is_playing.get_untracked() {
        lab.hold();
    }
    host_events::begin_steps(lab);
    promise
}

pub(super) fn play(lab: Lab) -> Promise {
    let frame = lab.run.frame.get_untracked();
    if frame.as_deref().is_some_and(is_halted) {
        return Promise::reject(&js_sys::Error::new("the run can take no more steps"));
    }
    lab.play();
    if !lab.services.is_seen.get_untracked() {
        // It goes on once it is seen.
        return Promise::resolve(&JsValue::UNDEFINED);
    }
    call(lab, Wait::Playing)
}

pub(super) fn pause(lab: Lab) -> Promise {
    lab.pause();
    call(lab, Wait::Paused)
}

pub(super) fn reset(lab: Lab) -> Promise {
    lab.reset();
    call(lab, Wait::Fresh)
}

/// Why no frame will come.
fn hindrance(lab: Lab) -> Option<JsValue> {
    let impossible = lab.run.impossible.get_untracked();
    let text = match (impossible, lab.services.worker.get_untracked()) {
        (Some(failure), _) => failure.message,
        (None, WorkerState::Lost(text) | WorkerState::NotLoaded(text)) => text,
        _ => return None,
    };
    Some(js_sys::Error::new(&text).into())
}

/// Breaks what waits when the lab ends.
pub(super) fn end(lab: Lab) {
    host_events::break_calls(lab, |_| true, &abort_error("the element was removed"));
}
