//! Calls that are answered by a snapshot: `step()` and `snapshot()`.

use batchnorm_lab::protocol::ObservedSet;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::host_events;
use crate::state::{Lab, PendingCall};

/// A promise of a snapshot: after `steps` more steps, or of what there is. Rejected at once where there is no network.
pub(super) fn call(lab: Lab, steps: Option<u32>) -> Promise {
    let run = lab.run.number.get_untracked();
    let (here, is_known) = lab
        .run
        .frame
        .with_untracked(|frame| match frame.as_deref() {
            Some(frame) if frame.run == run => {
                (frame.step, frame.observed.holds(ObservedSet::FRAME))
            }
            _ => (0, false),
        });
    if steps.is_none() && is_known {
        let now = lab
            .run
            .frame
            .with_untracked(|f| f.as_deref().map(|f| host_events::snapshot(lab, f)));
        return Promise::resolve(&now.unwrap_or(JsValue::NULL));
    }
    let why = lab.run.impossible.with_untracked(Option::clone);
    if let Some(failure) = why {
        return Promise::reject(&js_sys::Error::new(&failure.message));
    }
    let promise = Promise::new(&mut |resolve, reject| {
        lab.services.pending_calls.update_value(|calls| {
            calls.push(PendingCall {
                run,
                step: here + u64::from(steps.unwrap_or(0)),
                may_play: steps.is_none(),
                resolve,
                reject,
            });
        });
    });
    lab.tell_observed();
    if let Some(steps) = steps {
        lab.step(steps);
    }
    promise
}
