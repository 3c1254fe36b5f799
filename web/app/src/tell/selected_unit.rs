//! The selected unit: what normalisation makes of the values of one mini-batch.

use batchnorm_lab::protocol::SelectedUnit;

use super::saying::Saying;
use super::{Seen, Told};
use crate::i18n::key;

/// The batch's points in the selected unit.
pub fn selected_unit(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let sides = seen.sides();
    if sides.is_empty() {
        return saying.only(key::TELL_NOTHING);
    }
    saying.columns(&[
        key::TELL_COLUMN_RUN,
        key::TELL_COLUMN_POINT,
        key::TELL_COLUMN_CLASS,
        key::SELECTED_UNIT_BEFORE,
        key::SELECTED_UNIT_NORMALIZED,
        key::SELECTED_UNIT_AFTER,
    ]);
    for side in sides {
        if !saying.is_over(side) {
            say(&mut saying, &side.selected_unit);
        }
        rows(&mut saying, side.index, &side.selected_unit);
    }
    saying.told()
}

fn say(saying: &mut Saying, unit: &SelectedUnit) {
    let Some(before) = unit.moments.first() else {
        return saying.say(key::TELL_NOTHING);
    };
    let is_constant = before.std <= 1e-6 * before.mean.abs().max(1e-3);
    let key = match unit.normalized.is_empty() {
        _ if is_constant => key::TELL_UNIT_CONSTANT,
        true => key::TELL_UNIT_PLAIN,
        false => key::TELL_UNIT_NORMALIZED,
    };
    saying.count("count", unit.before.len() as u64);
    saying.count("layer", u64::from(unit.layer) + 1);
    saying.count("unit", u64::from(unit.unit) + 1);
    let names = [("mean", "std"), ("xmean", "xstd"), ("ymean", "ystd")];
    for ((mean, std), moments) in names.into_iter().zip(&unit.moments) {
        saying.number(mean, moments.mean);
        saying.number(std, moments.std);
    }
    saying.say(key);
}

fn rows(saying: &mut Saying, side: u8, unit: &SelectedUnit) {
    // Of an image or a sequence there are values at several positions, the points within one next to each other.
    let points = unit.labels.len().max(1);
    for (place, before) in unit.before.iter().enumerate() {
        let of = |list: &[f32]| list.get(place).copied().unwrap_or(f32::NAN);
        let label = unit.labels.get(place % points).copied().unwrap_or(0);
        saying.run_cell(side);
        saying.count_cell(place as u64 + 1);
        saying.count_cell(u64::from(label));
        saying.figures(&[*before, of(&unit.normalized), of(&unit.after)]);
        saying.end_row();
    }
}
