//! The signal through the depth: forward deviations and gradient norms, a line for each normalisation.

use js_sys::Array;

use super::ask::{What, profile as read};
use super::charts;
use super::measuring::Measuring;
use super::walk::{panel, readable};
use crate::charts::Through;
use crate::format;
use crate::grid::label;
use crate::i18n::key;
use crate::measured::{LayerSignal, Profile, kinds};
use crate::panels::Panel;
use crate::panels::figure::figure;
use crate::panels::table::Module;
use crate::state::Lab;
use crate::ui::El;

/// The panel.
pub fn depth_profile(lab: Lab) -> El {
    let what = |lab: Lab, _| Some(What::Profile(lab.run.now.with(kinds)));
    let measuring =
        Measuring::new::<{ Module::Measured as u8 }>(lab, lab.run.profiles, 0, what, all);
    let words = lab.view.words;
    let both = [Through::Deviation, Through::Gradient].map(|through| {
        let chart = charts::profile(measuring, through);
        figure(lab, readable(measuring, count, chart))
    });
    panel(
        measuring,
        Panel::DepthProfile,
        key::MEASURED_KINDS,
        move || words.get(key::MEASURED_LEGEND).to_owned(),
        both.into(),
        count,
        move || said(measuring),
    )
}

fn all(results: &Array, _: &What) -> Vec<Profile> {
    results.iter().map(|result| read(&result)).collect()
}

fn count(kinds: &[Profile]) -> [usize; 2] {
    let depth = kinds
        .iter()
        .map(|kind| kind.layers.len())
        .fold(0, usize::max);
    [depth, kinds.len()]
}

/// The values that are read.
fn said(measuring: Measuring<Profile>) -> Option<String> {
    let lab = measuring.lab;
    let words = lab.view.words;
    let (layer, line) = measuring.selected.get()?;
    let values = measuring.with(|of| {
        let of = of?;
        let (now, before) = (of.newest().1.get(line)?, of.start.get(line)?);
        let figures = |kind: &Profile| {
            let layer: Option<&LayerSignal> = kind.layers.get(layer);
            layer.map_or(["–".into(), "–".into()], |layer| {
                [layer.deviation, layer.gradient].map(|figure| format::value(f64::from(figure)))
            })
        };
        Some((now.kind.clone(), figures(now), figures(before)))
    });
    let (kind, [deviation, gradient], [before, earlier]) = values?;
    let name = label(words.0.get(), "b", &kind);
    Some(words.fill(
        key::MEASURED_LAYER,
        &[
            ("run", &name),
            ("layer", &(layer + 1).to_string()),
            ("deviation", &deviation),
            ("gradient", &gradient),
            ("before", &before),
            ("earlier", &earlier),
        ],
    ))
}
