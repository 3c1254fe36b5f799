//! Whether a panel is seen. What the seen ones show is what the worker is asked to observe.

use batchnorm_lab::protocol::ObservedSet;
use wasm_bindgen::prelude::*;
use web_sys::{IntersectionObserver, IntersectionObserverEntry};

use super::PanelRow;
use crate::state::Lab;
use crate::ui::{El, Signal, follow, on_cleanup};

/// Keeps `is_seen` true while any part of the element is on the screen.
pub(super) fn watch_visibility(element: &El, is_seen: Signal<bool>) {
    let on_seen: Closure<dyn Fn(js_sys::Array)> = Closure::new(move |entries: js_sys::Array| {
        let last = entries.pop().unchecked_into::<IntersectionObserverEntry>();
        // The panel may be gone by the time the browser tells.
        let _ = is_seen.try_set(last.is_intersecting());
    });
    let Ok(observer) = IntersectionObserver::new(on_seen.as_ref().unchecked_ref()) else {
        return;
    };
    observer.observe(&element.0);
    let kept = Signal::new((observer, on_seen));
    on_cleanup(move || {
        kept.try_with_untracked(|(observer, _)| observer.disconnect());
    });
}

/// The panel, which the worker observes for while it is seen.
pub(super) fn observed(lab: Lab, row: &'static PanelRow, panel: El) -> El {
    let needs = row.needs.iter().copied();
    let needs = needs.fold(ObservedSet::NONE, |set, need| set.with(need));
    if row.needs.is_empty() {
        return panel;
    }
    let place = row.panel as usize;
    let is_seen = Signal::new(false);
    watch_visibility(&panel, is_seen);
    follow(move || {
        let is_seen = is_seen.get();
        lab.view.seen.update_value(|seen| {
            seen.retain(|(of, _)| *of != place);
            if is_seen {
                seen.push((place, needs));
            }
        });
        tell(lab);
    });
    on_cleanup(move || {
        lab.view
            .seen
            .try_update_value(|seen| seen.retain(|(of, _)| *of != place));
    });
    panel
}

fn tell(lab: Lab) {
    let set = lab.view.seen.with_untracked(|seen| {
        let sets = seen.iter().map(|(_, set)| *set);
        sets.fold(ObservedSet::NONE, ObservedSet::and)
    });
    lab.observe(set);
}
