//! A network and the one it is folded into: that both give the same, what is left of its numbers, and how long a call takes.

use batchnorm_lab::jobs::{NotFolded, fold_side};
use batchnorm_lab::measure::Folded;

use super::saying::Saying;
use super::{Seen, Told};
use crate::folded::{Name, factor, figure, rows, took};
use crate::format;
use crate::i18n::key;

/// Both networks.
pub fn fold(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let side = match fold_side(seen.now) {
        Ok(side) => side,
        Err(NotFolded::Norm) => return saying.only(key::FOLD_NO_NORM),
        Err(NotFolded::Layer) => return saying.only(key::FOLD_NO_LAYER),
        Err(NotFolded::Untracked) => return saying.only(key::FOLD_UNTRACKED),
    };
    let Some(of) = seen.folded else {
        return saying.only(key::TELL_NOTHING);
    };
    let (step, of) = of.newest();
    saying.run(side);
    saying.count("step", step);
    let Some(of) = of.first() else {
        return saying.only(key::TELL_DIVERGED);
    };
    say(&mut saying, of);
    table(&mut saying, of);
    saying.told()
}

fn say(saying: &mut Saying, of: &Folded) {
    let (layer, unit) = saying.seen.selected();
    saying.count("layer", layer as u64 + 1);
    saying.count("unit", unit as u64 + 1);
    saying.count("points", of.points as u64);
    saying.number("deviation", of.deviation);
    saying.number("share", of.share());
    saying.number("largest", of.largest);
    saying.say(match of.deviation == 0.0 {
        true => key::FOLD_EXACT,
        false => key::FOLD_SAME,
    });
    saying.number("scale", of.unit.scale());
    saying.number("bias", of.unit.bias[1]);
    saying.say(key::FOLD_UNIT);
    for (name, count) in [
        ("numbers", of.numbers[0]),
        ("fewer", of.numbers[1]),
        ("layers", of.layers[0]),
        ("left", of.layers[1]),
    ] {
        saying.count(name, count as u64);
    }
    saying.say(key::FOLD_MERGED);
    let mut is_timed = false;
    for time in &of.times {
        let Some(([own, folded], ratio)) = took(time) else {
            continue;
        };
        is_timed = true;
        saying.text("own", format::value(own));
        saying.text("folded", format::value(folded));
        saying.text("ratio", factor(ratio));
        saying.count("n", time.points as u64);
        saying.say(match time.points {
            1 => key::FOLD_TOOK_ONE,
            _ => key::FOLD_TOOK,
        });
    }
    if !is_timed {
        saying.say(key::FOLD_UNTIMED);
    }
}

fn table(saying: &mut Saying, of: &Folded) {
    saying.columns(&[key::FOLD_QUANTITY, key::FOLD_OWN, key::FOLD_FOLDED]);
    for row in rows(of) {
        saying.cell(row.name.text(|key| saying.word(key)).to_owned());
        for (which, value) in row.figures.into_iter().enumerate() {
            // With the digits that they are sure of; counts as they are.
            match (row.name, value) {
                (Name::Letter(_), Some(value)) => saying.figures(&[value]),
                _ => saying.cell(figure(&row, which)),
            }
        }
        saying.end_row();
    }
    for time in &of.times {
        saying.count("n", time.points as u64);
        saying.cell(saying.filled(key::FOLD_TIME));
        for micros in time.micros {
            saying.cell(match micros > 0.0 {
                true => format::value(micros),
                false => "–".into(),
            });
        }
        saying.end_row();
    }
    for (place, (own, folded)) in of.own.iter().zip(&of.folded).enumerate() {
        saying.count("n", (place % of.points) as u64 + 1);
        saying.count("k", (place / of.points) as u64 + 1);
        saying.cell(saying.filled(key::FOLD_SCORE));
        saying.figures(&[*own, *folded]);
        saying.end_row();
    }
}
