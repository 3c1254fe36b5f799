//! Controls: each shows one setting of the table and changes it. They know no lesson and no chart.

pub mod choice;
pub mod scale;
pub mod slider;
pub mod switch;
pub mod thumbnails;
pub mod widths;

use batchnorm_lab::settings::{Range, Setting, setting};
use leptos::prelude::*;

use crate::i18n::key;
use crate::state::Lab;
use crate::url;

/// The control that fits a setting's range.
///
/// # Panics
/// If there is no setting of that name: names here are our own.
pub fn control(lab: Lab, name: &'static str) -> AnyView {
    let row = setting(name).unwrap_or_else(|_| panic!("`{name}` is a setting"));
    match row.range {
        Range::Choice(_) if name == "data" => thumbnails::thumbnails(lab, row),
        Range::Choice(names) => choice::choice(lab, row, names),
        Range::Flag => switch::switch(lab, row),
        Range::Widths => widths::widths(lab, row),
        Range::Integer { .. } | Range::Real { .. } => slider::slider(lab, row),
        Range::Changes => ().into_any(),
    }
}

/// The value in force as text.
pub(crate) fn value_of(lab: Lab, row: &'static Setting) -> Memo<String> {
    Memo::new(move |_| lab.now.with(|settings| (row.read)(settings)))
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
    head: AnyView,
    body: AnyView,
    is_group: bool,
) -> AnyView {
    let name = row.name;
    let words = lab.words;
    let value = value_of(lab, row);
    let first = Memo::new(move |_| (row.read)(&url::base(lab.lesson.get())));
    let is_changed = move || value.get() != first.get();
    let label = move || words.find(&format!("control.{name}.label"));
    let help = move || words.find(&format!("control.{name}.help"));
    let label_id = format!("label-{name}");
    let help_id = format!("help-{name}");
    let title = if is_group {
        leptos::html::span()
            .id(label_id.clone())
            .child(label)
            .into_any()
    } else {
        leptos::html::label()
            .id(label_id.clone())
            .r#for(format!("input-{name}"))
            .child(label)
            .into_any()
    };
    view! {
        <div
            class="field"
            data-part=part_of(name)
            role=is_group.then_some("group")
            aria-labelledby=is_group.then(|| label_id.clone())
            aria-describedby=is_group.then(|| help_id.clone())
            hidden=move || lab.hides(name)
            on:pointerenter=move |_| lab.pointed.set(Some(name))
            on:pointerleave=move |_| lab.pointed.set(None)
            on:focusin=move |_| lab.pointed.set(Some(name))
            on:focusout=move |_| lab.pointed.set(None)
        >
            <div class="field-head">
                {title}
                <button
                    type="button"
                    class="undo"
                    class:shown=is_changed
                    tabindex=move || if is_changed() { "0" } else { "-1" }
                    aria-label=move || format!("{}: {}", label(), words.fill(key::CONTROL_UNDO, &[("value", &shown(lab, row, &first.get()))]))
                    title=move || words.fill(key::CONTROL_UNDO, &[("value", &shown(lab, row, &first.get()))])
                    on:click=move |_| lab.change(name, &first.get_untracked())
                >"↺"</button>
                {head}
            </div>
            {body}
            <p class="help" id=format!("help-{name}")>{help}</p>
        </div>
    }
    .into_any()
}

/// A value as people read it: the word of a choice, else the text of the link.
pub(crate) fn shown(lab: Lab, row: &Setting, value: &str) -> String {
    match row.range {
        Range::Choice(_) | Range::Flag => lab.words.find(&format!("choice.{}.{value}", row.name)),
        _ => value.to_owned(),
    }
}
