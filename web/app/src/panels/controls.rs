//! The controls of a figure: those of its lesson.

use batchnorm_lab::settings::{SETTINGS, Settings};

use crate::controls::control;
use crate::state::Lab;
use crate::ui::{El, el};

/// One control beside the other.
pub fn controls(lab: Lab) -> El {
    let rows = move || {
        let names = lab.run.lesson.with(|l| l.map_or(&[][..], |l| l.controls));
        lab.run.now.with(|now| rows(names, now))
    };
    el("div")
        .class("figure-controls")
        .each(rows, move |row| control(lab, &SETTINGS[row]))
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
