//! Which cells share a mean and a deviation: what the cell that is looked at has in common with others, under every kind.

use super::saying::Saying;
use super::{Seen, Told};
use crate::cells::{Cells, Form, Kind};
use crate::i18n::{Key, key};

/// The cell.
pub fn which_cells(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(of) = seen.cells else {
        return saying.only(key::TELL_NOTHING);
    };
    say(&mut saying, of);
    saying.columns(&[
        key::CELLS_KIND,
        key::CELLS_COUNT,
        key::CELLS_MEAN,
        key::CELLS_DEVIATION,
        key::CELLS_X_HAT,
    ]);
    for kind in Kind::ALL {
        let shared = of.shared(kind);
        let name = kind_name(&saying, kind);
        saying.cell(name);
        saying.count_cell(shared.count as u64);
        saying.figures(&[shared.mean, shared.deviation, of.x_hat(kind)]);
        saying.end_row();
    }
    saying.told()
}

fn kind_name(saying: &Saying, kind: Kind) -> String {
    let key = Key::find(&["choice.a.", kind.name()].concat());
    key.map_or_else(String::new, |key| saying.word(key).to_owned())
}

fn say(saying: &mut Saying, of: &Cells) {
    let [row, channel, position] = of.layer.parts(of.at);
    for (name, place) in [("n", row), ("c", channel), ("p", position)] {
        saying.count(name, place as u64 + 1);
    }
    saying.number("value", of.value());
    saying.count("step", of.step);
    saying.say(match of.form {
        Form::Image => key::TELL_CELLS_IMAGE,
        Form::Sequence => key::TELL_CELLS_SEQUENCE,
    });
    let shared = of.shared(of.kind);
    let name = kind_name(saying, of.kind);
    saying.text("kind", name);
    saying.count("count", shared.count as u64);
    saying.number("mean", shared.mean);
    saying.number("std", shared.deviation);
    saying.say(key::TELL_CELLS_SHARED);
    saying.count("groups", of.groups as u64);
    let of_groups = of.shared(Kind::Group);
    for (kind, said) in [
        (Kind::Layer, key::TELL_CELLS_LAYER),
        (Kind::Instance, key::TELL_CELLS_INSTANCE),
    ] {
        if of_groups == of.shared(kind) {
            saying.say(said);
        }
    }
}
