//! One of a few words: radio buttons that look like one segmented bar.

use batchnorm_lab::settings::Setting;
use leptos::prelude::*;

use super::{field, value_of};
use crate::state::Lab;

/// Radio buttons for a setting's words.
pub fn choice(lab: Lab, row: &'static Setting, names: &'static [&'static str]) -> AnyView {
    field(lab, row, ().into_any(), buttons(lab, row, names), true)
}

/// The buttons alone, for bars that bring their own label.
pub fn buttons(lab: Lab, row: &'static Setting, names: &'static [&'static str]) -> AnyView {
    let name = row.name;
    let value = value_of(lab, row);
    let options: Vec<AnyView> = names
        .iter()
        .map(|option| {
            view! {
                <label class="option">
                    <input
                        type="radio"
                        name=format!("choice-{name}")
                        value=*option
                        prop:checked=move || value.get() == *option
                        on:change=move |_| lab.change(name, option)
                    />
                    <span>{move || lab.words.find(&format!("choice.{name}.{option}"))}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    view! { <div class="options" data-count=names.len().to_string()>{options}</div> }.into_any()
}
