//! The charts of what was measured, with their words.

use super::measuring::Measuring;
use crate::charts::{DepthProfile, Guess, LossLandscape, Through};
use crate::grid::label;
use crate::i18n::key;
use crate::measured::{Landscape, Profile};
use crate::panels::figure::Figure;
use crate::spoken::run_name;
use crate::state::Lab;
use crate::ui::untrack;

const LANDSCAPE: &str = "landscape-chart";

/// The line that was drawn for a chart before the run.
fn guessed(lab: Lab, chart: &str) -> Option<Guess> {
    lab.view.guess.with_untracked(|text| Guess::of(text, chart))
}

/// The loss along the gradient.
pub(super) fn landscape(measuring: Measuring<Landscape>) -> Figure {
    let lab = measuring.lab;
    let words = lab.view.words;
    Figure::new(
        LANDSCAPE,
        move || words.get(key::PANEL_LANDSCAPE).to_owned(),
        move || {
            measuring.track();
            lab.view.guess.track();
        },
        move |draw| {
            let guess = guessed(lab, LANDSCAPE);
            let names = [0, 1].map(|side| untrack(|| run_name(lab, side)));
            measuring.with_untracked(|of| {
                draw(&LossLandscape {
                    of,
                    names: [&names[0], &names[1]],
                    x_name: &untrack(|| {
                        step_size(
                            words.get(key::MEASURED_ETA),
                            words.get(key::MEASURED_FACTORS),
                        )
                    }),
                    y_name: words.get(key::GRID_CURVE),
                    selected: measuring.selected.get_untracked(),
                    guess: guess.as_ref(),
                });
            });
        },
    )
}

/// Name of the axis of step sizes, with its unit.
fn step_size(name: &str, unit: &str) -> String {
    [name, ", ", unit].concat()
}

/// One figure through the depth.
pub(super) fn profile(measuring: Measuring<Profile>, through: Through) -> Figure {
    let lab = measuring.lab;
    let words = lab.view.words;
    let (part, name) = match through {
        Through::Deviation => ("depth-deviation", key::MEASURED_DEVIATION),
        Through::Gradient => ("depth-gradient", key::MEASURED_GRADIENT),
    };
    Figure::new(
        part,
        move || words.get(name).to_owned(),
        move || {
            measuring.track();
            lab.view.guess.track();
        },
        move |draw| {
            let guess = guessed(lab, part);
            measuring.with_untracked(|of| {
                let kinds = of.map_or(&[][..], |of| &of.start);
                let lang = words.0.get_untracked();
                let names: Vec<String> = kinds
                    .iter()
                    .map(|kind| label(lang, "b", &kind.kind))
                    .collect();
                draw(&DepthProfile {
                    of,
                    through,
                    names: &names,
                    x_name: words.get(key::AXIS_LAYER),
                    y_name: words.get(name),
                    selected: measuring.selected.get_untracked(),
                    guess: guess.as_ref(),
                });
            });
        },
    )
}
