//! The controls of a figure: those of its lesson.

use batchnorm_lab::settings::{Control, Range, SETTINGS, Setting, Settings};

use crate::controls::{choice, control};
use crate::state::Lab;
use crate::ui::{El, el};

/// More choices than these do not stand beside each other.
const MOST_BUTTONS: usize = 3;

/// One control beside the other.
pub fn controls(lab: Lab) -> El {
    let rows = move || {
        let names = lab.run.lesson.with(|l| l.map_or(&[][..], |l| l.controls));
        lab.run.now.with(|now| rows(names, now))
    };
    el("div")
        .class("figure-controls")
        .live("data-count", move || rows().len().to_string())
        .each(rows, move |row| compact(lab, &SETTINGS[row]))
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

/// Those of these settings that are of use now, by their places in the table.
fn rows(names: &[&str], now: &Settings) -> Vec<usize> {
    let is_of_use = |row: &usize| {
        SETTINGS[*row]
            .place
            .is_none_or(|place| (place.is_of_use)(now))
    };
    let place = |name: &&str| SETTINGS.iter().position(|row| row.name == *name);
    names.iter().filter_map(place).filter(is_of_use).collect()
}
