//! Controls: each shows one setting of the table and changes it. They know no lesson and no chart.

pub mod blocks;
pub mod choice;
pub mod scale;
pub mod slider;
pub mod switch;
pub mod thumbnails;

use batchnorm_lab::settings::{Range, Setting, setting};

use crate::i18n::key;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, button, el};
use crate::url;

/// The control that fits a setting's range.
///
/// # Panics
/// If there is no setting of that name: names here are our own.
pub fn control(lab: Lab, name: &'static str) -> El {
    let row = setting(name).unwrap_or_else(|_| panic!("`{name}` is a setting"));
    match row.range {
        Range::Choice(_) if name == "data" => thumbnails::thumbnails(lab, row),
        Range::Choice(names) if matches!(name, "a" | "b") => choice::select(lab, row, names),
        Range::Choice(names) => choice::choice(lab, row, names),
        Range::Flag => switch::switch(lab, row),
        Range::Blocks => blocks::blocks(lab, row),
        Range::Integer { .. } | Range::Real { .. } | Range::Changes => slider::slider(lab, row),
    }
}

/// The value in force as text.
pub(crate) fn value_of(lab: Lab, row: &'static Setting) -> String {
    lab.run.now.with(|settings| (row.read)(settings))
}

/// `data-part` of a control, by which tests and style sheets find it.
fn part_of(name: &'static str) -> &'static str {
    match name {
        "lr" => "learning-rate",
        "stats" => "statistics-switch",
        "noise" => "data-noise",
        other => other,
    }
}

/// Label, help and undo mark around a control's own element.
///
/// `head` stands beside the label: the typed value. `is_group` says that `body` is several inputs, not one.
pub(crate) fn field(
    lab: Lab,
    row: &'static Setting,
    head: Option<El>,
    body: Option<El>,
    is_group: bool,
) -> El {
    let name = row.name;
    let words = lab.view.words;
    let first = move || {
        lab.run
            .lesson
            .with(|lesson| (row.read)(&url::base(*lesson)))
    };
    let label = move || words.find(&format!("control.{name}.label"));
    let back = move || words.fill(key::CONTROL_UNDO, &[("value", &shown(lab, row, &first()))]);
    let label_id = format!("label-{name}");
    let help_id = format!("help-{name}");
    let title = if is_group {
        el("span")
    } else {
        el("label").attr("for", &format!("input-{name}"))
    };
    let undo = button()
        .class("undo")
        .text("↺")
        .class_live("shown", move || value_of(lab, row) != first())
        .live("aria-label", move || format!("{}: {}", label(), back()))
        .live("title", back)
        .press(move || lab.change(name, &first()));
    let mut outer = el("div")
        .class("field")
        .attr("data-part", part_of(name))
        .hideable(lab, name)
        .pointing(lab, name);
    if is_group {
        outer = outer
            .attr("role", "group")
            .attr("aria-labelledby", &label_id)
            .attr("aria-describedby", &help_id);
    }
    outer
        .child(
            el("div")
                .class("field-head")
                .child(title.attr("id", &label_id).say(label))
                .child(undo)
                .children(head),
        )
        .children(body)
        .child(
            el("p")
                .class("help")
                .attr("id", &help_id)
                .say(move || words.find(&format!("control.{name}.help"))),
        )
}

/// A value as people read it: the word of a choice, else the text of the link.
pub(crate) fn shown(lab: Lab, row: &Setting, value: &str) -> String {
    match row.range {
        Range::Choice(_) | Range::Flag => {
            lab.view.words.find(&format!("choice.{}.{value}", row.name))
        }
        _ => value.to_owned(),
    }
}
