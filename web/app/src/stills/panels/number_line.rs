//! A mini-batch on its four lines, the formulas with its numbers beside or below them.

use super::{CAPTION, LEVELS, captioned};
use crate::charts::{Align, NumberLineChart};
use crate::format::{count, value};
use crate::i18n::key;
use crate::number_line::formula::{LINES, NAMES, OPERATIONS};
use crate::stills::figure::{below, beside, line_of, typed};
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument, TokenColor};
use crate::stills::words::{Said, lines};

/// From line to line of the formulas.
const LINE: f64 = 19.0;

pub(super) fn number_line(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let Some(of) = &run.number_line else {
        return;
    };
    let (layer, unit, step) = of.of.unwrap_or_default();
    let whose = words.fill(
        key::NUMBER_LINE_OF,
        &[
            ("layer", &(layer + 1).to_string()),
            ("unit", &(unit + 1).to_string()),
            ("step", &count(step)),
            ("m", &of.rows().to_string()),
        ],
    );
    let title = [words.get(key::NUMBER_LINE_TITLE), &whose].join(" · ");
    let place = captioned(svg, &title, place);
    let (chart, side) = match place.width > 1.4 * place.height {
        true => beside(place, 0.62, 16.0),
        false => below(place, 0.64, 12.0),
    };
    let drawn = NumberLineChart {
        of,
        window: None,
        names: NAMES,
        operations: OPERATIONS,
    };
    svg.chart(chart, LEVELS, &drawn);
    let checked = words.fill(
        key::NUMBER_LINE_CHECKED,
        &[("deviation", &value(of.deviation))],
    );
    let formulas = LINES.map(|(_, line)| (line(of), "text"));
    let all = formulas.into_iter().chain([(checked, "muted")]);
    let mut top = side.top;
    for (text, color) in all {
        for line in lines(&text, CAPTION.0, side.width) {
            let of = typed(CAPTION.0, TokenColor::of(color), Align::Start);
            line_of(svg, &line, (side.left, top), (CAPTION.0, LINE), of);
            top += LINE;
        }
    }
}
