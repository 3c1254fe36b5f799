//! What was measured on copies of the networks: the loss along the gradient, the signal through the depth.

use batchnorm_lab::jobs::backward_side;

use super::chart;
use crate::charts::{Backward, DepthProfile, LossLandscape, Through};
use crate::grid::label;
use crate::i18n::key;
use crate::measured::{BACKWARD_NAMES, STATES};
use crate::stills::figure::{below, beside};
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument};
use crate::stills::words::Said;

use super::{run_name, selection};

pub(super) fn landscape(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let names = [0, 1].map(|side| run_name(run, words, side));
    let x_name = [
        words.get(key::MEASURED_ETA),
        words.get(key::MEASURED_FACTORS),
    ]
    .join(", ");
    let of = LossLandscape {
        of: run.landscape.as_ref(),
        names: [&names[0], &names[1]],
        x_name: &x_name,
        y_name: words.get(key::GRID_CURVE),
        selected: None,
        guess: None,
    };
    let band = words.fill(key::MEASURED_BAND, &[("n", &STATES.to_string())]);
    let title = [words.get(key::MEASURED_TITLE), &band].join(" · ");
    chart(svg, &title, place, &of);
}

pub(super) fn depth_profile(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let kinds = run.profiles.as_ref().map_or(&[][..], |of| &of.start);
    let names: Vec<String> = kinds
        .iter()
        .map(|kind| label(words.0, "b", &kind.kind))
        .collect();
    // As on the page, where lines' names need the width.
    let (first, second) = match place.width > 1.6 * place.height {
        true => beside(place, 0.5, 16.0),
        false => below(place, 0.5, 12.0),
    };
    for (through, name, place) in [
        (Through::Deviation, key::MEASURED_DEVIATION, first),
        (Through::Gradient, key::MEASURED_GRADIENT, second),
    ] {
        let of = DepthProfile {
            of: run.profiles.as_ref(),
            through,
            names: &names,
            x_name: words.get(key::AXIS_LAYER),
            y_name: words.get(name),
            selected: None,
            guess: None,
        };
        let title = match through {
            Through::Deviation => words.get(key::MEASURED_KINDS),
            Through::Gradient => words.get(key::MEASURED_LEGEND),
        };
        chart(svg, title, place, &of);
    }
}

pub(super) fn backward(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let side = usize::from(backward_side(&run.settings).unwrap_or(1));
    let (_, layer, unit) = selection(run);
    let of = run.backward.as_ref().and_then(|of| of.newest().1.first());
    let chart_of = Backward {
        of,
        side,
        is_sorted: true,
        names: BACKWARD_NAMES.map(|name| words.get(name)),
        x_name: words.get(key::BACKWARD_BY_X),
        y_name: words.get(key::BACKWARD_GRADIENT),
        selected: None,
    };
    let title = words.fill(
        key::STILL_BACKWARD_TITLE,
        &[
            (
                "run",
                words.get([key::SIDE_LETTER_A, key::SIDE_LETTER_B][side]),
            ),
            ("layer", &(layer + 1).to_string()),
            ("unit", &(unit + 1).to_string()),
        ],
    );
    chart(svg, &title, place, &chart_of);
}
