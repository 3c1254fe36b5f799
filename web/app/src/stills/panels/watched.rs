//! What was measured over the steps of a run: how what activations are given moves, the weights before a normalisation.

use super::{chart, run_name};
use crate::charts::{DriftOverTime, WeightNorm};
use crate::format;
use crate::i18n::key;
use crate::measured::{Drift, WeightFigure};
use crate::stills::figure::{below, beside};
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

pub(super) fn weight_norm(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let paths = run.weights.as_ref().map_or(&[][..], |of| of.newest().1);
    let names = paths.iter().map(|path| match path.decay > 0.0 {
        true => {
            let decay = format::setting(path.decay);
            words.fill(key::WATCHED_WEIGHTS_DECAY, &[("decay", &decay)])
        }
        false => words.get(key::WATCHED_WEIGHTS_PLAIN).to_owned(),
    });
    let names: Vec<String> = names.collect();
    // As on the page, where lines' names need the width.
    let (first, second) = match place.width > 1.6 * place.height {
        true => beside(place, 0.5, 16.0),
        false => below(place, 0.5, 12.0),
    };
    for (figure, y_name, title, place) in [
        (
            WeightFigure::Norm,
            key::WATCHED_WEIGHTS_NORM,
            key::WATCHED_WEIGHTS_TITLE,
            first,
        ),
        (
            WeightFigure::Rate,
            key::WATCHED_WEIGHTS_RATE,
            key::WATCHED_WEIGHTS_LEGEND,
            second,
        ),
    ] {
        let of = WeightNorm {
            of: run.weights.as_ref(),
            figure,
            names: &names,
            x_name: words.get(key::AXIS_STEP),
            y_name: words.get(y_name),
            selected: None,
        };
        chart(svg, words.get(title), place, &of);
    }
}
