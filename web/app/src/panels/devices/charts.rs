//! The charts of several devices, with their words.

use super::choose::NAMES;
use super::comparing::Comparing;
use crate::charts::{DeviceBoxes, DeviceLines, Hover};
use crate::devices::box_words;
use crate::i18n::key;
use crate::panels::figure::Figure;

/// The devices as boxes.
pub(super) fn boxes(comparing: Comparing) -> Figure {
    let words = comparing.lab.view.words;
    Figure::new(
        "devices-boxes",
        move || words.get(key::DEVICES_BOXES).to_owned(),
        move || comparing.track(),
        move |draw| {
            let now = comparing.lab.run.now.get_untracked();
            let way = comparing.way.get_untracked();
            let lang = words.0.get_untracked();
            comparing.with(|all| {
                let said = box_words(lang, all, way, &now);
                draw(&DeviceBoxes {
                    of: all,
                    way,
                    layer: now.selected_layer as usize,
                    unit: now.selected_unit as usize,
                    words: &said,
                });
            });
        },
    )
}

/// How far they have come from the whole batch.
pub(super) fn lines(comparing: Comparing) -> Figure {
    let words = comparing.lab.view.words;
    Figure::new(
        "devices-chart",
        move || words.get(key::PANEL_DEVICES).to_owned(),
        move || comparing.track(),
        move |draw| {
            let names = NAMES.map(|name| words.get(name));
            comparing.with(|all| {
                draw(&DeviceLines {
                    of: all,
                    names,
                    x_name: words.get(key::AXIS_STEP),
                    y_name: words.get(key::DEVICES_DEVIATION),
                    way: comparing.way.get_untracked(),
                    selected: comparing.selected.get_untracked(),
                });
            });
        },
    )
    .read(move |hover| {
        let Hover::Cell { place } = hover else {
            return None;
        };
        let ways = NAMES.len();
        let at = Some((place / ways, place % ways));
        if comparing.selected.get_untracked() != at {
            comparing.selected.set(at);
        }
        None
    })
    .press(move |hover| {
        if let Some(Hover::Cell { place }) = hover {
            comparing.way.set(place % NAMES.len());
        }
    })
}
