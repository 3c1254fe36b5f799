//! Whole runs beside each other: curves or bars, r and d.

use super::{LEVELS, captioned, chart};
use crate::charts::{CorrectionChart, CorrectionKind, RunBars, RunCurve, RunCurves};
use crate::compared::Form;
use crate::i18n::key;
use crate::stills::figure::{below, beside};
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument};
use crate::stills::words::Said;

pub(super) fn compared_runs(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let Some(of) = &run.compared else {
        return;
    };
    let row = of.comparison;
    let variants = row.variants.iter();
    let names: Vec<&str> = variants.clone().map(|one| words.get(one.name)).collect();
    let title = words.get(key::COMPARED_TITLE);
    if row.form == Form::Bars {
        let groups = variants.map(|one| one.group.map_or("", |key| words.get(key)));
        let bars = RunBars {
            of: Some(of),
            row,
            names: &names,
            groups: &groups.collect::<Vec<_>>(),
            x_name: words.get(key::COMPARED_ACCURACY),
            before: words.get(key::COMPARED_BEFORE),
            selected: None,
        };
        return chart(svg, title, place, &bars);
    }
    let (first, second) = halves(captioned(svg, title, place));
    for (curve, name, place) in [
        (RunCurve::TrainingLoss, key::COMPARED_LOSS, first),
        (RunCurve::TestAccuracy, key::COMPARED_ACCURACY, second),
    ] {
        let of = RunCurves {
            of: Some(of),
            row,
            curve,
            names: &names,
            x_name: words.get(key::AXIS_STEP),
            y_name: words.get(name),
            selected: None,
        };
        svg.chart(place, LEVELS, &of);
    }
}

pub(super) fn r_and_d(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let Some(of) = &run.corrections else {
        return;
    };
    let place = captioned(svg, words.get(key::COMPARED_CORRECTIONS), place);
    let (first, second) = beside(place, 0.5, 8.0);
    for (kind, name, place) in [
        (CorrectionKind::R, key::COMPARED_R, first),
        (CorrectionKind::D, key::COMPARED_D, second),
    ] {
        let of = CorrectionChart {
            run: of.trained(0),
            steps: of.comparison.steps,
            kind,
            x_name: words.get(key::AXIS_STEP),
            y_name: words.get(name),
            selected: None,
        };
        svg.chart(place, LEVELS, &of);
    }
}

/// As on the page, where lines' names need the width.
fn halves(place: Rect) -> (Rect, Rect) {
    match place.width > 1.6 * place.height {
        true => beside(place, 0.5, 16.0),
        false => below(place, 0.5, 12.0),
    }
}
