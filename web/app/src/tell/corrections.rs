//! r and d of Batch Renormalization: how often the bounds clip them, and how far they wander.

use super::saying::{Saying, span};
use super::{Seen, Told};
use crate::compared::Corrections;
use crate::i18n::key;

/// r and d over a run.
pub fn r_and_d(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let run = seen.corrections.and_then(|of| of.trained(0));
    let Some(run) = run.filter(|run| !run.corrections.is_empty()) else {
        return saying.only(key::TELL_COMPARED_NONE);
    };
    // Where the bounds are as wide as they become.
    let last = run.corrections[run.corrections.len() - 1].bounds;
    let open: Vec<&Corrections> = run
        .corrections
        .iter()
        .filter(|look| look.bounds == last)
        .collect();
    saying.count("step", open[0].step);
    saying.number("rmax", last[0]);
    saying.number("dmax", last[1]);
    saying.say(key::TELL_CORRECTIONS_OPEN);
    for (place, key) in [(0, key::TELL_CORRECTIONS_R), (1, key::TELL_CORRECTIONS_D)] {
        let used: Vec<f32> = open.iter().map(|look| look.used[place]).collect();
        let Some((low, high)) = span(&used) else {
            continue;
        };
        let clipped = open
            .iter()
            .filter(|look| look.used[place] != look.wanted[place]);
        saying.number("low", low);
        saying.number("high", high);
        saying.share("clipped", clipped.count() as f32 / open.len() as f32);
        saying.say(key);
    }
    saying.columns(&[
        key::AXIS_STEP,
        key::COMPARED_R,
        key::COMPARED_D,
        key::COMPARED_RATIO,
        key::COMPARED_DISTANCE,
        key::COMPARED_R_MAX,
        key::COMPARED_D_MAX,
        key::COMPARED_CLIPPED_R,
        key::COMPARED_CLIPPED_D,
    ]);
    for look in &run.corrections {
        saying.count_cell(look.step);
        for pair in [look.used, look.wanted, look.bounds, look.clipped] {
            saying.figures(&pair);
        }
        saying.end_row();
    }
    saying.told()
}
