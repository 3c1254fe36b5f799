//! What panels of the modules `Grids`, `Measured` and `Devices` say: they bring their own words, which the sheet would otherwise carry
//! for all.

use std::cell::Cell;

use crate::panels::Panel;
use crate::panels::table::{self, Module};
use crate::tell::{Seen, Told};

type Tell = fn(Panel, &Seen) -> Option<Told>;

thread_local! {
    static TELL: [Cell<Option<Tell>>; 3] = const { [const { Cell::new(None) }; 3] };
}

fn place(module: u8) -> usize {
    match module {
        of if of == Module::Measured as u8 => 1,
        of if of == Module::Devices as u8 => 2,
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
