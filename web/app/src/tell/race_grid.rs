//! A grid of networks: how many of each side have learned, where the best is, how many diverged.

use super::grid_rows::rows;
use super::saying::Saying;
use super::{Seen, Told};
use crate::grid::{Grid, Trained, label, name};
use crate::i18n::key;

/// A network that gets this share of the way from chance to all right has learned.
const LEARNED: f32 = 0.86;

/// The race grid.
pub fn race_grid(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(grid) = seen.race_grid.filter(|grid| grid.done() > 0) else {
        return saying.only(key::TELL_GRID_NONE);
    };
    for (place, side) in grid.sides.iter().enumerate() {
        saying.run(*side);
        say(&mut saying, grid, place);
    }
    if grid.done() < grid.cells.len() {
        saying.count("done", grid.done() as u64);
        saying.count("total", grid.cells.len() as u64);
        saying.say(key::TELL_SWEEP_PART);
    }
    rows(&mut saying, grid);
    saying.told()
}

/// Of a cell the settings that are its own: `Learning rate 0.3, Hidden layers 2 × 16`.
fn named(saying: &Saying, grid: &Grid, place: usize) -> String {
    let [x, y, _] = grid.at(place);
    let lang = saying.seen.lang;
    let mut text = String::new();
    for (axis, at) in [(&grid.x, x), (&grid.y, y)] {
        if axis.setting.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(name(lang, &axis.setting));
        text.push(' ');
        text.push_str(&label(lang, &axis.setting, &axis.values[at]));
    }
    text
}

fn say(saying: &mut Saying, grid: &Grid, side: usize) {
    let places = (0..grid.cells.len()).filter(|place| grid.at(*place)[2] == side);
    let done: Vec<(usize, &Trained)> = places
        .filter_map(|place| Some((place, grid.trained(place)?)))
        .collect();
    let threshold = grid.chance + LEARNED * (1.0 - grid.chance);
    let finite = || {
        let all = done.iter().filter(|(_, one)| one.diverged_at.is_none());
        all.filter(|(_, one)| one.score().is_finite())
    };
    let learned = finite().filter(|(_, one)| one.score() >= threshold).count();
    let diverged = done
        .iter()
        .filter(|(_, one)| one.diverged_at.is_some())
        .count();
    saying.count("all", done.len() as u64);
    saying.count("learned", learned as u64);
    saying.count("diverged", diverged as u64);
    saying.share("level", threshold);
    saying.say(key::TELL_GRID_LEARNED);
    if let Some((place, best)) = finite().max_by(|a, b| a.1.score().total_cmp(&b.1.score())) {
        let at = named(saying, grid, *place);
        saying.text("at", at);
        saying.share("best", best.score());
        saying.say(key::TELL_GRID_BEST);
    }
}
