//! Many networks at once: the map of a grid, the lines of a sweep.

use super::{LEVELS, captioned, chart, run_name};
use crate::charts::{RaceGrid, Sweep};
use crate::grid::{labels, name};
use crate::i18n::key;
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument};
use crate::stills::words::Said;

pub(super) fn race_grid(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let Some(grid) = &run.race else {
        return;
    };
    let titles = [0, 1].map(|side| run_name(run, words, side));
    let names = [&grid.x, &grid.y].map(|axis| name(words.0, &axis.setting));
    let labels = [&grid.x, &grid.y].map(|axis| labels(words.0, axis));
    let place = captioned(svg, words.get(key::GRID_TITLE), place);
    let of = RaceGrid {
        grid,
        titles: [&titles[0], &titles[1]],
        names,
        labels: [&labels[0], &labels[1]],
        chance: words.get(key::SWEEP_CHANCE),
        diverged: words.get(key::GRID_MARK),
        selected: None,
    };
    svg.chart(place, LEVELS, &of);
}

pub(super) fn sweep(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let Some(grid) = &run.sweep else {
        return;
    };
    let batch = run.settings.batch.to_string();
    let of = Sweep {
        grid,
        lines: &labels(words.0, &grid.y),
        x_name: name(words.0, &grid.x.setting),
        labels: &labels(words.0, &grid.x),
        current: grid.x.values.iter().position(|value| *value == batch),
        chance: words.get(key::SWEEP_CHANCE),
        selected: None,
        guess: None,
    };
    chart(svg, words.get(key::SWEEP_TITLE), place, &of);
}
