//! The charts of runs beside each other, with their words.

use super::training::Training;
use crate::charts::{CorrectionChart, CorrectionKind, RunBars, RunCurve, RunCurves};
use crate::i18n::key;
use crate::panels::figure::Figure;
use crate::ui::untrack;

fn names(training: Training) -> Vec<&'static str> {
    let words = training.lab.view.words;
    let variants = untrack(|| training.comparison()).variants.iter();
    variants.map(|run| words.get(run.name)).collect()
}

/// One figure over the steps.
pub(super) fn curves(training: Training, curve: RunCurve) -> Figure {
    let words = training.lab.view.words;
    let (part, name) = match curve {
        RunCurve::TrainingLoss => ("compared-loss", key::COMPARED_LOSS),
        RunCurve::TestAccuracy => ("compared-accuracy", key::COMPARED_ACCURACY),
    };
    Figure::new(
        part,
        move || words.get(name).to_owned(),
        move || training.track(),
        move |draw| {
            let row = untrack(|| training.comparison());
            training.with_untracked(|of| {
                draw(&RunCurves {
                    of,
                    row,
                    curve,
                    names: &names(training),
                    x_name: words.get(key::AXIS_STEP),
                    y_name: words.get(name),
                    selected: training.selected.get_untracked(),
                });
            });
        },
    )
}

/// Where the runs end.
pub(super) fn bars(training: Training) -> Figure {
    let words = training.lab.view.words;
    Figure::new(
        "compared-bars",
        move || words.get(key::COMPARED_ACCURACY).to_owned(),
        move || training.track(),
        move |draw| {
            let row = untrack(|| training.comparison());
            training.with_untracked(|of| {
                let groups = row.variants.iter();
                let groups: Vec<&str> = groups
                    .map(|run| run.group.map_or("", |key| words.get(key)))
                    .collect();
                draw(&RunBars {
                    of,
                    row,
                    names: &names(training),
                    groups: &groups,
                    x_name: words.get(key::COMPARED_ACCURACY),
                    before: words.get(key::COMPARED_BEFORE),
                    selected: training.selected.get_untracked().map(|(_, line)| line),
                });
            });
        },
    )
}

/// r or d over the steps.
pub(super) fn corrections(training: Training, kind: CorrectionKind) -> Figure {
    let words = training.lab.view.words;
    let (part, name) = match kind {
        CorrectionKind::R => ("correction-r", key::COMPARED_R),
        CorrectionKind::D => ("correction-d", key::COMPARED_D),
    };
    Figure::new(
        part,
        move || words.get(name).to_owned(),
        move || training.track(),
        move |draw| {
            let row = untrack(|| training.comparison());
            training.with_untracked(|of| {
                draw(&CorrectionChart {
                    run: of.and_then(|of| of.trained(0)),
                    steps: row.steps,
                    kind,
                    x_name: words.get(key::AXIS_STEP),
                    y_name: words.get(name),
                    selected: training.selected.get_untracked().map(|(column, _)| column),
                });
            });
        },
    )
}
