//! Each panel in its place on the sheet: the page's charts with the page's captions.

use batchnorm_lab::settings::choice::Norm;

mod answers;
mod by_class;
mod cells;
mod compared;
mod devices;
mod folded;
mod grids;
mod layers;
mod measured;
mod noise;
mod number_line;
mod sharing;
mod watched;

pub(super) use self::answers::shown_accuracy;
use self::answers::{answers, three};
use self::by_class::by_class;
use self::cells::which_cells;
use self::compared::{compared_runs, r_and_d};
use self::devices::devices;
use self::folded::fold;
use self::grids::{race_grid, sweep};
use self::layers::layers;
use self::measured::{backward, depth_profile, landscape};
use self::noise::x_hat_noise;
use self::number_line::number_line;
use self::sharing::sharing;
use self::watched::{drift, weight_norm};
use super::figure::{beside, line_of, typed};
use super::run::Run;
use super::svg::{Rect, SvgDocument, TokenColor};
use super::words::{Said, lines};
use crate::charts::{AffineKind, Align, Chart, CurveKind, Curves, GammaBeta, Moment, Moments};
use crate::i18n::key;

/// Letters of captions, and from line to line.
const CAPTION: (f64, f64) = (12.0, 16.0);
/// Between a caption and what it is of.
const GAP: f64 = 4.0;
/// Shares of a colour that are told apart.
const LEVELS: u8 = 10;
/// Points of each curve at most.
const CURVE_POINTS: usize = 96;
/// Points of each unit's line at most.
const UNIT_POINTS: usize = 43;

/// Whether a panel takes the greater part of a figure of two.
pub(super) fn is_large(name: &str) -> bool {
    [
        "layers",
        "gamma-beta",
        "race-grid",
        "x-hat-noise",
        "by-class",
        "sharing",
    ]
    .contains(&name)
}

/// Draws a panel.
///
/// # Panics
/// If it has no picture yet.
pub(super) fn draw_panel(svg: &mut SvgDocument, run: &Run, words: Said, name: &str, place: Rect) {
    match name {
        "layers" => layers(svg, run, words, place),
        "boundary" => answers(svg, run, words, place),
        "loss" => curves(svg, run, words, place, CurveKind::Loss),
        "accuracy" => curves(svg, run, words, place, CurveKind::Accuracy),
        "three-accuracies" => three(svg, run, words, place),
        "gamma-beta" => gamma_beta(svg, run, words, place),
        "moments" => moments(svg, run, words, place),
        "x-hat-noise" => x_hat_noise(svg, run, words, place),
        "race-grid" => race_grid(svg, run, words, place),
        "landscape" => landscape(svg, run, words, place),
        "depth-profile" => depth_profile(svg, run, words, place),
        "compared-runs" => compared_runs(svg, run, words, place),
        "r-and-d" => r_and_d(svg, run, words, place),
        "drift" => drift(svg, run, words, place),
        "weight-norm" => weight_norm(svg, run, words, place),
        "by-class" => by_class(svg, run, words, place),
        "sharing" => sharing(svg, run, words, place),
        "devices" => devices(svg, run, words, place),
        "number-line" => number_line(svg, run, words, place),
        "which-cells" => which_cells(svg, run, words, place),
        "fold" => fold(svg, run, words, place),
        "backward" => backward(svg, run, words, place),
        "sweep" => sweep(svg, run, words, place),
        other => panic!("the panel {other} has no still picture: draw it here"),
    }
}

/// A caption above and the rest of the place.
fn captioned(svg: &mut SvgDocument, text: &str, place: Rect) -> Rect {
    let of = typed(CAPTION.0, TokenColor::of("text"), Align::Start);
    let mut head = 0.0;
    for line in lines(text, CAPTION.0, place.width) {
        line_of(svg, &line, (place.left, place.top + head), CAPTION, of);
        head += CAPTION.1;
    }
    head += GAP;
    Rect::new(
        place.left,
        place.top + head,
        place.width,
        place.height - head,
    )
}

fn chart(svg: &mut SvgDocument, title: &str, place: Rect, chart: &dyn Chart) {
    let place = captioned(svg, title, place);
    svg.chart(place, LEVELS, chart);
}

fn run_name(run: &Run, words: Said, side: usize) -> String {
    let norm = if side == 0 {
        run.settings.norm_a
    } else {
        run.settings.norm_b
    };
    let norm = words.find(&format!("choice.a.{}", norm.name()));
    words.fill(
        [key::SIDE_TITLE_A, key::SIDE_TITLE_B][side],
        &[("norm", norm)],
    )
}

fn curves(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect, kind: CurveKind) {
    let title = match kind {
        CurveKind::Loss => key::OUTPUT_LOSS,
        CurveKind::Accuracy => key::OUTPUT_ACCURACY,
    };
    let all = &run.history.curves;
    let few = (all.len() > CURVE_POINTS).then(|| all.thinned(CURVE_POINTS));
    let curves = Curves {
        curves: few.as_ref().unwrap_or(all),
        shown: run.shown(),
        kind,
        cursor: None,
        x_name: words.get(key::AXIS_STEP),
        beyond: words.get(key::CURVE_BEYOND),
    };
    chart(svg, words.get(title), place, &curves);
}

/// The first run shown that normalises, and the selected layer and unit.
fn selection(run: &Run) -> (usize, usize, usize) {
    let normalises = |side: &usize| [run.settings.norm_a, run.settings.norm_b][*side] != Norm::None;
    let sides = run.sides();
    let side = sides.iter().copied().find(normalises).unwrap_or(sides[0]);
    (
        side,
        run.settings.selected_layer as usize,
        run.settings.selected_unit as usize,
    )
}

/// Two places beside each other, as on the page.
fn pair(place: Rect) -> (Rect, Rect) {
    beside(place, 0.5, 16.0)
}

fn gamma_beta(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let (side, layer, unit) = selection(run);
    let mut layer = run.history.sides[side].layers[layer].clone();
    layer.units = layer.units.thinned(UNIT_POINTS);
    let (first, second) = pair(place);
    for (kind, title, place) in [
        (AffineKind::Gamma, key::DETAIL_GAMMA, first),
        (AffineKind::Beta, key::DETAIL_BETA, second),
    ] {
        let of = GammaBeta {
            layer: &layer,
            kind,
            unit,
            hovered: None,
            cursor: None,
            x_name: words.get(key::AXIS_STEP),
        };
        chart(svg, words.get(title), place, &of);
    }
}

fn moments(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let (side, layer, unit) = selection(run);
    let layer = &run.history.sides[side].layers[layer];
    let (first, second) = pair(place);
    for (moment, title, place) in [
        (Moment::Mean, key::DETAIL_MEAN, first),
        (Moment::Variance, key::DETAIL_VARIANCE, second),
    ] {
        let of = Moments {
            layer,
            side,
            unit,
            moment,
            cursor: None,
            x_name: words.get(key::AXIS_STEP),
        };
        chart(svg, words.get(title), place, &of);
    }
}
