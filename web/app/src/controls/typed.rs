//! A field in which a value is typed: what is not taken stays in it until it is mended or given up, and a message says of
//! the field what is wrong.

use batchnorm_lab::settings::{Range, Setting};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::{reading, text_of};
use crate::state::{Lab, Refused};
use crate::ui::{El, el, value_of};

/// A field for a setting; `id` is that of the element.
pub(crate) fn typed(lab: Lab, row: &'static Setting, id: &str) -> El {
    let field = Field {
        lab,
        row,
        place: None,
    };
    let is_number = !matches!(row.range, Range::Blocks);
    let input = field.input(move || text_of(lab, row), move |text| field.take(text));
    let input = if is_number {
        input.attr("inputmode", "decimal")
    } else {
        input.attr("spellcheck", "false")
    };
    if id.is_empty() {
        input
    } else {
        input.attr("id", id)
    }
}

/// Which value a field is of: a setting, or one block of it.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub lab: Lab,
    pub row: &'static Setting,
    pub place: Option<usize>,
}

impl Field {
    /// The element. `shown` is what is in force; `take` makes it what was typed.
    pub(crate) fn input(
        self,
        shown: impl Fn() -> String + Clone + 'static,
        take: impl Fn(&str) + 'static,
    ) -> El {
        let (name, in_force) = (self.row.name, shown.clone());
        el("input")
            .attr("type", "text")
            .class("value")
            .attr("autocomplete", "off")
            .value(move || self.refused().unwrap_or_else(&shown))
            .live("aria-invalid", move || self.refused().is_some().to_string())
            .live("aria-describedby", move || match self.refused() {
                Some(_) => format!("refused help-{name}"),
                None => format!("help-{name}"),
            })
            .on("change", move |event| {
                let text = value_of(&event);
                if text != in_force() {
                    take(&text);
                } else {
                    self.settle();
                }
                if self.refused().is_none() {
                    crate::ui::write_back(&event, &in_force());
                }
            })
            .on("keydown", move |event| {
                let key: &KeyboardEvent = event.unchecked_ref();
                if key.key() == "Escape" {
                    self.settle();
                    crate::ui::write_back(&event, &text_of_field(self));
                }
            })
    }

    /// What was typed and not taken.
    fn refused(self) -> Option<String> {
        let (name, place) = (self.row.name, self.place);
        self.lab.view.refused.with(|refused| {
            let of_this = refused
                .as_ref()
                .filter(|r| r.row.name == name && r.place == place);
            of_this.map(|refused| refused.text.clone())
        })
    }

    /// Nothing of this field is refused any more.
    pub(crate) fn settle(self) {
        if self.refused().is_some() {
            self.lab.view.refused.set(None);
        }
    }

    /// Tells of what was not taken; the field's former word is replaced.
    pub(crate) fn refuse(self, text: &str, range: Range) {
        self.lab.view.refused.set(Some(Refused {
            row: self.row,
            place: self.place,
            text: text.trim().to_owned(),
            range,
        }));
    }

    /// Takes the setting's value from what was typed.
    fn take(self, text: &str) {
        let is_whole = matches!(self.row.range, Range::Integer { .. });
        let plain = match self.row.range {
            Range::Integer { .. } | Range::Real { .. } => reading::plain(text, is_whole),
            _ => text.trim().to_owned(),
        };
        match self.row.read(&plain) {
            Ok(value) => {
                self.settle();
                self.lab.change(self.row, value);
            }
            Err(_) => self.refuse(text, self.row.range),
        }
    }
}

fn text_of_field(field: Field) -> String {
    let now = field.lab.run.now;
    match field.place {
        Some(place) => now
            .with_untracked(|s| s.layers.get(place).map_or(0, |b| b.size))
            .to_string(),
        None => text_of(field.lab, field.row),
    }
}
