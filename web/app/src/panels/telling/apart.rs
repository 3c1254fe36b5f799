//! What panels of the modules from `Grids` on say: they bring their own words, which the sheet would otherwise carry for all.

use std::cell::Cell;

use crate::panels::Panel;
use crate::panels::table::{self, Module};
use crate::tell::{Seen, Told};

type Tell = fn(Panel, &Seen) -> Option<Told>;

/// As many as bring their own words.
const MODULES: usize = Module::Frameworks as usize - Module::Grids as usize + 1;

thread_local! {
    static TELL: [Cell<Option<Tell>>; MODULES] = const { [const { Cell::new(None) }; MODULES] };
}

fn place(module: u8) -> usize {
    usize::from(module - Module::Grids as u8).min(MODULES - 1)
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
