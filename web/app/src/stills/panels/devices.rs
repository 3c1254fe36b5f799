//! Several devices: as boxes, and how far they have come from one that has the whole batch.

use super::{LEVELS, captioned, chart};
use crate::charts::{DeviceBoxes, DeviceLines};
use crate::devices::{FIRST_WAY, box_words};
use crate::i18n::key;
use crate::stills::figure::{below, beside};
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument};
use crate::stills::words::Said;

pub(super) fn devices(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let Some(all) = &run.devices else {
        return;
    };
    // As on the page.
    let (first, second) = match place.width > 1.6 * place.height {
        true => beside(place, 0.5, 16.0),
        false => below(place, 0.42, 12.0),
    };
    let said = box_words(words.0, all, FIRST_WAY, &run.settings);
    let title = [words.get(key::DEVICES_WAY), words.get(key::DEVICES_SYNC)];
    let place = captioned(svg, &title.join(words.get(key::GRID_COLON)), first);
    let boxes = DeviceBoxes {
        of: all,
        way: FIRST_WAY,
        layer: run.settings.selected_layer as usize,
        unit: run.settings.selected_unit as usize,
        words: &said,
    };
    svg.chart(place, LEVELS, &boxes);
    let names = [
        key::DEVICES_SYNC,
        key::DEVICES_AVERAGED,
        key::DEVICES_LOCAL,
        key::DEVICES_GROUP,
    ];
    let lines = DeviceLines {
        of: all,
        names: names.map(|name| words.get(name)),
        x_name: words.get(key::AXIS_STEP),
        y_name: words.get(key::DEVICES_DEVIATION),
        way: FIRST_WAY,
        selected: None,
    };
    chart(svg, words.get(key::DEVICES_TITLE), second, &lines);
}
