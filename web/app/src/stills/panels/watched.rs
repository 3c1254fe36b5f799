//! What was measured over the steps of a run: how what activations are given moves.

use super::{chart, run_name};
use crate::charts::DriftOverTime;
use crate::i18n::key;
use crate::measured::Drift;
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument};
use crate::stills::words::Said;

pub(super) fn drift(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let names = [0, 1].map(|side| run_name(run, words, side));
    let side = run.drift.as_ref().and_then(|of| of.newest().1.first());
    let layers = 1..=side.map_or(0, Drift::depth);
    let layers = layers.map(|n| words.fill(key::LAYERS_NAME, &[("n", &n.to_string())]));
    let layers: Vec<String> = layers.collect();
    let back = side.map_or(0, |side| side.back).to_string();
    let of = DriftOverTime {
        of: run.drift.as_ref(),
        names: [&names[0], &names[1]],
        band: words.get(key::WATCHED_DRIFT_BAND),
        drift: &words.fill(key::WATCHED_DRIFT_ROW, &[("back", &back)]),
        layers: &layers,
        x_name: words.get(key::AXIS_STEP),
        selected: None,
    };
    chart(svg, words.get(key::WATCHED_DRIFT_TITLE), place, &of);
}
