//! The values of a unit, class by class, of each run.

use super::chart;
use crate::charts::ClassHistograms;
use crate::i18n::key;
use crate::stills::figure::rows;
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument};
use crate::stills::words::Said;

pub(super) fn by_class(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let of = run.by_class.as_ref().map_or(&[][..], |of| of.newest().1);
    let places = [
        run.settings.selected_layer + 1,
        run.settings.selected_unit + 1,
    ];
    let [layer, unit] = places.map(|place| place.to_string());
    let unit = words.fill(key::BY_CLASS_UNIT, &[("layer", &layer), ("unit", &unit)]);
    let sides = run.sides();
    for (side, place) in sides.iter().zip(rows(place, sides.len(), 8.0)) {
        let name = words.letter(*side);
        let first = [name, " · ", words.get(key::BY_CLASS_TRAINING)].concat();
        let histograms = ClassHistograms {
            of,
            columns: [&first, words.get(key::BY_CLASS_EVALUATED)],
            x_name: words.get(key::BY_CLASS_VALUE),
            selected: None,
            side: *side as u8,
        };
        match *side == sides[0] {
            true => {
                let title = [words.get(key::BY_CLASS_TITLE), &unit].join(" · ");
                chart(svg, &title, place, &histograms);
            }
            false => svg.chart(place, super::LEVELS, &histograms),
        }
    }
}
