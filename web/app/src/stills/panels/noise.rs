//! What was measured on a run: the jitter of x̂.

use super::chart;
use crate::charts::{NoiseStrips, Scatter, XHatNoise};
use crate::i18n::key;
use crate::stills::figure::{below, beside};
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument};
use crate::stills::words::Said;

/// Dots of a strip at most.
const DOTS: usize = 48;

pub(super) fn x_hat_noise(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let Some(mut report) = run.noise.clone() else {
        return;
    };
    for row in &mut report.rows {
        row.x_hats.truncate(DOTS);
    }
    let current = Some(run.settings.batch_size() as u32);
    // As on the page: below each other in a narrow figure.
    let (first, second) = match place.width > place.height {
        true => beside(place, 0.5, 16.0),
        false => below(place, 0.5, 12.0),
    };
    let strips = NoiseStrips {
        report: &report,
        scatter: Scatter::XHats,
        current,
        x_name: words.get(key::AXIS_X_HAT),
        y_name: words.get(key::AXIS_BATCH),
        truth: words.get(key::BATCH_NOISE_TRUTH),
    };
    chart(svg, words.get(key::BATCH_NOISE_X_HATS), first, &strips);
    let law = XHatNoise {
        report: &report,
        current,
        x_name: words.get(key::AXIS_BATCH),
        y_name: words.get(key::AXIS_SPREAD),
    };
    chart(svg, words.get(key::BATCH_NOISE_LAW), second, &law);
}
