//! What stands around a grid: its name, what starts and cancels it, how far it is.

use super::options::opener;
use super::training::Training;
use crate::grid::Grid;
use crate::i18n::{Key, key};
use crate::panels::Panel;
use crate::panels::telling::about;
use crate::spoken::Spoken;
use crate::ui::{El, Signal, button, el};

/// The name of a panel and its buttons.
pub(super) fn caption(training: Training, panel: Panel, title: Key, is_open: Signal<bool>) -> El {
    let lab = training.lab;
    el("figcaption")
        .child(el("span").tell(lab, title))
        .child(about(lab, panel))
        .child(el("span").class("spring"))
        .child(opener(training, is_open))
        .child(starter(training))
}

/// Starts and cancels.
fn starter(training: Training) -> El {
    let words = training.lab.view.words;
    let said = move || {
        let is_empty = training.grid.with(Option::is_none);
        let key = match (training.is_running.get(), is_empty) {
            (true, _) => key::GRID_CANCEL,
            (false, true) => key::GRID_START,
            (false, false) => key::GRID_AGAIN,
        };
        words.get(key).to_owned()
    };
    button()
        .class("quiet")
        .attr("data-part", "grid-start")
        .hideable(training.lab, "play")
        .say(said)
        .press(move || match training.is_running.get_untracked() {
            true => training.cancel(),
            false => training.start(),
        })
}

/// How many networks are done.
pub(super) fn progress(training: Training) -> El {
    let counts = move || {
        let of = |grid: &Grid| (grid.done(), grid.cells.len());
        training.grid.with(|grid| grid.as_ref().map_or((0, 1), of))
    };
    el("progress")
        .attr("data-part", "grid-progress")
        .named(training.lab, key::GRID_PROGRESS)
        .flag_live("hidden", move || !training.is_running.get())
        .live("max", move || counts().1.max(1).to_string())
        .live("value", move || counts().0.to_string())
}
