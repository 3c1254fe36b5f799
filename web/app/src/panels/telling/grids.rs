//! What panels of the module `Grids` say: they bring their own words, which the sheet would otherwise carry for all.

use std::cell::Cell;

use crate::panels::Panel;
use crate::panels::table;
use crate::tell::{Seen, Told};

type Tell = fn(Panel, &Seen) -> Option<Told>;

thread_local! {
    static TELL: Cell<Option<Tell>> = const { Cell::new(None) };
}

/// Called by the module when it draws a panel: whose sheet is open has been drawn.
pub(in crate::panels) fn bring() {
    TELL.set(Some(table::tell::<true>));
}

/// What one of them says now.
pub(in crate::panels) fn tell(panel: Panel, seen: &Seen) -> Option<Told> {
    TELL.get().and_then(|tell| tell(panel, seen))
}
