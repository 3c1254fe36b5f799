//! Controls: each shows one setting of the table and changes it. They know no lesson and no chart.

pub mod blocks;
pub mod choice;
pub mod reading;
pub mod scale;
pub mod slider;
pub mod switch;
pub mod thumbnails;
pub mod typed;

use batchnorm_lab::settings::{Control, Range, Setting, Value, setting};

use crate::i18n::key;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, button, el, focus, target_of};
use crate::url;

/// The control that a setting's row names.
pub fn control(lab: Lab, row: &'static Setting) -> El {
    match (row.control, row.range) {
        (Control::Thumbnails, _) => thumbnails::thumbnails(lab, row),
        (Control::Select, Range::Choice(names)) => choice::select(lab, row, names),
        (Control::Buttons, Range::Choice(names)) => choice::choice(lab, row, names),
        (Control::Slider(stops), _) => slider::slider(lab, row, stops),
        (Control::Switch, _) => switch::switch(lab, row),
        (Control::Blocks, _) => blocks::blocks(lab, row),
        // What is changed elsewhere has its name and its help here, no more.
        _ => field(lab, row, None, None, true),
    }
}

/// The row of a setting that the page knows by name.
///
/// # Panics
/// If there is none of that name: names here are our own.
pub(crate) fn own_row(name: &'static str) -> &'static Setting {
    setting(name).unwrap_or_else(|_| panic!("`{name}` is a setting"))
}

/// The value in force.
pub(crate) fn value_of(lab: Lab, row: &'static Setting) -> Value {
    lab.run.now.with(row.get)
}

/// The value in force as text.
pub(crate) fn text_of(lab: Lab, row: &'static Setting) -> String {
    row.range.write(&value_of(lab, row))
}

/// The value with which the lesson begins.
pub(crate) fn first_of(lab: Lab, row: &'static Setting) -> Value {
    lab.run.lesson.with(|lesson| (row.get)(&url::base(*lesson)))
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
    let label = move || words.find(&format!("control.{name}.label"));
    let label_id = format!("label-{name}");
    let help_id = format!("help-{name}");
    let title = if is_group {
        el("span")
    } else {
        el("label").attr("for", &format!("input-{name}"))
    };
    let mut outer = el("div")
        .class("field")
        .attr("data-part", row.part)
        .hideable(lab, name)
        .pointing(lab, row);
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
                .child(undo(lab, row, label))
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

/// What of a field takes the focus.
const FIRST_INPUT: &str = "input:checked, input:not([type=radio]), select";

/// Back to the value with which the lesson begins; seen where that is another.
fn undo(lab: Lab, row: &'static Setting, label: impl Fn() -> String + 'static) -> El {
    let first = move || first_of(lab, row);
    let back = move || {
        let value = shown(lab, row, &first());
        lab.view.words.fill(key::CONTROL_UNDO, &[("value", &value)])
    };
    button()
        .class("undo")
        .text("↺")
        .class_live("shown", move || value_of(lab, row) != first())
        .live("aria-label", move || format!("{}: {}", label(), back()))
        .live("title", back)
        .on("click", move |event| {
            lab.change(row, first());
            // It is not seen any more; its field is what was put back.
            let field = target_of(&event).closest(".field").ok().flatten();
            let input = field.and_then(|field| field.query_selector(FIRST_INPUT).ok().flatten());
            if let Some(input) = input {
                focus(&input);
            }
        })
}

/// A value as people read it: the word of a choice, else the text of the link.
pub(crate) fn shown(lab: Lab, row: &Setting, value: &Value) -> String {
    let text = row.range.write(value);
    match row.range {
        Range::Choice(_) | Range::Flag => {
            lab.view.words.find(&format!("choice.{}.{text}", row.name))
        }
        _ => text,
    }
}
