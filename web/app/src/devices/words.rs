//! What stands beside the boxes of several devices, in one language.

use batchnorm_lab::settings::Settings;

use super::Comparison;
use crate::format;
use crate::i18n::{Key, Lang, fill, key};

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxWords {
    /// Names of the rows: device, rows, μ, σ².
    pub rows: [&'static str; 4],
    /// The column of the device that has the whole batch.
    pub whole: &'static str,
    /// What is sent above the boxes: of statistics.
    pub statistics: String,
    /// Below them: of gradients.
    pub gradients: String,
    /// Of which layer, unit and step the moments are.
    pub of: String,
}

/// The words of a way's boxes.
pub fn box_words(lang: Lang, all: &Comparison, way: usize, now: &Settings) -> BoxWords {
    let text = |key: Key| key.text(lang);
    let of = &all.ways[way];
    let bytes = |bytes: u64| format::count(bytes);
    let step = of.looks.last().map_or(0, |look| look.step);
    let [forward, backward, gradients] = of.bytes;
    let statistics = match (step, forward + backward) {
        (0, _) => text(key::DEVICES_NO_BYTES).to_owned(),
        (_, 0) => text(key::DEVICES_NOTHING_SENT).to_owned(),
        _ => fill(
            text(key::DEVICES_STATISTICS_SENT),
            &[("forward", &bytes(forward)), ("backward", &bytes(backward))],
        ),
    };
    let gradients = match step {
        0 => text(key::DEVICES_NO_GRADIENTS).to_owned(),
        _ => fill(
            text(key::DEVICES_GRADIENTS_SENT),
            &[("gradients", &bytes(gradients))],
        ),
    };
    let place = |place: u32| (place + 1).to_string();
    let of = fill(
        text(key::DEVICES_OF),
        &[
            ("layer", &place(now.selected_layer)),
            ("unit", &place(now.selected_unit)),
            ("step", &format::count(step)),
        ],
    );
    BoxWords {
        rows: [
            text(key::DEVICES_ROW_DEVICE),
            text(key::DEVICES_ROW_ROWS),
            "μ",
            "σ²",
        ],
        whole: text(key::DEVICES_ROW_WHOLE),
        statistics,
        gradients,
        of,
    }
}
