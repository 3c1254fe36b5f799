//! Whole runs beside each other: where each ended, and which is ahead.

use super::saying::Saying;
use super::{Seen, Told};
use crate::compared::Compared;
use crate::i18n::key;

/// Less than this is no difference between two runs: a dozen test points.
const ALIKE: f32 = 0.01;

/// The runs.
pub fn compared_runs(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(of) = seen.compared.filter(|of| of.done() > 0) else {
        return saying.only(key::TELL_COMPARED_NONE);
    };
    let names: Vec<String> = (0..of.runs.len())
        .map(|place| name(&saying, of, place))
        .collect();
    for (place, name) in names.iter().enumerate() {
        say(&mut saying, of, place, name);
    }
    if of.is_whole() {
        best(&mut saying, of, &names);
    } else {
        saying.count("done", of.done() as u64);
        saying.count("total", of.runs.len() as u64);
        saying.say(key::TELL_SWEEP_PART);
    }
    table(&mut saying, of, &names);
    saying.told()
}

/// With the heading that it stands under.
fn name(saying: &Saying, of: &Compared, place: usize) -> String {
    let variants = &of.comparison.variants[..=place];
    let own = saying.word(variants[place].name);
    let heading = variants.iter().rev().find_map(|one| one.group);
    match heading {
        Some(heading) => [saying.word(heading), " · ", own].concat(),
        None => own.to_owned(),
    }
}

fn say(saying: &mut Saying, of: &Compared, place: usize, name: &str) {
    let Some(run) = of.trained(place) else {
        return;
    };
    saying.kind(place as u32, name.to_owned());
    if let Some(step) = run.diverged_at {
        saying.count("step", step);
        return saying.say(key::TELL_DIVERGED);
    }
    saying.share("right", of.score(place).unwrap_or(f32::NAN));
    saying.share("known", run.end.train);
    match of.before(place) {
        Some(before) => {
            saying.share("before", before);
            saying.say(key::TELL_COMPARED_SHIFTED);
        }
        None => saying.say(key::TELL_COMPARED_RUN),
    }
}

/// Which is ahead of all others, if one is.
fn best(saying: &mut Saying, of: &Compared, names: &[String]) {
    let mut first = (0, f32::NEG_INFINITY);
    let mut second = f32::NEG_INFINITY;
    for place in 0..of.runs.len() {
        let Some(score) = of.score(place) else {
            continue;
        };
        if score > first.1 {
            second = first.1;
            first = (place, score);
        } else if score > second {
            second = score;
        }
    }
    // One alone is ahead of nobody.
    if !second.is_finite() {
        return;
    }
    let (place, first) = first;
    if first - second < ALIKE {
        return saying.say(key::TELL_COMPARED_EVEN);
    }
    saying.kind(place as u32, names[place].clone());
    saying.say(key::TELL_COMPARED_BEST);
}

fn table(saying: &mut Saying, of: &Compared, names: &[String]) {
    saying.columns(&[
        key::COMPARED_RUN,
        key::AXIS_STEP,
        key::COMPARED_LOSS,
        key::COMPARED_KNOWN,
        key::COMPARED_ACCURACY,
        key::COMPARED_FULL,
        key::COMPARED_BEFORE,
    ]);
    for (place, name) in names.iter().enumerate() {
        let Some(run) = of.trained(place) else {
            continue;
        };
        let late = run.losses.last().copied().unwrap_or(f32::NAN);
        let before = of.before(place).unwrap_or(f32::NAN);
        saying.cell(name.clone());
        saying.count_cell(run.step);
        saying.figures(&[late, run.end.train, run.end.running, run.end.full, before]);
        saying.end_row();
    }
}
