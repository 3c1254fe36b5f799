//! A layer's values and who shares the statistics of a cell, the numbers of each kind beside or below it.

use super::{CAPTION, LEVELS, captioned};
use crate::cells::Kind;
use crate::charts::{Align, CellsChart};
use crate::format::value;
use crate::i18n::key;
use crate::stills::figure::{below, beside, line_of, typed};
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument, TokenColor};
use crate::stills::words::Said;

/// From row to row of the table.
const LINE: f64 = 22.0;
/// Where columns end, shares of the table's width.
const COLUMNS: [f64; 3] = [0.58, 0.79, 1.0];

pub(super) fn which_cells(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let Some(of) = &run.cells else {
        return;
    };
    let place = captioned(svg, words.get(key::CELLS_TITLE), place);
    let (map, side) = match place.width > 1.4 * place.height {
        true => beside(place, 0.6, 16.0),
        false => below(place, 0.6, 12.0),
    };
    svg.chart(
        map,
        LEVELS,
        &CellsChart {
            of,
            side: 1,
            is_plain: true,
        },
    );
    let head = [key::CELLS_COUNT, key::CELLS_MEAN, key::CELLS_DEVIATION]
        .map(|name| words.get(name).to_owned());
    row(svg, side, 0, words.get(key::CELLS_KIND), &head, "muted");
    for (place, kind) in Kind::ALL.into_iter().enumerate() {
        let shared = of.shared(kind);
        let mean = match kind {
            Kind::Rms => "–".into(),
            _ => value(shared.mean.into()),
        };
        let figures = [
            shared.count.to_string(),
            mean,
            value(shared.deviation.into()),
        ];
        let name = words.find(&["choice.a.", kind.name()].concat()).to_owned();
        row(svg, side, place + 1, &name, &figures, "text");
    }
    let groups = words.fill(key::CELLS_GROUPS, &[("groups", &of.groups.to_string())]);
    row(
        svg,
        side,
        Kind::ALL.len() + 1,
        &groups,
        &[String::new(), String::new(), String::new()],
        "muted",
    );
}

fn row(
    svg: &mut SvgDocument,
    place: Rect,
    line: usize,
    name: &str,
    figures: &[String; 3],
    color: &'static str,
) {
    let top = place.top + LINE * line as f64;
    let of = |align| typed(CAPTION.0, TokenColor::of(color), align);
    line_of(
        svg,
        name,
        (place.left, top),
        (CAPTION.0, LINE),
        of(Align::Start),
    );
    for (figure, share) in figures.iter().zip(COLUMNS) {
        if !figure.is_empty() {
            let right = place.left + place.width * share;
            line_of(svg, figure, (right, top), (CAPTION.0, LINE), of(Align::End));
        }
    }
}
