//! A layer with its Batch Normalization and the one layer it is folded into: numbers of the selected unit before and after,
//! scores of both networks against each other, and how long a call of each takes on this device.

mod numbers;
mod read;
mod times;

use batchnorm_lab::jobs::fold_side;
use batchnorm_lab::measure::Folded;

use super::figure::{Figure, figure};
use super::measured::walk::{panel, readable};
use super::measured::{Measuring, What};
use crate::charts::FoldedScores;
use crate::folded::FORMULAS;
use crate::format;
use crate::i18n::key;
use crate::panels::Panel;
use crate::panels::table::Module;
use crate::panels::telling::seen::with_seen;
use crate::spoken::letter;
use crate::state::Lab;
use crate::tell;
use crate::ui::{El, el};

/// The panel.
pub fn fold(lab: Lab) -> El {
    // How often was asked for times again.
    let again = 0;
    let measuring =
        Measuring::new::<{ Module::Fold as u8 }>(lab, lab.run.folded, again, what, read::all);
    let legend = move || {
        let words = lab.view.words;
        let side = lab.run.now.with(|now| fold_side(now).unwrap_or(1));
        let step = measuring.with(|of| of.map_or(0, |of| of.newest().0));
        let at = words.fill(
            key::FOLD_AT,
            &[("run", letter(lab, side)), ("step", &format::count(step))],
        );
        [&at, FORMULAS[1]].concat()
    };
    let scores = el("div")
        .class("fold-scores")
        .child(figure(lab, readable(measuring, count, chart(measuring))));
    panel(
        measuring,
        Panel::Fold,
        key::PANEL_FOLD,
        legend,
        vec![
            numbers::top(lab),
            numbers::numbers(measuring),
            scores,
            times::times(measuring),
        ],
        count,
        move || said(measuring),
    )
    .class("measured fold")
}

/// Nothing where no side shown can be folded.
fn what(lab: Lab, again: i32) -> Option<What> {
    let (layer, unit) = lab.selected_unit();
    let side = lab.run.now.with(fold_side).ok();
    side.map(|_| What::Folded([layer, unit], again))
}

/// Scores of a network stand in one line.
fn count(of: &[Folded]) -> [usize; 2] {
    [of.first().map_or(0, |of| of.own.len()), of.len()]
}

/// Runs `of` on what was measured last, if the run as it is can be folded.
fn with_newest<R>(measuring: Measuring<Folded>, of: impl FnOnce(&Folded) -> R) -> Option<R> {
    let is_foldable = measuring.lab.run.now.with(fold_side).is_ok();
    let read = measuring.with(|all| Some(of(all?.newest().1.first()?)));
    read.filter(|_| is_foldable)
}

fn chart(measuring: Measuring<Folded>) -> Figure {
    let lab = measuring.lab;
    let words = lab.view.words;
    Figure::new(
        "fold-chart",
        move || words.get(key::PANEL_FOLD).to_owned(),
        move || measuring.track(),
        move |draw| {
            let side = lab.run.now.with_untracked(fold_side);
            measuring.with_untracked(|of| {
                draw(&FoldedScores {
                    of: of
                        .and_then(|of| of.newest().1.first())
                        .filter(|_| side.is_ok()),
                    side: usize::from(side.unwrap_or(1)),
                    x_name: words.get(key::FOLD_X),
                    y_name: words.get(key::FOLD_Y),
                    selected: measuring.selected.get_untracked().map(|(place, _)| place),
                });
            });
        },
    )
}

/// The score that is read; else what the panel is told to say first.
fn said(measuring: Measuring<Folded>) -> Option<String> {
    let lab = measuring.lab;
    let words = lab.view.words;
    let can_be = lab.run.now.with(fold_side).is_ok();
    measuring.of.track();
    let selected = measuring.selected.get();
    if can_be && measuring.with(|of| of.is_none()) {
        return None;
    }
    let score = with_newest(measuring, |of| {
        let (place, _) = selected?;
        let (own, folded) = (*of.own.get(place)?, *of.folded.get(place)?);
        let points = of.points.max(1);
        Some(words.fill(
            key::FOLD_POINT,
            &[
                ("n", &(place % points + 1).to_string()),
                ("k", &(place / points + 1).to_string()),
                ("own", &format::exact(own)),
                ("folded", &format::exact(folded)),
                ("off", &format::value(f64::from((own - folded).abs()))),
            ],
        ))
    });
    let same = || {
        with_newest(measuring, |of| {
            words.fill(
                key::FOLD_DEVIATION,
                &[
                    ("deviation", &format::value(f64::from(of.deviation))),
                    ("share", &format::value(f64::from(of.share()))),
                    ("points", &of.points.to_string()),
                    ("numbers", &format::count(of.numbers[0] as u64)),
                    ("fewer", &format::count(of.numbers[1] as u64)),
                ],
            )
        })
    };
    let told = || with_seen(lab, tell::fold).sentence;
    Some(score.flatten().or_else(same).unwrap_or_else(told))
}
