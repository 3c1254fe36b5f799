//! Gradient norms: whether the first layers are told anything.

use super::saying::{Saying, span};
use super::{Seen, Told};
use crate::i18n::key;

/// A gradient that changes by this factor from the last layer to the first vanishes or explodes.
const FACTOR: f32 = 100.0;

/// Gradient norms of the runs shown.
pub fn gradients(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let sides = seen.sides();
    if sides.is_empty() {
        return saying.only(key::TELL_NOTHING);
    }
    saying.columns(&[key::TELL_COLUMN_RUN, key::AXIS_LAYER, key::DETAIL_GRADIENTS]);
    for side in sides {
        // The history's: of a run that has diverged it keeps what it was like before.
        let past = &seen.history.sides[usize::from(side.index.min(1))].gradients;
        let norms = past.newest().unwrap_or_default();
        if !saying.is_over(side) {
            say(&mut saying, norms);
        }
        for (layer, norm) in norms.iter().enumerate() {
            saying.run_cell(side.index);
            saying.count_cell(layer as u64 + 1);
            saying.figures(&[*norm]);
            saying.end_row();
        }
    }
    saying.told()
}

fn say(saying: &mut Saying, norms: &[f32]) {
    let ends = norms.first().zip(norms.last());
    let (Some((least, most)), Some((first, last))) = (span(norms), ends) else {
        return saying.say(key::TELL_GRADIENTS_NOT_FINITE);
    };
    let key = if saying.seen.step() == 0 {
        key::TELL_GRADIENTS_NONE
    } else if most == 0.0 {
        key::TELL_GRADIENTS_ZERO
    } else if first * FACTOR < *last {
        key::TELL_GRADIENTS_FADE
    } else if *first > FACTOR * last {
        key::TELL_GRADIENTS_GROW
    } else if norms.len() == 1 {
        key::TELL_GRADIENTS_ONE
    } else {
        key::TELL_GRADIENTS_EVEN
    };
    saying.number("first", *first);
    saying.number("last", *last);
    saying.number("least", least);
    saying.number("most", most);
    saying.count("n", norms.len() as u64);
    saying.say(key);
}
