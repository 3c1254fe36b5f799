//! On or off.

use batchnorm_lab::settings::Setting;
use leptos::prelude::*;

use super::{field, value_of};
use crate::state::Lab;

/// A switch for a flag.
pub fn switch(lab: Lab, row: &'static Setting) -> AnyView {
    let name = row.name;
    let value = value_of(lab, row);
    let head = view! {
        <input
            type="checkbox"
            role="switch"
            class="switch"
            id=format!("input-{name}")
            aria-describedby=format!("help-{name}")
            prop:checked=move || value.get() == "on"
            on:change=move |event| {
                lab.change(name, if event_target_checked(&event) { "on" } else { "off" });
            }
        />
    };
    field(lab, row, head.into_any(), ().into_any(), false)
}
