//! Mean and variance under three kinds of statistics: of the selected unit over steps, or of all units now.

use super::affine::{select_unit, unit_line};
use super::{follow_selection, with_layer};
use crate::charts::{Hover, Moment, Moments, Snapshot};
use crate::format;
use crate::history::{LayerHistory, UnitColumn};
use crate::i18n::{Key, key};
use crate::panels::Panel;
use crate::panels::figure::{Figure, captioned, captioned_of, figure};
use crate::panels::read_step::read_step;
use crate::state::Lab;
use crate::ui::El;

fn moment_title(moment: Moment) -> (Key, &'static str) {
    match moment {
        Moment::Mean => (key::DETAIL_MEAN, "mean"),
        Moment::Variance => (key::DETAIL_VARIANCE, "variance"),
    }
}

fn moment_columns(moment: Moment) -> [(UnitColumn, Key); 3] {
    match moment {
        Moment::Mean => [
            (UnitColumn::BatchMean, key::STATISTICS_BATCH),
            (UnitColumn::RunningMean, key::STATISTICS_RUNNING),
            (UnitColumn::FullMean, key::STATISTICS_FULL),
        ],
        Moment::Variance => [
            (UnitColumn::BatchVar, key::STATISTICS_BATCH),
            (UnitColumn::RunningVar, key::STATISTICS_RUNNING),
            (UnitColumn::FullVar, key::STATISTICS_FULL),
        ],
    }
}

/// One line per statistic that exists there.
fn moment_lines(
    lab: Lab,
    layer: &LayerHistory,
    moment: Moment,
    unit: usize,
    row: usize,
) -> Vec<String> {
    let cells = layer.units.row(row);
    moment_columns(moment)
        .into_iter()
        .map(|(column, key)| (cells[column.column(unit)], key))
        .filter(|(value, _)| !value.is_nan())
        .map(|(value, key)| {
            format!(
                "{} {}",
                lab.view.words.get(key),
                format::value(f64::from(value))
            )
        })
        .collect()
}

/// The selected unit over steps.
pub(super) fn moments(lab: Lab, moment: Moment) -> El {
    let words = lab.view.words;
    let (title, part) = moment_title(moment);
    let chart = Figure::new(
        part,
        move || words.get(title).to_owned(),
        move || follow_selection(lab),
        move |draw| {
            with_layer(lab, &mut |layer, side, unit| {
                draw(&Moments {
                    layer,
                    side,
                    unit,
                    moment,
                    cursor: lab.view.cursor.get_untracked(),
                    x_name: words.get(key::AXIS_STEP),
                });
            });
        },
    )
    .read(move |hover| {
        let Hover::Step { row, step } = hover else {
            return None;
        };
        lab.view.cursor.set(Some(step));
        let mut lines = Vec::new();
        with_layer(lab, &mut |layer, _, unit| {
            lines.push(read_step(lab, step, &layer.units));
            lines.extend(moment_lines(lab, layer, moment, unit, row));
        });
        Some(lines)
    });
    of_moment(lab, moment, title, chart)
}

/// All units of the selected layer; a press selects the nearest.
pub(super) fn snapshot(lab: Lab, moment: Moment) -> El {
    let words = lab.view.words;
    let (title, part) = moment_title(moment);
    let chart = Figure::new(
        part,
        move || words.get(title).to_owned(),
        move || follow_selection(lab),
        move |draw| {
            with_layer(lab, &mut |layer, side, unit| {
                draw(&Snapshot {
                    layer,
                    side,
                    unit,
                    moment,
                    x_name: words.get(key::AXIS_UNIT),
                });
            });
        },
    )
    .read(move |hover| {
        let Hover::Unit { unit, row, step } = hover else {
            return None;
        };
        let mut lines = vec![unit_line(lab, unit, step)];
        with_layer(lab, &mut |layer, _, _| {
            lines.extend(moment_lines(lab, layer, moment, unit, row));
        });
        Some(lines)
    })
    .press(move |hover| select_unit(lab, hover));
    of_moment(lab, moment, title, chart)
}

fn of_moment(lab: Lab, moment: Moment, title: Key, chart: Figure) -> El {
    let chart = figure(lab, chart);
    match moment {
        Moment::Mean => captioned(lab, title, "small", chart),
        Moment::Variance => captioned_of(lab, Panel::Moments, title, "small", chart),
    }
}
