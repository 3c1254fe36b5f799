//! What Batch Normalization passes back of one unit: the two sums over the batch that vanish, and how much is left.

use batchnorm_lab::jobs::backward_side;
use batchnorm_lab::measure::UnitBackward;

use super::saying::Saying;
use super::{Seen, Told};
use crate::i18n::key;
use crate::measured::BACKWARD_NAMES;

/// Of the direct way, what is next to nothing.
const NOTHING: f32 = 0.02;

/// The terms of the selected unit.
pub fn backward(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(side) = backward_side(seen.now) else {
        return saying.only(key::BACKWARD_NONE);
    };
    let Some(of) = seen.backward else {
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

fn say(saying: &mut Saying, of: &UnitBackward) {
    let (layer, unit) = saying.seen.selected();
    saying.count("layer", layer as u64 + 1);
    saying.count("unit", unit as u64 + 1);
    saying.count("n", of.values as u64);
    saying.number("sum", of.sum_d_x);
    saying.number("size", of.size_d_x);
    saying.number("product", of.sum_d_x_x_hat);
    saying.number("bias", of.bias_gradient.unwrap_or(f32::NAN));
    saying.share("share", of.size_d_x / of.size_direct);
    saying.number("beta", of.sum_d_y);
    saying.number("gamma", of.sum_d_y_x_hat);
    if of.size_direct <= 0.0 {
        return saying.say(key::BACKWARD_SILENT);
    }
    if !of.uses_batch {
        return saying.say(key::BACKWARD_FROZEN);
    }
    saying.say(key::BACKWARD_SUMS);
    if of.bias_gradient.is_some() {
        saying.say(key::BACKWARD_BIAS);
    }
    let is_nothing = of.size_d_x <= NOTHING * of.size_direct;
    saying.say(match is_nothing {
        true if of.values == 2 => key::BACKWARD_TWO,
        true => key::BACKWARD_LITTLE,
        false => key::BACKWARD_LEFT,
    });
    if of.shown.len() < of.values {
        saying.count("shown", of.shown.len() as u64);
        saying.say(key::BACKWARD_MORE);
    }
}

fn table(saying: &mut Saying, of: &UnitBackward) {
    saying.columns(&[key::TELL_COLUMN_POINT]);
    for name in ["x", "x̂", "dy"] {
        saying.column(name.into());
    }
    saying.columns(&BACKWARD_NAMES);
    for value in &of.shown {
        saying.count_cell(u64::from(value.place) + 1);
        saying.figures(&[value.x, value.x_hat, value.d_y]);
        saying.figures(&value.terms);
        saying.figures(&[value.d_x]);
        saying.end_row();
    }
}
