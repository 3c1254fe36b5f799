//! The loss along the gradient: how far a step may go before it can cost something, and whose far steps cost more.

use super::saying::Saying;
use super::{Seen, Told};
use crate::i18n::key;
use crate::measured::{FACTORS, Landscape, STATES, factor};

/// From this factor on one loss is told to be larger than another.
const LARGER: f32 = 1.5;

/// The landscapes of the runs shown.
pub fn landscape(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(of) = seen.landscape else {
        return saying.only(key::TELL_NOTHING);
    };
    let (step, sides) = of.newest();
    saying.count("n", (step + 1).min(STATES));
    saying.count("step", step);
    saying.say(key::TELL_LANDSCAPE_AT);
    for side in sides {
        saying.run(side.side);
        say(&mut saying, side);
    }
    if let [a, b] = &sides[..] {
        compare(&mut saying, a, b);
    }
    table(&mut saying, sides, &of.start);
    saying.told()
}

/// The last step size up to which no state's loss has risen.
fn safe(side: &Landscape) -> Option<f64> {
    let is_lower = |rise: &&f32| **rise <= 0.0;
    let count = side.rise.iter().take_while(is_lower).count();
    Some(FACTORS[count.checked_sub(1)?])
}

fn far(side: &Landscape) -> Option<f32> {
    side.high.last().copied().filter(|loss| !loss.is_nan())
}

fn say(saying: &mut Saying, side: &Landscape) {
    if let Some(step) = side.diverged_at {
        saying.count("step", step);
        return saying.say(key::TELL_DIVERGED);
    }
    let (Some(low), Some(high)) = (side.low.last(), far(side)) else {
        return saying.say(key::TELL_NOTHING);
    };
    let safe = safe(side);
    saying.text("safe", factor(safe.unwrap_or(FACTORS[0])));
    saying.text("far", factor(FACTORS[FACTORS.len() - 1]));
    saying.number("low", *low);
    match high.is_finite() {
        true => saying.number("high", high),
        false => saying.text("high", "∞".into()),
    }
    saying.say(match safe {
        Some(_) => key::TELL_LANDSCAPE_FALLS,
        None => key::TELL_LANDSCAPE_RISES,
    });
}

fn compare(saying: &mut Saying, a: &Landscape, b: &Landscape) {
    if a.diverged_at.or(b.diverged_at).is_some() {
        return;
    }
    let (Some(of_a), Some(of_b)) = (far(a), far(b)) else {
        return;
    };
    let (large, ratio, small) = match of_a > of_b {
        true => (0, of_a / of_b, 1),
        false => (1, of_b / of_a, 0),
    };
    if ratio >= LARGER && ratio.is_finite() {
        saying.run(large);
        saying.text("other", saying.letter(small).to_owned());
        saying.number("ratio", ratio);
        saying.say(key::TELL_LANDSCAPE_LARGER);
    }
}

fn table(saying: &mut Saying, sides: &[Landscape], start: &[Landscape]) {
    saying.columns(&[
        key::TELL_COLUMN_RUN,
        key::MEASURED_FACTORS,
        key::MEASURED_ETA,
        key::MEASURED_NOW,
        key::TELL_LANDSCAPE_LEAST,
        key::TELL_LANDSCAPE_MOST,
        key::MEASURED_START,
    ]);
    for side in sides {
        let before = start.iter().find(|start| start.side == side.side);
        for (place, of) in FACTORS.iter().enumerate() {
            let at = |losses: &[f32]| losses.get(place).copied().unwrap_or(f32::NAN);
            saying.run_cell(side.side);
            saying.cell(factor(*of));
            saying.figures(&[
                (of * side.rate) as f32,
                at(&side.last),
                at(&side.low),
                at(&side.high),
                before.map_or(f32::NAN, |before| at(&before.last)),
            ]);
            saying.end_row();
        }
    }
}
