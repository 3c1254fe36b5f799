//! The race grid: a map for each side, a cell for each pair of two settings' values; a cell opens its run in the lab.

use super::bar::{caption, progress};
use super::cells::cells;
use super::options::options;
use super::reading::{curve, reading};
use super::training::Training;
use crate::charts::RaceGrid;
use crate::grid::{GridOptions, labels, name};
use crate::i18n::key;
use crate::panels::Panel;
use crate::panels::figure::Figure;
use crate::spoken::run_name;
use crate::state::Lab;
use crate::ui::{El, Signal, el, untrack};

/// The panel.
pub fn race_grid(lab: Lab) -> El {
    let training = Training::new(
        lab,
        lab.run.race_grid,
        lab.run.asked_grids[0],
        GridOptions::race_of,
    );
    let is_open = Signal::new(false);
    let map = el("div")
        .class("grid-map")
        .child(cells(training, chart(training), |_| None))
        .child(options(training, is_open));
    let panel = el("figure")
        .class("grid-panel")
        .attr("data-part", "race-grid")
        .child(caption(training, Panel::RaceGrid, key::GRID_TITLE, is_open))
        .child(progress(training))
        .child(map)
        .child(reading(training).child(curve(training)));
    training.follow(&panel);
    panel
}

fn chart(training: Training) -> Figure {
    let lab = training.lab;
    let words = lab.view.words;
    Figure::new(
        "race-grid-chart",
        move || words.get(key::PANEL_RACE_GRID).to_owned(),
        move || training.track(),
        move |draw| {
            training.with_grid(|grid| {
                let lang = words.0.get_untracked();
                let labels = [&grid.x, &grid.y].map(|axis| labels(lang, axis));
                let names = [&grid.x, &grid.y].map(|axis| name(lang, &axis.setting));
                let titles = [0, 1].map(|side| untrack(|| run_name(lab, side)));
                draw(&RaceGrid {
                    grid,
                    titles: [&titles[0], &titles[1]],
                    names,
                    labels: [&labels[0], &labels[1]],
                    chance: words.get(key::SWEEP_CHANCE),
                    diverged: words.get(key::GRID_MARK),
                    selected: training.selected.get_untracked(),
                });
            });
        },
    )
}
