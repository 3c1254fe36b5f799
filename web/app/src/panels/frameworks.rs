//! The run's model in the words of PyTorch and Keras: code to copy, names and numbers of the selected layer.

use wasm_bindgen::prelude::*;
use web_sys::HtmlInputElement;

use super::Panel;
use super::table::Module;
use super::telling::seen::with_seen;
use super::telling::{about, apart};
use crate::controls::choice::radio;
use crate::frameworks::{Framework, code};
use crate::i18n::{Key, key};
use crate::js_promise;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::tell::{self, ToldTable};
use crate::ui::{El, Signal, button, derive, el, untrack};

/// Lines of code that are seen without scrolling in it.
const MOST_LINES: usize = 18;

/// What is chosen.
#[derive(Clone, Copy)]
struct Chosen {
    lab: Lab,
    framework: Signal<Framework>,
    is_whole: Signal<bool>,
}

impl Chosen {
    fn code(self) -> String {
        let (layer, _) = self.lab.selected_unit();
        let layer = (!self.is_whole.get()).then_some(layer);
        let framework = self.framework.get();
        let side = with_seen(self.lab, |seen| seen.detail_side());
        self.lab
            .run
            .now
            .with(|now| code(framework, now, side, layer))
    }
}

/// The panel.
pub fn frameworks(lab: Lab) -> El {
    apart::bring::<{ Module::Frameworks as u8 }>();
    let chosen = Chosen {
        lab,
        framework: Signal::new(Framework::Torch),
        is_whole: Signal::new(false),
    };
    let told = derive(move || {
        lab.run.frame.track();
        lab.run.now.track();
        lab.view.words.0.track();
        with_seen(lab, tell::frameworks)
    });
    let caption = el("figcaption")
        .child(el("span").tell(lab, key::PANEL_FRAMEWORKS))
        .child(about(lab, Panel::Frameworks));
    let field = field(chosen);
    let bar = bar(chosen).child(copy(chosen, &field));
    let body = el("div")
        .class("frameworks-body")
        .attr("tabindex", "0")
        .attr("role", "group")
        .named(lab, key::FRAMEWORKS_CODE)
        .child(field)
        .child(
            el("p")
                .attr("data-part", "frameworks-told")
                .say(move || told.with(|told| told.sentence.clone())),
        )
        .child(el("table").swap(move || told.with(|told| rows(&told.table))));
    el("figure")
        .class("frameworks")
        .attr("data-part", Panel::Frameworks.row().name)
        .child(caption)
        .child(bar)
        .child(body)
}

/// Whose words, and of what.
fn bar(chosen: Chosen) -> El {
    let Chosen {
        lab,
        framework,
        is_whole,
    } = chosen;
    let of = |wanted: Framework, name: &'static str| {
        radio(
            "choice-framework",
            name,
            move || framework.get() == wanted,
            move || framework.set(wanted),
        )
        .child(el("span").text(name))
    };
    let part = |whole: bool, name: Key| {
        radio(
            "choice-framework-part",
            if whole { "model" } else { "layer" },
            move || is_whole.get() == whole,
            move || is_whole.set(whole),
        )
        .child(el("span").tell(lab, name))
    };
    let group = |name: Key| {
        el("div")
            .class("options plain")
            .attr("role", "group")
            .named(lab, name)
    };
    el("div")
        .class("frameworks-bar")
        .child(
            group(key::FRAMEWORKS_WHOSE)
                .child(of(Framework::Torch, "PyTorch"))
                .child(of(Framework::Keras, "Keras")),
        )
        .child(
            group(key::FRAMEWORKS_WHAT)
                .child(part(false, key::FRAMEWORKS_THIS_LAYER))
                .child(part(true, key::FRAMEWORKS_MODEL)),
        )
}

/// The code.
fn field(chosen: Chosen) -> El {
    let text = derive(move || chosen.code());
    el("textarea")
        .class("frameworks-code")
        .attr("readonly", "")
        .attr("data-part", "frameworks-code")
        .attr("spellcheck", "false")
        .live("rows", move || {
            let lines = text.with(|text| text.split('\n').count());
            lines.min(MOST_LINES).to_string()
        })
        .named(chosen.lab, key::FRAMEWORKS_CODE)
        .value(move || text.get())
}

/// Copies it; where that is refused it stands selected.
fn copy(chosen: Chosen, field: &El) -> El {
    let note = Signal::new(None);
    let field = Signal::new(field.0.clone());
    button()
        .class("quiet")
        .attr("data-part", "frameworks-copy")
        .say(move || {
            let key = note.get().unwrap_or(key::FRAMEWORKS_COPY);
            chosen.lab.view.words.get(key).to_owned()
        })
        .press(move || {
            let all = untrack(|| chosen.code());
            js_promise::copy(&all, move |is_copied| {
                let said = match is_copied {
                    true => key::HOW_COPIED,
                    false => key::HOW_SELECT,
                };
                if note.try_set(Some(said)) && !is_copied {
                    let field = field.get_untracked();
                    field.unchecked_ref::<HtmlInputElement>().select();
                }
            });
        })
}

/// A table as it is told.
pub(super) fn rows(table: &ToldTable) -> Vec<El> {
    let line = |tag: &'static str, cells: &[String]| {
        let cells = cells.iter().enumerate().map(|(place, cell)| {
            let of_row = place == 0 || tag == "th";
            el(if of_row { "th" } else { "td" })
                .attr("scope", if tag == "th" { "col" } else { "row" })
                .text(cell)
        });
        el("tr").children(cells)
    };
    let head = (!table.head.is_empty()).then(|| line("th", &table.head));
    head.into_iter()
        .chain(table.rows.iter().map(|row| line("td", row)))
        .collect()
}
