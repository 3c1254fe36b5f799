//! The controls of a figure: those of its lesson.

use batchnorm_lab::settings::{Control, Range, SETTINGS, Setting, Settings};

use crate::controls::{choice, control};
use crate::state::Lab;
use crate::ui::{El, el};

/// More choices than these do not stand beside each other.
const MOST_BUTTONS: usize = 3;

/// One control beside the other; one that is of no use now leaves its place empty, so that no other moves.
pub fn controls(lab: Lab) -> El {
    let rows = move || {
        let names = lab.run.lesson.with(|l| l.map_or(&[][..], |l| l.controls));
        names.iter().filter_map(|name| place(name)).collect()
    };
    el("div").class("figure-controls").each(rows, move |row| {
        let row = &SETTINGS[row];
        compact(lab, row).class_live("idle", move || lab.run.now.with(|now| !is_of_use(row, now)))
    })
}

/// The control that the setting's row names, on one line: many buttons become a list to choose from.
fn compact(lab: Lab, row: &'static Setting) -> El {
    match (row.control, row.range) {
        (Control::Buttons, Range::Choice(names)) if names.len() > MOST_BUTTONS => {
            choice::select(lab, row, names)
        }
        _ => control(lab, row),
    }
}

/// Its place in the table.
fn place(name: &str) -> Option<usize> {
    SETTINGS.iter().position(|row| row.name == name)
}

fn is_of_use(row: &Setting, now: &Settings) -> bool {
    row.place.is_none_or(|place| (place.is_of_use)(now))
}
