//! Distributions: hidden layers as columns, runs and stages as rows.

use batchnorm_lab::settings::choice::Norm;

use super::{CAPTION, GAP, LEVELS, captioned, run_name};
use crate::charts::{Align, RidgeForm, Ridgeline};
use crate::history::Stage;
use crate::i18n::{Key, key};
use crate::stills::figure::{columns, line_of, rows, typed};
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument, TokenColor};
use crate::stills::words::Said;

/// Rows of a ridgeline at most.
const RIDGES: usize = 7;
/// What tick labels take of a ridgeline's height.
const TICKS: f64 = 18.0;

/// Which distributions stand below each other: what each run's activations take in; of one run alone x̂ too.
fn stages(run: &Run) -> Vec<(usize, Stage, Key)> {
    let sides = run.sides();
    let of = |side: usize| {
        let norm = if side == 0 {
            run.settings.norm_a
        } else {
            run.settings.norm_b
        };
        match (norm, sides.len()) {
            (Norm::None, _) => vec![(side, Stage::Before, key::STAGE_BEFORE)],
            (_, 1) => vec![
                (side, Stage::Normalized, key::STAGE_NORMALIZED),
                (side, Stage::After, key::STAGE_AFTER),
            ],
            _ => vec![(side, Stage::After, key::STAGE_AFTER)],
        }
    };
    sides.iter().copied().flat_map(of).collect()
}

/// At most three of so many layers: the first, a middle one, the last.
fn spread(depth: usize) -> Vec<usize> {
    match depth {
        0..=3 => (0..depth).collect(),
        _ => vec![0, depth / 2, depth - 1],
    }
}

pub(super) fn layers(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let stages = stages(run);
    let depth = run.history.sides[stages[0].0].layers.len();
    let shown = spread(depth);
    let names = CAPTION.1;
    // Rows with one axis have its ticks once, as in the lab.
    let limits = stages.iter().map(|row| run.history.limit(row.1));
    let has_one_axis = limits
        .clone()
        .all(|limit| Some(limit) == limits.clone().next());
    let ticks = if has_one_axis { TICKS } else { 0.0 };
    let above = names + ticks;
    let rest = Rect::new(
        place.left,
        place.top + names,
        place.width,
        place.height - above,
    );
    for (row, (of_row, (side, stage, name))) in rows(rest, stages.len(), 8.0)
        .into_iter()
        .zip(&stages)
        .enumerate()
    {
        let is_last = row + 1 == stages.len();
        let name = match row > 0 && stages[row - 1].0 == *side {
            true => words.get(*name).to_owned(),
            false => format!("{} · {}", run_name(run, words, *side), words.get(*name)),
        };
        let mut place = of_row;
        if is_last {
            place.height += ticks;
        }
        if row == 0 {
            // Under the first caption stand the layers' names, over all rows.
            place.top -= names;
            place = captioned(svg, &name, place);
            layer_names(svg, words, &shown, place);
            place.top += names;
        } else {
            place = captioned(svg, &name, place);
        }
        for (layer, place) in shown.iter().zip(columns(place, shown.len(), 12.0)) {
            let past = &run.history.sides[*side].layers[*layer];
            let table = past.ridge(*stage).thinned(RIDGES);
            let ridge = Ridgeline {
                rows: &table,
                side: *side,
                stage: *stage,
                limit: run.history.limit(*stage),
                form: RidgeForm::Ridges,
                ticks: is_last || !has_one_axis,
                rescaled: false,
                reference: *stage == Stage::Normalized,
            };
            svg.chart(place, LEVELS, &ridge);
        }
    }
}

fn layer_names(svg: &mut SvgDocument, words: Said, shown: &[usize], place: Rect) {
    for (layer, place) in shown.iter().zip(columns(place, shown.len(), 12.0)) {
        let name = words.fill(key::LAYERS_NAME, &[("n", &(layer + 1).to_string())]);
        let middle = place.left + place.width / 2.0;
        let of = typed(CAPTION.0, TokenColor::of("muted"), Align::Middle);
        line_of(svg, &name, (middle, place.top - GAP), CAPTION, of);
    }
}
