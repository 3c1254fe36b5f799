//! Accuracy against the values of a setting: which kinds of networks it breaks.

use super::grid_rows::rows;
use super::saying::{Saying, span};
use super::three::APART;
use super::{Seen, Told};
use crate::grid::{Grid, Trained, label, labels, name};
use crate::i18n::key;

/// The sweep.
pub fn sweep(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(grid) = seen.sweep.filter(|grid| grid.done() > 0) else {
        return saying.only(key::TELL_SWEEP_NONE);
    };
    for (line, kind) in labels(seen.lang, &grid.y).into_iter().enumerate() {
        saying.kind(line as u32, kind);
        say(&mut saying, grid, line);
    }
    if grid.done() < grid.cells.len() {
        saying.count("done", grid.done() as u64);
        saying.count("total", grid.cells.len() as u64);
        saying.say(key::TELL_SWEEP_PART);
    }
    rows(&mut saying, grid);
    saying.told()
}

fn say(saying: &mut Saying, grid: &Grid, line: usize) {
    let lang = saying.seen.lang;
    saying.text("x", name(lang, &grid.x.setting).to_owned());
    let columns = 0..grid.x.values.len();
    let done: Vec<(usize, &Trained)> = columns
        .filter_map(|column| Some((column, grid.trained(grid.place([column, line, 0]))?)))
        .collect();
    let value = |column: usize| label(lang, &grid.x.setting, &grid.x.values[column]);
    let mut ended = String::new();
    for (column, _) in done.iter().filter(|(_, one)| one.diverged_at.is_some()) {
        if !ended.is_empty() {
            ended.push_str(", ");
        }
        ended.push_str(&value(*column));
    }
    if !ended.is_empty() {
        saying.text("values", ended);
        saying.say(key::TELL_SWEEP_DIVERGED);
    }
    let finite = done.iter().filter(|(_, one)| one.diverged_at.is_none());
    let shares: Vec<f32> = finite.clone().map(|(_, one)| one.score()).collect();
    let Some((worst, best)) = span(&shares) else {
        return;
    };
    let at = |share: f32| {
        let mut all = finite.clone();
        let found = all.find(|(_, one)| one.score() == share);
        found.map_or_else(String::new, |(column, _)| value(*column))
    };
    let is_chance = |share: f32| share <= grid.chance + 0.1;
    let key = if shares.len() == 1 {
        key::TELL_SWEEP_ONE
    } else if is_chance(best) {
        key::TELL_SWEEP_CHANCE
    } else if best - worst <= APART {
        key::TELL_SWEEP_EVEN
    } else if is_chance(worst) {
        key::TELL_SWEEP_BREAKS
    } else {
        key::TELL_SWEEP_VARIES
    };
    saying.share("worst", worst);
    saying.share("best", best);
    saying.text("low", at(worst));
    saying.text("high", at(best));
    saying.say(key);
}
