//! What panels of some modules say: they bring their own words, which the sheet would otherwise carry for all.

use std::cell::Cell;

use crate::panels::Panel;
use crate::panels::table::{self, Module};
use crate::tell::{Seen, Told};

type Tell = fn(Panel, &Seen) -> Option<Told>;

/// The modules that bring their own words.
const OWN: &[Module] = &[
    Module::Grids,
    Module::Measured,
    Module::Compared,
    Module::Watched,
    Module::Classes,
    Module::Taught,
    Module::Devices,
];

thread_local! {
    static TELL: [Cell<Option<Tell>>; OWN.len()] = const { [const { Cell::new(None) }; OWN.len()] };
}

fn place(module: u8) -> usize {
    let found = OWN.iter().position(|one| *one as u8 == module);
    found.unwrap_or(0)
}

/// Called by a module when it draws a panel: whose sheet is open has been drawn.
pub(in crate::panels) fn bring<const MODULE: u8>() {
    TELL.with(|tell| tell[place(MODULE)].set(Some(table::tell::<MODULE>)));
}

/// What one of them says now.
pub(in crate::panels) fn tell(panel: Panel, seen: &Seen) -> Option<Told> {
    let tell = TELL.with(|tell| tell[place(panel.row().module as u8)].get());
    tell.and_then(|tell| tell(panel, seen))
}
