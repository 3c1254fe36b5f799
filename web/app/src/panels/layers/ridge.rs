//! One cell of the layers: a ridgeline of one layer of one run at one stage.

use super::Row;
use crate::charts::{Hover, RidgeForm, Ridgeline};
use crate::format;
use crate::history::{RidgeColumn, Stage, Table};
use crate::i18n::{Key, key};
use crate::panels::figure::{Figure, figure};
use crate::panels::read_step::read_step;
use crate::spoken::run_name;
use crate::state::Lab;
use crate::ui::{El, Signal, el};

/// Frames for which a rescaled axis stands out, in steps of the run.
const RESCALE_SHOWN: u64 = 60;

/// The chart in its place; a press selects its layer.
pub(super) fn cell(lab: Lab, row: Row, layer: usize, is_last: bool, form: Signal<RidgeForm>) -> El {
    let words = lab.view.words;
    let label = move || {
        words.fill(
            key::CHART_RIDGE,
            &[
                ("run", &run_name(lab, row.side)),
                ("stage", words.get(row_key(row))),
                ("layer", &(layer + 1).to_string()),
            ],
        )
    };
    let chart = Figure::new(
        part(row, layer),
        label,
        move || {
            lab.run.frame.track();
            form.track();
        },
        move |draw| {
            lab.run.history.with_untracked(|history| {
                if let Some(past) = history.sides[usize::from(row.side)].layers.get(layer) {
                    let now = history.curves.steps().last().copied().unwrap_or(0);
                    draw(&Ridgeline {
                        rows: past.ridge(row.stage),
                        side: usize::from(row.side),
                        stage: row.stage,
                        limit: history.limit(row.stage),
                        form: form.get_untracked(),
                        ticks: is_last,
                        rescaled: history
                            .rescaled_at
                            .is_some_and(|at| now < at + RESCALE_SHOWN),
                        reference: row.stage == Stage::Normalized,
                    });
                }
            });
        },
    )
    .read(move |hover| {
        lab.run.history.with_untracked(|history| {
            let past = history.sides[usize::from(row.side)].layers.get(layer)?;
            read(lab, past.ridge(row.stage), hover)
        })
    })
    .press(move |_| lab.edit(|s| s.selected_layer = layer as u32));
    el("div")
        .class(if is_last { "cell last" } else { "cell" })
        .attr("data-run", &row.side.to_string())
        .attr("data-stage", stage_name(row.stage))
        .class_live("selected", move || {
            lab.run.now.with(|s| s.selected_layer as usize == layer)
        })
        .child(figure(lab, chart))
}

/// The name of a stage in the page's structure.
pub(super) fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Before => "before",
        Stage::Normalized => "normalized",
        Stage::After => "after",
        Stage::Output => "output",
    }
}

fn read(lab: Lab, rows: &Table, hover: Hover) -> Option<Vec<String>> {
    let Hover::Distribution {
        row,
        step,
        value,
        count,
    } = hover
    else {
        return None;
    };
    let words = lab.view.words;
    let cells = rows.row(row);
    let of = |column: RidgeColumn| format::value(f64::from(cells[column as usize]));
    Some(vec![
        read_step(lab, step, rows),
        words.fill(
            key::READ_BIN,
            &[
                ("count", &format::count(count as u64)),
                ("value", &format::value(value)),
            ],
        ),
        words.fill(
            key::READ_MOMENTS,
            &[
                ("mean", &of(RidgeColumn::Mean)),
                ("std", &of(RidgeColumn::Std)),
            ],
        ),
    ])
}

pub(super) fn row_key(row: Row) -> Key {
    match row.stage {
        Stage::Normalized => key::STAGE_NORMALIZED,
        Stage::After => key::STAGE_AFTER,
        Stage::Output => key::STAGE_OUTPUT,
        Stage::Before => key::STAGE_BEFORE,
    }
}

pub(super) fn part(row: Row, layer: usize) -> String {
    let run = if row.side == 0 { "a" } else { "b" };
    let number = layer + 1;
    match (row.side, row.stage) {
        // Side A usually has one stage only and goes by the short name.
        (0, Stage::Before) => format!("ridge-{run}-{number}"),
        (_, Stage::Normalized) => format!("ridge-{run}-normalized-{number}"),
        (_, Stage::After) => format!("ridge-{run}-after-{number}"),
        _ => format!("ridge-{run}-before-{number}"),
    }
}
