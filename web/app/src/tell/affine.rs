//! γ and β of the selected layer: how far they have gone from where they started.

use batchnorm_lab::settings::choice::Norm;

use super::saying::{Saying, span};
use super::{Seen, Told};
use crate::history::UnitColumn;
use crate::i18n::key;

/// γ and β that have gone no further than this have hardly moved.
const MOVED: f32 = 0.05;

/// γ and β, unit by unit.
pub fn gamma_beta(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let index = seen.detail_side();
    if seen.sides().is_empty() {
        return saying.only(key::TELL_NOTHING);
    }
    if seen.norm(index) == Norm::None || !seen.now.affine {
        return saying.only(key::DETAIL_NO_AFFINE);
    }
    saying.run(index);
    let side = seen.side(index);
    if let Some(side) = side {
        saying.is_over(side);
    }
    let (gamma, beta) = (seen.units(UnitColumn::Gamma), seen.units(UnitColumn::Beta));
    say(&mut saying, span(&gamma), span(&beta));
    saying.columns(&[key::AXIS_UNIT]);
    for name in ["γ", "β", "∂γ", "∂β"] {
        saying.column(name.into());
    }
    let stats = side.and_then(|side| side.layers.get(seen.selected().0));
    let slopes = stats.map_or([&[][..]; 2], |stats| [&stats.d_gamma, &stats.d_beta]);
    for (unit, (gamma, beta)) in gamma.iter().zip(&beta).enumerate() {
        saying.count_cell(unit as u64 + 1);
        saying.figures(&[*gamma, *beta]);
        saying.figures(&slopes.map(|list| list.get(unit).copied().unwrap_or(f32::NAN)));
        saying.end_row();
    }
    saying.told()
}

fn say(saying: &mut Saying, gamma: Option<(f32, f32)>, beta: Option<(f32, f32)>) {
    let seen = saying.seen;
    let nowhere = (f32::NAN, f32::NAN);
    let (of_gamma, of_beta) = (gamma.unwrap_or(nowhere), beta.unwrap_or(nowhere));
    let is_far = |value: f32, from: f32| (value - from).abs() > MOVED;
    let has_moved = is_far(of_gamma.0, 1.0)
        || is_far(of_gamma.1, 1.0)
        || is_far(of_beta.0, 0.0)
        || is_far(of_beta.1, 0.0);
    let key = match (gamma, beta) {
        // Layer Normalization of images has them for each pixel.
        (None, _) => key::TELL_AFFINE_ELSEWHERE,
        _ if seen.now.frozen.affine() => key::TELL_AFFINE_FROZEN,
        _ if !has_moved => key::TELL_AFFINE_STILL,
        (_, None) => key::TELL_AFFINE_GAMMA,
        _ => key::TELL_AFFINE_MOVED,
    };
    saying.count("layer", seen.selected().0 as u64 + 1);
    saying.number("low", of_gamma.0);
    saying.number("high", of_gamma.1);
    saying.number("least", of_beta.0);
    saying.number("most", of_beta.1);
    saying.say(key);
}
