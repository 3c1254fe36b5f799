//! One of a few words: radio buttons that look like one segmented bar, or a list that opens.

use batchnorm_lab::settings::{Setting, Value};

use super::{field, text_of, value_of};
use crate::state::Lab;
use crate::ui::{El, el, value_of as typed_text};

/// Radio buttons for a setting's words.
pub fn choice(lab: Lab, row: &'static Setting, names: &'static [&'static str]) -> El {
    field(lab, row, None, Some(buttons(lab, row, names)), true)
}

/// A list that opens, for many words.
pub fn select(lab: Lab, row: &'static Setting, names: &'static [&'static str]) -> El {
    let name = row.name;
    let options = names.iter().map(|option| {
        el("option")
            .attr("value", option)
            .say(move || lab.view.words.find(&format!("choice.{name}.{option}")))
    });
    let body = el("select")
        .attr("id", &format!("input-{name}"))
        .attr("aria-describedby", &format!("help-{name}"))
        .children(options)
        .value(move || text_of(lab, row))
        .on("change", move |event| {
            lab.change_text(name, &typed_text(&event))
        });
    field(lab, row, None, Some(body), false)
}

/// The buttons alone, for bars that bring their own label.
pub fn buttons(lab: Lab, row: &'static Setting, names: &'static [&'static str]) -> El {
    let name = row.name;
    let options = names.iter().enumerate().map(|(place, option)| {
        let value = Value::Choice(place as u8);
        let chosen = value.clone();
        radio(
            &format!("choice-{name}"),
            option,
            move || value_of(lab, row) == value,
            move || lab.change(row, chosen.clone()),
        )
        .child(el("span").say(move || lab.view.words.find(&format!("choice.{name}.{option}"))))
    });
    el("div").class("options").children(options)
}

/// A radio button in its label; what is seen is added by the caller.
pub fn radio(
    group: &str,
    value: &str,
    is_chosen: impl Fn() -> bool + 'static,
    choose: impl Fn() + 'static,
) -> El {
    let input = el("input")
        .attr("type", "radio")
        .attr("name", group)
        .attr("value", value)
        .checked(is_chosen)
        .on("change", move |_| choose());
    el("label").class("option").child(input)
}
