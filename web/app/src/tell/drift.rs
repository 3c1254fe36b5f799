//! How far what the activations are given moves: in which layer the most, whether it comes to rest, in which run more.

use super::saying::Saying;
use super::{Seen, Told};
use crate::i18n::key;
use crate::measured::Drift;

/// A layer that drifts so many times as far as another is told to drift more.
const MORE: f32 = 1.25;
/// What moves less than this share of a standard deviation is told to be at rest.
pub const AT_REST: f32 = 0.01;

/// The drift of the runs shown.
pub fn drift(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(of) = seen.drift else {
        return saying.only(key::TELL_NOTHING);
    };
    let (step, sides) = of.newest();
    saying.count("step", step);
    saying.count("back", sides.first().map_or(0, |side| side.back));
    saying.say(key::TELL_DRIFT_AT);
    for side in sides {
        saying.run(side.side);
        say(&mut saying, side);
    }
    if let [a, b] = &sides[..] {
        compare(&mut saying, a, b);
    }
    table(&mut saying, sides);
    saying.told()
}

fn say(saying: &mut Saying, side: &Drift) {
    if let Some(step) = side.diverged_at {
        saying.count("step", step);
        return saying.say(key::TELL_DIVERGED);
    }
    let means: Vec<f32> = (0..side.depth())
        .filter_map(|layer| side.mean(layer))
        .collect();
    let by = |a: &&(usize, &f32), b: &&(usize, &f32)| a.1.total_cmp(b.1);
    let layers: Vec<(usize, &f32)> = means.iter().enumerate().collect();
    let (Some((most, far)), Some((least, near))) =
        (layers.iter().max_by(by), layers.iter().min_by(by))
    else {
        return saying.say(key::TELL_DRIFT_NOT_YET);
    };
    saying.count("layer", *most as u64 + 1);
    saying.number("most", **far);
    saying.count("other", *least as u64 + 1);
    saying.number("least", **near);
    let is_uneven = **far > MORE * **near;
    saying.mean(if is_uneven { *most as u32 + 1 } else { 0 });
    saying.say(match is_uneven {
        true => key::TELL_DRIFT_MOST,
        false => key::TELL_DRIFT_ALIKE,
    });
    let last = side.depth().saturating_sub(1);
    let Some([first, end]) = side.quarters(last) else {
        return;
    };
    saying.number("from", first);
    saying.number("to", end);
    saying.say(if end < AT_REST {
        key::TELL_DRIFT_RESTS
    } else if first > MORE * end {
        key::TELL_DRIFT_FALLS
    } else if end > MORE * first {
        key::TELL_DRIFT_GROWS
    } else {
        key::TELL_DRIFT_STAYS
    });
}

/// Of the last layer.
fn compare(saying: &mut Saying, a: &Drift, b: &Drift) {
    if a.diverged_at.or(b.diverged_at).is_some() || a.depth() == 0 {
        return;
    }
    let last = a.depth() - 1;
    let (Some(of_a), Some(of_b)) = (a.mean(last), b.mean(last)) else {
        return;
    };
    let (large, ratio, small) = match of_a > of_b {
        true => (0, of_a / of_b, 1),
        false => (1, of_b / of_a, 0),
    };
    if ratio >= MORE && ratio.is_finite() {
        saying.run(large);
        saying.text("other", saying.letter(small).to_owned());
        saying.number("ratio", ratio);
        saying.say(key::TELL_DRIFT_LARGER);
    }
}

fn table(saying: &mut Saying, sides: &[Drift]) {
    saying.columns(&[
        key::TELL_COLUMN_RUN,
        key::AXIS_LAYER,
        key::TELL_DRIFT_MEAN,
        key::TELL_DRIFT_STD,
        key::TELL_DRIFT_MEAN_NOW,
        key::TELL_DRIFT_STD_NOW,
        key::TELL_DRIFT_ALL,
        key::TELL_DRIFT_FIRST,
        key::TELL_DRIFT_LAST,
    ]);
    for side in sides {
        for layer in 0..side.depth() {
            let moments = |state: Option<&(u64, Vec<batchnorm_lab::measure::LayerDrift>)>| {
                let of = state.map(|(_, layers)| &layers[layer]);
                of.map_or([f32::NAN; 2], |of| [of.mean, of.deviation])
            };
            saying.run_cell(side.side);
            saying.count_cell(layer as u64 + 1);
            saying.figures(&moments(side.states.first()));
            saying.figures(&moments(side.states.last()));
            saying.figures(&[side.mean(layer).unwrap_or(f32::NAN)]);
            saying.figures(&side.quarters(layer).unwrap_or([f32::NAN; 2]));
            saying.end_row();
        }
    }
}
