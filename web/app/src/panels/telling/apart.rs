//! What panels of some modules say: they bring their own words, which the sheet would otherwise carry for all.

use std::cell::Cell;

use crate::panels::Panel;
use crate::panels::table::{self, Module};
use crate::tell::{Seen, Told};

type Tell = fn(Panel, &Seen) -> Option<Told>;

/// As many as there are.
const MODULES: usize = Module::Frameworks as usize + 1;

thread_local! {
    static TELL: [Cell<Option<Tell>>; MODULES] = const { [const { Cell::new(None) }; MODULES] };
}

/// Called by a module when it draws a panel: whose sheet is open has been drawn.
pub(in crate::panels) fn bring<const MODULE: u8>() {
    TELL.with(|tell| tell[usize::from(MODULE)].set(Some(table::tell::<MODULE>)));
}

/// What one of them says now.
pub(in crate::panels) fn tell(panel: Panel, seen: &Seen) -> Option<Told> {
    let tell = TELL.with(|tell| tell[panel.row().module as usize].get());
    tell.and_then(|tell| tell(panel, seen))
}
