//! The left column: what a reader turns most often, and the rest folded away.

use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::{Norm, Optimizer};

use crate::controls::control;
use crate::i18n::key;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, derive, el};

/// Always in sight.
const FIRST: [&str; 7] = ["data", "noise", "batch", "lr", "stats", "layers", "act"];
/// Folded: which runs, and how they are normalised.
const RUNS: [&str; 4] = ["show", "a", "b", "eps"];
/// Folded: how they learn.
const LEARNING: [&str; 1] = ["opt"];
/// Folded: after what the optimiser has of its own.
const LEARNING_MORE: [&str; 6] = ["wd", "init", "gain", "loss", "samples", "split"];

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
                .children(all(&RUNS))
                .child(own(lab, of_norms)),
        )
        .child(
            el("details")
                .child(el("summary").tell(lab, key::SETTINGS_LEARNING))
                .children(all(&LEARNING))
                .child(own(lab, of_optimizer))
                .children(all(&LEARNING_MORE)),
        )
}

/// Controls that only some choices have.
fn own(lab: Lab, names: fn(&Settings) -> Vec<&'static str>) -> El {
    let names = derive(move || lab.run.now.with(names));
    el("div").swap(move || names.get().iter().map(|name| control(lab, name)).collect())
}

/// What the normalisations of the two runs have of their own.
fn of_norms(settings: &Settings) -> Vec<&'static str> {
    let has = |norm: Norm| settings.norm_a == norm || settings.norm_b == norm;
    let mut names = Vec::new();
    if settings.norm_a.mixes_rows() || settings.norm_b.mixes_rows() {
        names.extend(["momentum", "convention", "track"]);
    }
    if settings.norm_a != Norm::None || settings.norm_b != Norm::None {
        names.extend(["affine", "frozen"]);
    }
    for (norm, own) in [
        (Norm::Group, &["groups"][..]),
        (Norm::Ghost, &["ghost"]),
        (Norm::Sync, &["shards"]),
        (Norm::Renorm, &["rmax", "dmax"]),
    ] {
        if has(norm) {
            names.extend(own);
        }
    }
    names
}

fn of_optimizer(settings: &Settings) -> Vec<&'static str> {
    match settings.optimizer {
        Optimizer::Sgd => vec!["sgdm", "nesterov"],
        _ => Vec::new(),
    }
}
