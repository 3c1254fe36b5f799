//! The selected unit before and after: its formula, a row for each of its numbers, and which unit it is.

use batchnorm_lab::measure::Folded;

use super::with_newest;
use crate::folded::{FORMULAS, Name, UNIT_ROWS, figure, rows};
use crate::i18n::{Key, key};
use crate::panels::measured::Measuring;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, el, value_of};

/// Of which unit, and what both compute of an input.
pub(super) fn top(lab: Lab) -> El {
    el("div")
        .class("fold-top")
        .child(choice(
            lab,
            ("layer", key::FOLD_LAYER),
            move || lab.run.now.with(|now| now.columns().count()),
            move || lab.selected_unit().0,
        ))
        .child(choice(
            lab,
            ("unit", key::FOLD_UNIT_CHOICE),
            move || {
                let (layer, _) = lab.selected_unit();
                lab.run.now.with(|now| now.width_of(layer))
            },
            move || lab.selected_unit().1,
        ))
        .child(el("span").text(FORMULAS[0]))
}

/// The unit's numbers, a row for each before anything is measured, too.
pub(super) fn numbers(measuring: Measuring<Folded>) -> El {
    let lab = measuring.lab;
    let head = [key::FOLD_SHORT_OWN, key::FOLD_FOLDED];
    let head = head.map(|name| el("th").attr("scope", "col").tell(lab, name));
    let names = rows(&Folded::default()).map(|row| row.name);
    let rows = names.into_iter().take(UNIT_ROWS).enumerate();
    let table = el("table")
        .class("fold-table")
        .attr("data-part", "fold-table")
        .child(el("thead").child(el("tr").child(el("td")).children(head)))
        .child(el("tbody").children(rows.map(|(place, name)| row(measuring, place, name))));
    el("div").class("fold-numbers").child(table)
}

fn row(measuring: Measuring<Folded>, place: usize, name: Name) -> El {
    let words = measuring.lab.view.words;
    let cell = move |which: usize| {
        el("td").say(move || {
            let said = with_newest(measuring, |of| figure(&rows(of)[place], which));
            said.unwrap_or_else(|| "–".into())
        })
    };
    el("tr")
        .child(
            el("th")
                .attr("scope", "row")
                .say(move || name.text(|key| words.get(key)).to_owned()),
        )
        .children([cell(0), cell(1)])
}

fn choice(
    lab: Lab,
    (setting, name): (&'static str, Key),
    count: impl Fn() -> usize + 'static,
    now: impl Fn() -> usize + 'static,
) -> El {
    let option = |place: usize| {
        el("option")
            .attr("value", &place.to_string())
            .text(&(place + 1).to_string())
    };
    // Keys of the choice are its own: they do not walk over the scores.
    let select = el("select")
        .attr("data-part", &["fold-", setting].concat())
        .each(move || (0..count()).collect(), option)
        .value(move || {
            lab.run.now.track();
            now().to_string()
        })
        .on("keydown", |event| event.stop_propagation())
        .on("change", move |event| {
            lab.change_text(setting, &value_of(&event));
        });
    el("label").child(el("span").tell(lab, name)).child(select)
}
