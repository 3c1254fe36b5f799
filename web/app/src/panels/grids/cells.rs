//! The networks of a grid under the pointer and the keys: all of its chart is one link, to the run of the network that is
//! read.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Event, KeyboardEvent, PointerEvent};

use super::training::Training;
use crate::charts::Hover;
use crate::grid::Direction;
use crate::i18n::key;
use crate::panels::figure::{Figure, figure};
use crate::spoken::Spoken;
use crate::state::ViewKind;
use crate::ui::{El, el, follow};
use crate::url;

/// The chart, whose read-out beside the pointer is what `read` gives.
pub(super) fn cells(
    training: Training,
    chart: Figure,
    read: impl Fn(usize) -> Option<Vec<String>> + 'static,
) -> El {
    let lab = training.lab;
    // Whether a press is the first on its cell: under a finger that one reads, the next opens.
    let is_fresh = Rc::new(Cell::new(false));
    let fresh = is_fresh.clone();
    let chart = chart.read(move |hover| {
        let Hover::Cell { place } = hover else {
            return None;
        };
        is_fresh.set(training.selected.get_untracked() != Some(place));
        if is_fresh.get() {
            training.selected.set(Some(place));
        }
        read(place)
    });
    let link = el("a")
        .class("grid-cells")
        .attr("data-part", "grid-cells")
        .attr("tabindex", "0")
        .attr("target", "_blank")
        .attr("rel", "noopener")
        .named(lab, key::GRID_WALK);
    let place = link.0.clone();
    follow(move || {
        let address = training.selected.get().and_then(|at| address(training, at));
        // A link takes any address.
        let _ = match address {
            Some(address) => place.set_attribute("href", &address),
            None => place.remove_attribute("href"),
        };
    });
    link.on("keydown", move |event| walk(training, &event))
        .on("keyup", |event| {
            if direction(&event).is_some() {
                event.stop_propagation();
            }
        })
        .on("click", move |event| {
            let pointer: &PointerEvent = event.unchecked_ref();
            if fresh.get() && pointer.pointer_type() == "touch" {
                event.prevent_default();
                return;
            }
            open(training, &event);
        })
        .child(figure(lab, chart))
}

/// In the lab itself a network's run takes the place of the one on the page.
fn open(training: Training, event: &Event) {
    let lab = training.lab;
    let is_here = lab.services.is_page && lab.view.kind.get_untracked() == ViewKind::Lab;
    let place = training.selected.get_untracked();
    let link = place.and_then(|place| link(training, place));
    if let (true, Some(link)) = (is_here, link) {
        event.prevent_default();
        lab.open_link(&link);
    }
}

fn state(training: Training, place: usize) -> Option<String> {
    training.grid.with(|grid| {
        let of = grid.as_ref()?.trained(place)?;
        Some(of.state.clone())
    })
}

/// The text of a link to a network's run, in words of its lesson.
fn link(training: Training, place: usize) -> Option<String> {
    let link = url::read(&state(training, place)?, None);
    Some(training.lab.text_of(&link.settings))
}

/// The lab at a network's run.
fn address(training: Training, place: usize) -> Option<String> {
    Some(training.lab.address_of(&link(training, place)?))
}

fn direction(event: &Event) -> Option<Direction> {
    let event: &KeyboardEvent = event.unchecked_ref();
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    match event.key().as_str() {
        "ArrowLeft" => Some(Direction::Left),
        "ArrowRight" => Some(Direction::Right),
        "ArrowUp" => Some(Direction::Up),
        "ArrowDown" => Some(Direction::Down),
        _ => None,
    }
}

/// From cell to cell; the first arrow reads the first.
fn walk(training: Training, event: &Event) {
    let Some(direction) = direction(event) else {
        return;
    };
    event.prevent_default();
    event.stop_propagation();
    let from = training.selected.get_untracked();
    let to = training.grid.with_untracked(|grid| {
        let grid = grid.as_ref()?;
        Some(from.map_or(0, |from| grid.walk(from, direction)))
    });
    if to.is_some() {
        training.selected.set(to);
    }
}
