//! At which step something is read out, and how far recorded steps stand apart there.

use crate::format;
use crate::history::Table;
use crate::i18n::key;
use crate::state::Lab;

/// `step 128 · every 4 steps`; of steps that were all recorded only the first part.
pub fn read_step(lab: Lab, step: u64, rows: &Table) -> String {
    let words = lab.view.words;
    with_stride(
        lab,
        words.fill(key::READ_STEP, &[("step", &format::count(step))]),
        rows,
    )
}

/// Any read-out with the distance of recorded steps behind it.
pub fn with_stride(lab: Lab, mut text: String, rows: &Table) -> String {
    if rows.stride() > 1 {
        let count = format::count(rows.stride());
        let every = lab.view.words.fill(key::READ_STRIDE, &[("count", &count)]);
        text += " · ";
        text += &every;
    }
    text
}
