//! The chart of the drift, with its words.

use crate::charts::DriftOverTime;
use crate::i18n::key;
use crate::measured::{Drift, back};
use crate::panels::figure::Figure;
use crate::panels::measured::measuring::Measuring;
use crate::spoken::run_name;
use crate::state::Lab;
use crate::ui::untrack;

fn layer(lab: Lab, number: usize) -> String {
    let words = lab.view.words;
    untrack(|| words.fill(key::LAYERS_NAME, &[("n", &number.to_string())]))
}

pub(super) fn chart(measuring: Measuring<Drift>) -> Figure {
    let lab = measuring.lab;
    let words = lab.view.words;
    Figure::new(
        "drift-chart",
        move || words.get(key::PANEL_DRIFT).to_owned(),
        move || measuring.track(),
        move |draw| {
            let names = [0, 1].map(|side| untrack(|| run_name(lab, side)));
            let chosen = || u64::from(back(measuring.choice.get_untracked()));
            measuring.with_untracked(|of| {
                let newest = of.and_then(|of| of.newest().1.first());
                let back = newest.map_or_else(chosen, |side| side.back);
                let layers = 1..=newest.map_or(0, Drift::depth);
                let layers = layers.map(|n| layer(lab, n));
                let layers: Vec<String> = layers.collect();
                draw(&DriftOverTime {
                    of,
                    names: [&names[0], &names[1]],
                    band: words.get(key::WATCHED_DRIFT_BAND),
                    drift: &untrack(|| {
                        words.fill(key::WATCHED_DRIFT_ROW, &[("back", &back.to_string())])
                    }),
                    layers: &layers,
                    x_name: words.get(key::AXIS_STEP),
                    selected: measuring.selected.get_untracked(),
                });
            });
        },
    )
}
