//! The sheet over a panel: how to read it, what it says now, its figures. Lies in the lab, takes no focus from the host
//! and keeps none.

use std::time::Duration;

use batchnorm_lab::settings::choice::DatasetKind;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

use super::seen::with_seen;
use super::{name, title};
use crate::i18n::key;
use crate::js_promise;
use crate::panels::Panel;
use crate::panels::table::{OTHERS, tell};
use crate::panels::telling::apart;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::tell::{Pace, Told, ToldTable};
use crate::ui::{El, Signal, after, button, el, set_timeout, window};

/// Figures change at most so often while they are read, in milliseconds.
const PACE: f64 = 1000.0;
/// Rows that are shown; the copy has all.
const ROWS: usize = 14;

/// The sheet of the panel that is being read.
pub fn sheet(lab: Lab) -> El {
    let reading = lab.view.reading.get_untracked();
    let panel = reading.and_then(|reading| Panel::of_figure(reading.panel));
    let Some(panel) = panel else {
        return el("div");
    };
    let told = Signal::new(Told::default());
    keep_up(lab, panel, told);
    let close = button()
        .class("quiet")
        .attr("data-part", "telling-close")
        .tell(lab, key::HOW_CLOSE)
        .press(move || shut(lab));
    let bar = el("div")
        .class("help-bar")
        .child(el("h2").say(move || name(lab, panel)))
        .child(close.clone());
    let how = move || {
        let data = lab.run.now.with(|s| s.data);
        let key = how_to_read(panel, data);
        lab.view.words.find(&key)
    };
    let sheet = el("aside")
        .class("telling")
        .attr("data-part", "telling")
        .attr("role", "dialog")
        .live("aria-label", move || title(lab, panel))
        .on("keydown", move |event| {
            let event: &KeyboardEvent = event.unchecked_ref();
            if event.key() == "Escape" {
                event.stop_propagation();
                shut(lab);
            }
        })
        .child(bar)
        .child(el("p").attr("data-part", "how").say(how))
        .child(el("h3").tell(lab, key::HOW_NOW))
        .child(
            el("p")
                .attr("data-part", "told")
                .say(move || told.with(|told| told.sentence.clone())),
        )
        .child(figures(lab, told));
    let placed = sheet.clone();
    after(move || {
        place(lab, &placed);
        // Focus is a courtesy; where it fails nothing is lost.
        let _ = close.0.unchecked_ref::<HtmlElement>().focus();
    });
    sheet
}

/// The name of the text that says how a panel is read: answers look different for each kind of data.
pub(in crate::panels) fn how_to_read(panel: Panel, data: DatasetKind) -> String {
    let name = panel.row().how_to_read.unwrap_or_default();
    match (panel, data) {
        (Panel::Boundary, DatasetKind::Digits | DatasetKind::Sequences) => {
            format!("{name}.{}", data.name())
        }
        _ => name.into(),
    }
}

/// Closes the sheet; the focus goes back to where it was opened.
fn shut(lab: Lab) {
    let reading = lab.view.reading.get_untracked();
    lab.view.reading.set(None);
    if let Some(opener) = reading.and_then(|r| r.opener.dyn_into::<HtmlElement>().ok()) {
        // As above.
        let _ = opener.focus();
    }
}

/// Tells again whenever something on the screen has changed, but not more often than a reader can follow.
fn keep_up(lab: Lab, panel: Panel, told: Signal<Told>) {
    let pace = Signal::new(Pace::new(PACE));
    let is_waiting = Signal::new(false);
    after(move || {
        lab.run.frame.track();
        lab.run.batch_noise.track();
        lab.run.sweep.track();
        lab.run.race_grid.track();
        lab.run.landscape.track();
        lab.run.profiles.track();
        lab.run.compared.track();
        lab.run.corrections.track();
        lab.run.drift.track();
        lab.run.weights.track();
        lab.run.number_line.track();
        lab.run.cells.track();
        lab.run.backward.track();
        lab.run.folded.track();
        lab.run.number.track();
        lab.run.now.track();
        lab.view.words.0.track();
        refresh(lab, panel, told, pace, is_waiting);
    });
}

fn refresh(
    lab: Lab,
    panel: Panel,
    told: Signal<Told>,
    pace: Signal<Pace>,
    is_waiting: Signal<bool>,
) {
    let now = window().performance().map_or(0.0, |clock| clock.now());
    // The sheet may be closed by the time that was waited for.
    let Some(wait) = pace.try_with_untracked(|pace| pace.wait(now)) else {
        return;
    };
    if wait <= 0.0 {
        pace.update_value(|pace| pace.mark(now));
        told.set(told_now(lab, panel));
    } else if !is_waiting.get_untracked() {
        is_waiting.set_value(true);
        let again = move || {
            if is_waiting.try_update_value(|is| *is = false).is_some() {
                refresh(lab, panel, told, pace, is_waiting);
            }
        };
        set_timeout(again, Duration::from_millis(wait as u64 + 1));
    }
}

/// What the panel says now; nothing while its module is not there.
pub(in crate::panels) fn told_now(lab: Lab, panel: Panel) -> Told {
    let told = with_seen(lab, |seen| match panel.row().module.brings_words() {
        true => apart::tell(panel, seen),
        false => tell::<OTHERS>(panel, seen),
    });
    told.unwrap_or_default()
}

/// The table and its copy.
fn figures(lab: Lab, told: Signal<Told>) -> El {
    let words = lab.view.words;
    let note = Signal::new(None);
    let copied = el("textarea")
        .attr("readonly", "")
        .attr("rows", "1")
        .attr("data-part", "telling-text")
        .named(lab, key::HOW_FIGURES)
        .flag_live("hidden", move || note.get() != Some(key::HOW_SELECT));
    let field = Signal::new(copied.0.clone());
    let copy = button()
        .class("quiet")
        .attr("data-part", "telling-copy")
        .tell(lab, key::HOW_COPY)
        .press(move || {
            let text = told.with_untracked(|told| told.table.to_tsv());
            copy(text, field.get_untracked(), note);
        });
    let said = move || {
        note.get()
            .map_or_else(String::new, |key| words.get(key).into())
    };
    let bar = el("div")
        .class("telling-bar")
        .child(el("h3").tell(lab, key::HOW_FIGURES))
        .child(el("span").attr("role", "status").say(said))
        .child(copy);
    let table = el("table").attr("data-part", "telling-table");
    let table = table
        .child(el("thead").swap(move || vec![told.with(|told| line("th", &told.table.head))]))
        .child(el("tbody").swap(move || told.with(|told| rows(&told.table))));
    let more = move || {
        let more = told.with(|told| told.table.rows.len().saturating_sub(ROWS));
        match more {
            0 => String::new(),
            more => words.fill(key::HOW_MORE, &[("n", &more.to_string())]),
        }
    };
    el("div")
        .class("telling-figures")
        .flag_live("hidden", move || {
            told.with(|told| told.table.rows.is_empty())
        })
        .child(bar)
        .child(copied)
        .child(
            el("div")
                .class("telling-scroll")
                .attr("tabindex", "0")
                .attr("role", "group")
                .named(lab, key::HOW_FIGURES)
                .child(table),
        )
        .child(el("p").class("axis-note").say(more))
}

fn rows(table: &ToldTable) -> Vec<El> {
    let rows = table.rows.iter().take(ROWS);
    rows.map(|row| line("td", row)).collect()
}

fn line(tag: &str, cells: &[String]) -> El {
    let cells = cells.iter().map(|cell| {
        let cell_of = el(tag).text(cell);
        match tag {
            "th" => cell_of.attr("scope", "col"),
            _ => cell_of,
        }
    });
    el("tr").children(cells)
}

/// Puts the text on the clipboard; where that is refused it stands selected in a field.
fn copy(text: String, field: Element, note: Signal<Option<crate::i18n::Key>>) {
    note.set(None);
    let again = text.clone();
    js_promise::copy(&text, move |is_copied| {
        let said = match is_copied {
            true => key::HOW_COPIED,
            false => key::HOW_SELECT,
        };
        // The sheet may be closed by then.
        if note.try_set(Some(said)) && !is_copied {
            let field: &HtmlInputElement = field.unchecked_ref();
            field.set_value(&again);
            field.select();
        }
    });
}

/// Over the panel, within what is seen of the lab.
fn place(lab: Lab, sheet: &El) {
    let opener = lab
        .view
        .reading
        .get_untracked()
        .map(|reading| reading.opener);
    let around = sheet.0.closest(".lab").ok().flatten();
    let (Some(opener), Some(around)) = (opener, around) else {
        return;
    };
    let (at, around) = (
        opener.get_bounding_client_rect(),
        around.get_bounding_client_rect(),
    );
    let own = sheet.0.get_bounding_client_rect();
    let height = window()
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64());
    let bottom = around.bottom().min(height.unwrap_or(f64::MAX)) - own.height();
    let top = at.top().min(bottom).max(around.top().max(0.0)) - around.top();
    let left = (at.right() - own.width()).max(around.left()) - around.left();
    sheet
        .clone()
        .style("top", &format!("{}px", top as i32))
        .style("left", &format!("{}px", left as i32));
}
