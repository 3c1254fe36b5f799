//! What stands around the charts: name, buttons, progress, what is read; and the walk from value to value by keys.

use wasm_bindgen::prelude::*;
use web_sys::{Event, KeyboardEvent};

use super::reading::reading;
use super::training::Training;
use crate::charts::Hover;
use crate::compared::{Compared, Progress};
use crate::i18n::{Key, key};
use crate::panels::Panel;
use crate::panels::figure::Figure;
use crate::panels::telling::about;
use crate::spoken::Spoken;
use crate::ui::{El, button, el};

/// How many columns and lines there are.
pub(super) type Count = fn(&Compared) -> [usize; 2];

/// The panel around its charts.
pub(super) fn panel(
    training: Training,
    of: Panel,
    title: Key,
    charts: Vec<El>,
    count: Count,
    said: impl Fn() -> Option<String> + 'static,
) -> El {
    let lab = training.lab;
    let caption = el("figcaption")
        .child(el("span").tell(lab, title))
        .child(about(lab, of))
        .child(el("span").class("spring"))
        .child(starter(training));
    let group = el("div")
        .class("measured-charts")
        .attr("data-part", "compared-charts")
        .attr("tabindex", "0")
        .attr("role", "group")
        .named(lab, key::MEASURED_WALK)
        .on("keydown", move |event| walk(training, count, &event))
        .on("keyup", |event| {
            if direction(&event).is_some() {
                event.stop_propagation();
            }
        })
        .children(charts);
    let panel = el("figure")
        .class("grid-panel compared")
        .attr("data-part", of.row().name)
        .live("aria-busy", move || training.is_running.get().to_string())
        .child(caption)
        .child(progress(training))
        .child(group)
        .child(
            el("p")
                .class("measured-reading")
                .attr("data-part", "compared-reading")
                .attr("role", "status")
                .say(move || reading(training, &said)),
        );
    training.follow(&panel);
    panel
}

/// Starts and cancels.
fn starter(training: Training) -> El {
    let words = training.lab.view.words;
    let said = move || {
        let is_empty = training.with(|of| of.is_none());
        let key = match (training.is_running.get(), is_empty) {
            (true, _) => key::GRID_CANCEL,
            (false, true) => key::GRID_START,
            (false, false) => key::GRID_AGAIN,
        };
        words.get(key).to_owned()
    };
    button()
        .class("quiet")
        .attr("data-part", "compared-start")
        .hideable(training.lab, "play")
        .say(said)
        .press(move || match training.is_running.get_untracked() {
            true => training.cancel(),
            false => training.start(),
        })
}

/// How much of all runs' steps is done.
fn progress(training: Training) -> El {
    let done = move || {
        training.with(|of| {
            let Some(of) = of else {
                return 0.0;
            };
            let steps = of.comparison.steps.max(1) as f64;
            let share = |run: &Progress| match run {
                Progress::Waiting => 0.0,
                Progress::At(step) => *step as f64 / steps,
                Progress::Done(_) => 1.0,
            };
            of.runs.iter().map(share).sum::<f64>() / of.runs.len().max(1) as f64
        })
    };
    el("progress")
        .attr("data-part", "compared-progress")
        .named(training.lab, key::COMPARED_PROGRESS)
        .flag_live("hidden", move || !training.is_running.get())
        .attr("max", "100")
        .live("value", move || (done() * 100.0).round().to_string())
}

/// A chart whose marks are read as they are pointed at.
pub(super) fn readable(training: Training, count: Count, chart: Figure) -> Figure {
    chart.read(move |hover| {
        let Hover::Cell { place } = hover else {
            return None;
        };
        let [_, lines] = training.with_untracked(|of| of.map(count))?;
        let at = Some((place / lines.max(1), place % lines.max(1)));
        if training.selected.get_untracked() != at {
            training.selected.set(at);
        }
        None
    })
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

/// From value to value; the first arrow reads the last of the first run.
fn walk(training: Training, count: Count, event: &Event) {
    let Some([across, down]) = direction(event) else {
        return;
    };
    event.prevent_default();
    event.stop_propagation();
    let counts = training.with_untracked(|of| of.map(count));
    let Some([columns, lines]) = counts.filter(|counts| !counts.contains(&0)) else {
        return;
    };
    let to = match training.selected.get_untracked() {
        None => (columns - 1, 0),
        Some((column, line)) => (
            column.saturating_add_signed(across).min(columns - 1),
            line.saturating_add_signed(down).min(lines - 1),
        ),
    };
    training.selected.set(Some(to));
}
