//! The left column: what a reader turns most often, and the rest folded away.

use super::Spoken;
use crate::controls::control;
use crate::dom::{El, el};
use crate::i18n::key;
use crate::state::Lab;

/// Always in sight.
const FIRST: [&str; 7] = ["data", "noise", "batch", "lr", "stats", "layers", "act"];
/// Folded: which runs, and how they are normalised.
const RUNS: [&str; 6] = ["show", "a", "b", "momentum", "eps", "affine"];
/// Folded: how they learn.
const LEARNING: [&str; 8] = [
    "opt", "sgdm", "wd", "init", "gain", "loss", "samples", "split",
];

/// The settings.
pub fn settings(lab: Lab) -> El {
    let all = |names: &[&'static str]| -> Vec<El> {
        names.iter().map(|name| control(lab, name)).collect()
    };
    el("section")
        .class("settings")
        .attr("data-area", "settings")
        .named(lab, key::SETTINGS_LABEL)
        .children(all(&FIRST))
        .child(
            el("details")
                .child(el("summary").tell(lab, key::SETTINGS_RUNS))
                .children(all(&RUNS)),
        )
        .child(
            el("details")
                .child(el("summary").tell(lab, key::SETTINGS_LEARNING))
                .children(all(&LEARNING)),
        )
}
