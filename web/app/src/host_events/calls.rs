//! Calls of the embedding page that wait for a frame: kept by it, or broken where it will not come.

use batchnorm_lab::protocol::{Command, Frame, ObservedSet};
use wasm_bindgen::prelude::*;
use web_sys::DomException;

use super::snapshot;
use crate::state::{Lab, PendingCall, Wait, is_halted};

/// Answers the calls that waited for this frame, and begins steps that waited for their turn.
pub(super) fn answer(lab: Lab, frame: &Frame) {
    let mut due = Vec::new();
    lab.services.pending_calls.update_value(|calls| {
        calls.retain(|call| {
            let is_done = is_due(call, frame);
            if is_done {
                due.push((call.wait, call.resolve.clone()));
            }
            !is_done
        });
    });
    if due.is_empty() {
        begin_steps(lab);
        return;
    }
    let shown = snapshot(lab, frame);
    for (wait, resolve) in due {
        let answer = match wait {
            Wait::Steps(_) | Wait::Snapshot => &shown,
            _ => &JsValue::UNDEFINED,
        };
        // A listener's own error is the listener's.
        let _ = resolve.call1(&JsValue::NULL, answer);
    }
    begin_steps(lab);
    lab.tell_observed();
}

fn is_due(call: &PendingCall, frame: &Frame) -> bool {
    let is_whole = frame.observed.holds(ObservedSet::FRAME);
    // Where a run was left, the new one answers instead of nobody.
    let is_of_later = call.run != frame.run;
    match call.wait {
        Wait::Snapshot => is_whole,
        Wait::Fresh => true,
        Wait::Playing => frame.is_playing || is_halted(frame) || is_of_later,
        Wait::Paused => !frame.is_playing,
        Wait::Steps(_) => {
            let is_there = call.target.is_some_and(|target| frame.step >= target);
            let has_halted = call.target.is_some() && is_halted(frame) && !frame.is_playing;
            is_whole && (is_there || has_halted)
        }
    }
}

/// Sends the oldest steps that were not begun, once the run stands: only then it is known where they begin.
pub fn begin_steps(lab: Lab) {
    let run = lab.run.number.get_untracked();
    let here = lab.run.frame.with_untracked(|frame| {
        let frame = frame.as_deref()?;
        (frame.run == run && !frame.is_playing).then_some(frame.step)
    });
    let Some(here) = here else { return };
    let mut steps = None;
    lab.services.pending_calls.update_value(|calls| {
        let first = calls
            .iter_mut()
            .find(|call| matches!(call.wait, Wait::Steps(_)));
        if let Some(call) = first
            && call.target.is_none()
            && let Wait::Steps(count) = call.wait
        {
            call.target = Some(here + u64::from(count));
            steps = Some(count);
        }
    });
    if let Some(steps) = steps {
        lab.send(&Command::Step { steps });
    }
}

/// Steps that another worker was to make: this one makes what is left of them, and pauses and snapshots are answered by
/// its first frame.
pub fn resume_steps(lab: Lab, from: u64) {
    let mut left = None;
    lab.services.pending_calls.update_value(|calls| {
        let begun = calls.iter().find_map(|call| call.target);
        left = begun.and_then(|target| u32::try_from(target.saturating_sub(from)).ok());
    });
    if let Some(steps) = left {
        lab.send(&Command::Step { steps });
    }
}

/// Whether steps are asked for and not made.
pub fn awaits_steps(lab: Lab) -> bool {
    lab.services
        .pending_calls
        .with_untracked(|calls| calls.iter().any(|call| matches!(call.wait, Wait::Steps(_))))
}

/// Breaks the calls of these kinds.
pub fn break_calls(lab: Lab, is_broken: impl Fn(Wait) -> bool, why: &JsValue) {
    let mut broken = Vec::new();
    lab.services.pending_calls.try_update_value(|calls| {
        calls.retain(|call| {
            let is_broken = is_broken(call.wait);
            if is_broken {
                broken.push(call.reject.clone());
            }
            !is_broken
        });
    });
    for reject in broken {
        // As with a call that is answered.
        let _ = reject.call1(&JsValue::NULL, why);
    }
}

/// Breaks steps that will not be made any more: somebody paused, reset or opened another run.
pub fn interrupt_steps(lab: Lab, why: &str) {
    let is_broken = |wait| matches!(wait, Wait::Steps(_) | Wait::Playing);
    break_calls(lab, is_broken, &abort_error(why));
}

/// The error of what was broken off on purpose.
pub fn abort_error(why: &str) -> JsValue {
    DomException::new_with_message_and_name(why, "AbortError").map_or_else(|e| e, JsValue::from)
}
