//! What was measured under the pointer and the keys: columns by left and right, lines by up and down.

use wasm_bindgen::prelude::*;
use web_sys::{Event, KeyboardEvent};

use super::measuring::Measuring;
use crate::charts::Hover;
use crate::i18n::{Key, key};
use crate::panels::Panel;
use crate::panels::figure::Figure;
use crate::panels::pool::why;
use crate::panels::telling::about;
use crate::spoken::Spoken;
use crate::ui::{El, el};

/// How many columns and lines there are.
pub(in crate::panels) type Count<T> = fn(&[T]) -> [usize; 2];

/// The panel around its charts: its name, what marks mean, the charts, what is read.
pub(in crate::panels) fn panel<T: Clone + 'static>(
    measuring: Measuring<T>,
    of: Panel,
    title: Key,
    legend: impl Fn() -> String + 'static,
    charts: Vec<El>,
    count: Count<T>,
    said: impl Fn() -> Option<String> + 'static,
) -> El {
    let lab = measuring.lab;
    let caption = el("figcaption")
        .child(el("span").tell(lab, title))
        .child(about(lab, of))
        .child(el("span").class("measured-legend").say(legend));
    let group = el("div")
        .class("measured-charts")
        .attr("data-part", "measured-charts")
        .attr("tabindex", "0")
        .attr("role", "group")
        .named(lab, key::MEASURED_WALK)
        .on("keydown", move |event| walk(measuring, count, &event))
        .on("keyup", |event| {
            if direction(&event).is_some() {
                event.stop_propagation();
            }
        })
        .children(charts);
    let panel = el("figure")
        .class("measured")
        .attr("data-part", of.row().name)
        .live("aria-busy", move || measuring.is_running.get().to_string())
        .child(caption)
        .child(group)
        .child(
            el("p")
                .class("measured-reading")
                .attr("data-part", "measured-reading")
                .attr("role", "status")
                .say(move || reading(measuring, &said)),
        );
    measuring.follow(&panel);
    panel
}

/// A chart whose marks are read as they are pointed at.
pub(in crate::panels) fn readable<T: Clone + 'static>(
    measuring: Measuring<T>,
    count: Count<T>,
    chart: Figure,
) -> Figure {
    chart.read(move |hover| {
        let Hover::Cell { place } = hover else {
            return None;
        };
        let counts = counts(measuring, count).filter(|counts| !counts.contains(&0));
        let [_, lines] = counts?;
        let at = Some((place / lines, place % lines));
        if measuring.selected.get_untracked() != at {
            measuring.selected.set(at);
        }
        None
    })
}

fn reading<T: Clone + 'static>(
    measuring: Measuring<T>,
    said: &impl Fn() -> Option<String>,
) -> String {
    let lab = measuring.lab;
    let words = lab.view.words;
    if let Some(failed) = measuring.failed.get() {
        return why(lab, failed);
    }
    if let Some(said) = said() {
        return said;
    }
    let step = measuring.with(|of| of.map(|of| of.newest().0));
    step.map_or_else(
        || words.get(key::MEASURED_BUSY).to_owned(),
        |step| {
            words.fill(
                key::MEASURED_POINT,
                &[("step", &crate::format::count(step))],
            )
        },
    )
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

/// How many columns and lines there are.
fn counts<T: Clone + 'static>(measuring: Measuring<T>, count: Count<T>) -> Option<[usize; 2]> {
    measuring.with_untracked(|of| of.map(|of| count(of.newest().1)))
}

/// From value to value; the first arrow reads the first.
fn walk<T: Clone + 'static>(measuring: Measuring<T>, count: Count<T>, event: &Event) {
    let Some([across, down]) = direction(event) else {
        return;
    };
    event.prevent_default();
    event.stop_propagation();
    let counts = counts(measuring, count);
    let Some([columns, lines]) = counts.filter(|counts| !counts.contains(&0)) else {
        return;
    };
    let to = match measuring.selected.get_untracked() {
        None => (0, 0),
        Some((column, line)) => (
            column.saturating_add_signed(across).min(columns - 1),
            line.saturating_add_signed(down).min(lines - 1),
        ),
    };
    measuring.selected.set(Some(to));
}
