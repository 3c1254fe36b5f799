//! What panels of some modules say: they bring their own words, which the sheet would otherwise carry for all.

use std::cell::Cell;

use crate::panels::Panel;
use crate::panels::table::{self, Module};
use crate::tell::{Seen, Told};

type Tell = fn(Panel, &Seen) -> Option<Told>;

thread_local! {
    static TELL: [Cell<Option<Tell>>; 4] = const { [const { Cell::new(None) }; 4] };
}

fn place(module: u8) -> usize {
    const MEASURED: u8 = Module::Measured as u8;
    const COMPARED: u8 = Module::Compared as u8;
    const WATCHED: u8 = Module::Watched as u8;
    match module {
        MEASURED => 1,
        COMPARED => 2,
        WATCHED => 3,
        _ => 0,
    }
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
