//! What is read of one network: its figures in words, its loss as a small curve, or why there are no networks.

use super::training::Training;
use crate::charts::CellCurve;
use crate::format;
use crate::grid::{CellState, Grid, Trained, label, name};
use crate::i18n::key;
use crate::panels::figure::{Figure, figure};
use crate::panels::pool::why;
use crate::spoken::letter;
use crate::state::Lab;
use crate::ui::{El, el};

/// The words, in a place whose size does not depend on them.
pub(super) fn reading(training: Training) -> El {
    el("div").class("grid-reading").child(
        el("p")
            .attr("data-part", "grid-reading")
            .attr("role", "status")
            .say(move || said(training)),
    )
}

/// The loss on the way.
pub(super) fn curve(training: Training) -> El {
    let lab = training.lab;
    let words = lab.view.words;
    let chart = Figure::new(
        "grid-curve",
        move || words.get(key::GRID_CURVE).to_owned(),
        move || training.track(),
        move |draw| {
            let Some(place) = training.selected.get_untracked() else {
                return;
            };
            training.with_grid(|grid| {
                let Some(of) = grid.trained(place) else {
                    return;
                };
                let step = format::count(of.step);
                draw(&CellCurve {
                    of,
                    name: words.get(key::GRID_CURVE),
                    end: &words.fill(key::READ_STEP, &[("step", &step)]),
                    side: grid.sides[grid.at(place)[2]],
                });
            });
        },
    );
    let has_curve = move || {
        let place = training.selected.get();
        training.grid.with(|grid| {
            let of = grid.as_ref().and_then(|grid| grid.trained(place?));
            of.is_some_and(|of| of.losses.iter().any(|loss| loss.is_finite()))
        })
    };
    el("div")
        .class("grid-curve")
        .class_live("blank", move || !has_curve())
        .child(figure(lab, chart))
}

fn said(training: Training) -> String {
    let lab = training.lab;
    let words = lab.view.words;
    if let Some(failed) = training.failed.get() {
        return why(lab, failed);
    }
    if training.is_running.get() && !training.is_seen.get() {
        return words.get(key::GRID_PAUSED).to_owned();
    }
    let place = training.selected.get();
    training.grid.with(|grid| match (grid, place) {
        (Some(grid), Some(place)) => {
            let [of, what] = cell(lab, grid, place);
            [&of, words.get(key::GRID_COLON), &what].concat()
        }
        (Some(_), None) => words.get(key::GRID_POINT).to_owned(),
        (None, _) => words.get(key::GRID_EMPTY).to_owned(),
    })
}

/// The same beside the pointer.
pub(super) fn cell_lines(lab: Lab, grid: &Grid, place: usize) -> Option<Vec<String>> {
    grid.trained(place)?;
    Some(cell(lab, grid, place).into())
}

/// Of which network it is, and what came of it.
fn cell(lab: Lab, grid: &Grid, place: usize) -> [String; 2] {
    let words = lab.view.words;
    let lang = words.0.get();
    let [x, y, side] = grid.at(place);
    let mut of = String::new();
    // Where the kinds are an axis, a side is none.
    if grid.y.setting != "b" {
        of.push_str(letter(lab, grid.sides[side]));
    }
    for (axis, at) in [(&grid.x, x), (&grid.y, y)] {
        if axis.setting.is_empty() {
            continue;
        }
        if !of.is_empty() {
            of.push_str(" · ");
        }
        if axis.setting != "b" {
            of.push_str(name(lang, &axis.setting));
            of.push(' ');
        }
        of.push_str(&label(lang, &axis.setting, &axis.values[at]));
    }
    let what = match &grid.cells[place] {
        CellState::Waiting => words.get(key::GRID_WAITING).to_owned(),
        CellState::At(step) => words.fill(key::GRID_AT, &[("step", &format::count(*step))]),
        CellState::Done(of) => trained(lab, grid, of),
    };
    [of, what]
}

fn trained(lab: Lab, grid: &Grid, of: &Trained) -> String {
    let words = lab.view.words;
    if let Some(step) = of.diverged_at {
        return words.fill(key::GRID_DIVERGED, &[("step", &format::count(step))]);
    }
    let [batch, running, full] = of.accuracy.map(format::percent);
    // A sweep has less room, and what it is about is one number.
    let key = match grid.y.setting.as_str() {
        "b" => key::GRID_SHORT,
        _ => key::GRID_CELL,
    };
    let mut text = words.fill(
        key,
        &[
            ("step", &format::count(of.step)),
            ("batch", &batch),
            ("running", &running),
            ("full", &full),
            ("loss", &format::value(f64::from(of.loss))),
        ],
    );
    if let Some([low, high]) = of.range {
        let [low, high] = [low, high].map(format::percent);
        let seeds = grid.seeds.to_string();
        let values = [("seeds", &*seeds), ("low", &*low), ("high", &*high)];
        text.push_str(&words.fill(key::GRID_RANGE, &values));
    }
    text
}
