//! A layer with its Batch Normalization and the one layer that does the same: numbers of a unit, and scores of both networks.
//! Without times, which are of whoever draws it.

use batchnorm_lab::jobs::fold_side;

use super::{CAPTION, LEVELS, captioned};
use crate::charts::{Align, FoldedScores};
use crate::folded::{FORMULAS, figure, rows};
use crate::i18n::key;
use crate::stills::figure::{below, beside, line_of, typed};
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument, TokenColor};
use crate::stills::words::Said;

/// From row to row of the table.
const LINE: f64 = 18.0;
/// Where columns of figures end, shares of the table's width.
const COLUMNS: [f64; 2] = [0.66, 1.0];

pub(super) fn fold(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let place = captioned(svg, words.get(key::PANEL_FOLD), place);
    let (table, scores) = match place.width > 1.2 * place.height {
        true => beside(place, 0.45, 24.0),
        false => below(place, (13.0 * LINE / place.height).min(0.6), 12.0),
    };
    let of = run.folded.as_ref().and_then(|of| of.newest().1.first());
    let chart = FoldedScores {
        of,
        side: usize::from(fold_side(&run.settings).unwrap_or(1)),
        x_name: words.get(key::FOLD_X),
        y_name: words.get(key::FOLD_Y),
        selected: None,
    };
    svg.chart(scores, LEVELS, &chart);
    let Some(of) = of else {
        return;
    };
    let head = [key::FOLD_OWN, key::FOLD_FOLDED].map(|name| words.get(name).to_owned());
    row(svg, table, 0.0, "", &head, "muted");
    for (line, of) in rows(of).iter().enumerate() {
        let figures = [0, 1].map(|which| figure(of, which));
        let name = of.name.text(|key| words.get(key));
        row(svg, table, line as f64 + 1.0, name, &figures, "text");
    }
    for (line, formula) in FORMULAS.into_iter().enumerate() {
        let empty = [String::new(), String::new()];
        row(svg, table, line as f64 + 10.5, formula, &empty, "muted");
    }
}

fn row(
    svg: &mut SvgDocument,
    place: Rect,
    line: f64,
    name: &str,
    figures: &[String; 2],
    color: &'static str,
) {
    let top = place.top + LINE * line;
    let of = |align| typed(CAPTION.0, TokenColor::of(color), align);
    if !name.is_empty() {
        let at = (place.left, top);
        line_of(svg, name, at, (CAPTION.0, LINE), of(Align::Start));
    }
    for (figure, share) in figures.iter().zip(COLUMNS) {
        if !figure.is_empty() {
            let right = place.left + place.width * share;
            line_of(svg, figure, (right, top), (CAPTION.0, LINE), of(Align::End));
        }
    }
}
