//! Weights that a normalisation follows: how long they are and how fast their direction turns, over the steps, with decay and
//! without; and what becomes of the network once all of them are ten times as large.

use js_sys::Array;

use super::read;
use super::scaling::scaling;
use crate::charts::WeightNorm;
use crate::format;
use crate::i18n::{Lang, key};
use crate::measured::{WeightFigure, WeightPath, tens};
use crate::panels::Panel;
use crate::panels::figure::{Figure, figure};
use crate::panels::measured::ask::What;
use crate::panels::measured::measuring::Measuring;
use crate::panels::measured::walk::{panel, readable};
use crate::panels::table::Module;
use crate::state::Lab;
use crate::ui::El;

/// The panel.
pub fn weight_norm(lab: Lab) -> El {
    let measuring = Measuring::new::<{ Module::Watched as u8 }>(
        lab,
        lab.run.weights,
        0,
        |_, choice| Some(What::Weights(choice)),
        all,
    );
    let words = lab.view.words;
    let both = [WeightFigure::Norm, WeightFigure::Rate]
        .map(|of| figure(lab, readable(measuring, count, chart(measuring, of))));
    panel(
        measuring,
        Panel::WeightNorm,
        key::WATCHED_WEIGHTS_TITLE,
        move || words.get(key::WATCHED_WEIGHTS_LEGEND).to_owned(),
        both.into(),
        count,
        move || said(measuring),
    )
    .child(scaling(measuring))
}

fn all(results: &Array, what: &What) -> Vec<WeightPath> {
    let factor = match what {
        What::Weights(choice) => tens(*choice),
        _ => 1.0,
    };
    let results = results.iter();
    results
        .map(|result| read::weights(&result, factor))
        .collect()
}

fn count(paths: &[WeightPath]) -> [usize; 2] {
    let states = paths.iter().map(|path| path.states.len());
    [states.fold(0, usize::max), paths.len()]
}

/// What a run is: its decay.
fn name(lang: Lang, decay: f64) -> String {
    match decay > 0.0 {
        true => crate::i18n::fill(
            key::WATCHED_WEIGHTS_DECAY.text(lang),
            &[("decay", &format::setting(decay))],
        ),
        false => key::WATCHED_WEIGHTS_PLAIN.text(lang).to_owned(),
    }
}

fn chart(measuring: Measuring<WeightPath>, of: WeightFigure) -> Figure {
    let words = measuring.lab.view.words;
    let (part, title) = match of {
        WeightFigure::Norm => ("weight-norm-chart", key::WATCHED_WEIGHTS_NORM),
        WeightFigure::Rate => ("weight-rate-chart", key::WATCHED_WEIGHTS_RATE),
    };
    Figure::new(
        part,
        move || words.get(title).to_owned(),
        move || measuring.track(),
        move |draw| {
            measuring.with_untracked(|all| {
                let lang = words.0.get_untracked();
                let paths = all.map_or(&[][..], |all| all.newest().1);
                let names = paths.iter().map(|path| name(lang, path.decay));
                let names: Vec<String> = names.collect();
                draw(&WeightNorm {
                    of: all,
                    figure: of,
                    names: &names,
                    x_name: words.get(key::AXIS_STEP),
                    y_name: words.get(title),
                    selected: measuring.selected.get_untracked(),
                });
            });
        },
    )
}

/// The value that is read.
fn said(measuring: Measuring<WeightPath>) -> Option<String> {
    let words = measuring.lab.view.words;
    let (state, line) = measuring.selected.get()?;
    let (decay, of) = measuring.with(|all| {
        let path = all?.newest().1.get(line)?;
        Some((path.decay, *path.states.get(state)?))
    })?;
    Some(words.fill(
        key::WATCHED_WEIGHTS_AT,
        &[
            ("run", &name(words.0.get(), decay)),
            ("step", &format::count(of.step)),
            ("norm", &format::value(f64::from(of.norm))),
            ("rate", &format::value(f64::from(of.rate))),
        ],
    ))
}
