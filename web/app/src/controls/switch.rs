//! On or off.

use batchnorm_lab::settings::{Setting, Value};

use super::{field, value_of};
use crate::state::Lab;
use crate::ui::{El, el, is_checked};

/// A switch for a flag.
pub fn switch(lab: Lab, row: &'static Setting) -> El {
    let name = row.name;
    let head = el("input")
        .attr("type", "checkbox")
        .attr("role", "switch")
        .class("switch")
        .attr("id", &format!("input-{name}"))
        .attr("aria-describedby", &format!("help-{name}"))
        .checked(move || value_of(lab, row) == Value::Flag(true))
        .on("change", move |event| {
            lab.change(row, Value::Flag(is_checked(&event)));
        });
    field(lab, row, Some(head), None, false)
}
