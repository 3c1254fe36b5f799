//! What is read of several devices: a look's deviation under the pointer and the keys, the bytes of a way, or why there is none.

use wasm_bindgen::prelude::*;
use web_sys::{Event, KeyboardEvent};

use super::choose::NAMES;
use super::comparing::Comparing;
use crate::devices::WAYS;
use crate::format;
use crate::i18n::key;
use crate::panels::pool::why;

/// The sentence below the charts.
pub(super) fn said(comparing: Comparing) -> String {
    let lab = comparing.lab;
    let words = lab.view.words;
    if let Some(failed) = comparing.failed.get() {
        return why(lab, failed);
    }
    if comparing.of.with(Option::is_none) {
        return words.get(key::DEVICES_EMPTY).to_owned();
    }
    let shown = comparing.way.get();
    let (at, place) = match comparing.selected.get() {
        Some((at, place)) => (Some(at), place),
        None => (None, shown),
    };
    let name = words.get(NAMES[place]);
    comparing.with(|all| {
        let way = &all.ways[place];
        if way.is_refused {
            let words = [
                name,
                words.get(key::GRID_COLON),
                words.get(key::DEVICES_REFUSED),
            ];
            return words.concat();
        }
        let look = match at {
            Some(at) => way.looks.get(at),
            None => way.looks.last(),
        };
        let Some(look) = look else {
            return words.get(key::DEVICES_BUSY).to_owned();
        };
        let statistics = look.statistics.map_or_else(
            || words.get(key::DEVICES_NONE).to_owned(),
            |off| format::value(f64::from(off)),
        );
        words.fill(
            key::DEVICES_READ,
            &[
                ("way", name),
                ("step", &format::count(look.step)),
                ("parameters", &format::value(f64::from(look.parameters))),
                ("statistics", &statistics),
            ],
        )
    })
}

/// The arrow keys on the page belong to the run; here they do not.
pub(super) fn keep(event: &Event) {
    if direction(event).is_some() {
        event.stop_propagation();
    }
}

fn direction(event: &Event) -> Option<[isize; 2]> {
    let event: &KeyboardEvent = event.unchecked_ref();
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    match event.key().as_str() {
        "ArrowLeft" => Some([-1, 0]),
        "ArrowRight" => Some([1, 0]),
        "ArrowUp" => Some([0, -1]),
        "ArrowDown" => Some([0, 1]),
        _ => None,
    }
}

/// From look to look by left and right, from way to way by up and down; the first arrow reads the first look.
pub(super) fn walk(comparing: Comparing, event: &Event) {
    let Some([across, down]) = direction(event) else {
        return;
    };
    event.prevent_default();
    event.stop_propagation();
    let to = match comparing.selected.get_untracked() {
        None => (0, comparing.way.get_untracked()),
        Some((at, place)) => (
            at.saturating_add_signed(across),
            place.saturating_add_signed(down).min(WAYS.len() - 1),
        ),
    };
    let looks = comparing.with(|all| all.ways[to.1].looks.len());
    let at = to.0.min(looks.saturating_sub(1));
    comparing.selected.set(Some((at, to.1)));
}
