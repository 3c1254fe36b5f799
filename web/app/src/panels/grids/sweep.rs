//! The sweep: accuracy against the values of one setting, a line for each normalisation; a point opens its run in the lab.

use super::bar::{caption, progress};
use super::cells::cells;
use super::options::options;
use super::reading::{cell_lines, reading};
use super::training::Training;
use crate::charts::{Guess, Sweep};
use crate::grid::{GridOptions, labels, name};
use crate::i18n::key;
use crate::panels::Panel;
use crate::panels::figure::Figure;
use crate::state::Lab;
use crate::ui::{El, Signal, el};

const CHART: &str = "sweep-chart";

/// The panel.
pub fn sweep(lab: Lab) -> El {
    let training = Training::new(lab, lab.run.sweep, lab.run.asked_grids[1], |_| {
        GridOptions::sweep()
    });
    let is_open = Signal::new(false);
    let chart = cells(training, chart(training), move |place| {
        training.with_grid(|grid| cell_lines(lab, grid, place))
    });
    let map = el("div")
        .class("grid-map")
        .child(chart)
        .child(options(training, is_open));
    let panel = el("figure")
        .class("grid-panel sweep")
        .attr("data-part", "sweep")
        .class_live("blank", move || training.grid.with(Option::is_none))
        .class_live("refused", move || training.failed.with(Option::is_some))
        .child(caption(training, Panel::Sweep, key::SWEEP_TITLE, is_open))
        .child(progress(training))
        .child(map)
        .child(reading(training));
    training.follow(&panel);
    if lab.view.trains_sweep.get_untracked() {
        lab.view.trains_sweep.set_value(false);
        training.start();
    }
    panel
}

fn chart(training: Training) -> Figure {
    let lab = training.lab;
    let words = lab.view.words;
    Figure::new(
        CHART,
        move || words.get(key::PANEL_SWEEP).to_owned(),
        move || {
            training.track();
            lab.view.guess.track();
        },
        move |draw| {
            training.with_grid(|grid| {
                let lang = words.0.get_untracked();
                let row = batchnorm_lab::settings::setting(&grid.x.setting);
                let now = row.map(|row| lab.run.now.with_untracked(|now| row.text(now)));
                let is_now = |value: &String| now.as_ref() == Ok(value);
                let guess = lab.view.guess.with_untracked(|text| Guess::of(text, CHART));
                draw(&Sweep {
                    grid,
                    lines: &labels(lang, &grid.y),
                    x_name: name(lang, &grid.x.setting),
                    labels: &labels(lang, &grid.x),
                    current: grid.x.values.iter().position(is_now),
                    chance: words.get(key::SWEEP_CHANCE),
                    selected: training.selected.get_untracked(),
                    guess: guess.as_ref(),
                });
            });
        },
    )
}
