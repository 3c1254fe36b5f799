//! What the sequences of a batch share: at which step the mean is farthest from that of all, and how many make it.

use super::saying::Saying;
use super::{Seen, Told};
use crate::i18n::key;
use crate::measured::SideCompany;

/// What was measured of the run that the panel shows.
pub fn sharing(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(of) = seen.company else {
        return saying.only(key::TELL_NOTHING);
    };
    let (step, sides) = of.newest();
    saying.count("step", step);
    saying.say(key::TELL_NOISE_WHEN);
    if let Some(own) = sides.iter().find(|one| seen.shows(one.side)) {
        saying.run(own.side);
        say(&mut saying, own);
        table(&mut saying, own);
    }
    saying.told()
}

fn say(saying: &mut Saying, own: &SideCompany) {
    if let Some(step) = own.diverged_at {
        saying.count("step", step);
        return saying.say(key::TELL_DIVERGED);
    }
    if !saying.seen.norm(own.side).mixes_rows() {
        return saying.say(key::TELL_SHARING_ALONE);
    }
    let steps = own.of.steps.iter().enumerate();
    let known = steps.filter(|(_, step)| step.off.is_finite());
    let Some((place, worst)) = known.max_by(|a, b| a.1.off.total_cmp(&b.1.off)) else {
        return saying.say(key::TELL_NOTHING);
    };
    saying.count("worst", place as u64 + 1);
    saying.number("off", worst.off);
    saying.number("first", own.of.steps[0].off);
    saying.number("pooled", own.of.pooled);
    saying.say(key::TELL_SHARING_WORST);
}

fn table(saying: &mut Saying, own: &SideCompany) {
    saying.columns(&[
        key::AXIS_STEP,
        key::SHARING_COUNT,
        key::SHARING_OFF,
        key::SHARING_MISSING,
    ]);
    for (place, step) in own.of.steps.iter().enumerate() {
        saying.count_cell(place as u64 + 1);
        saying.count_cell(step.count.into());
        saying.figures(&[step.off, 100.0 * step.missing]);
        saying.end_row();
    }
}
