//! The left column: what a reader turns most often, and the rest folded away.

use leptos::prelude::*;

use super::say;
use crate::controls::control;
use crate::i18n::key;
use crate::state::Lab;

/// Always in sight.
const FIRST: [&str; 7] = ["data", "noise", "batch", "lr", "layers", "act", "stats"];
/// Folded: which runs, and how they are normalised.
const RUNS: [&str; 6] = ["show", "a", "b", "momentum", "eps", "affine"];
/// Folded: how they learn.
const LEARNING: [&str; 7] = ["opt", "sgdm", "wd", "init", "gain", "loss", "samples"];
/// Folded with learning: the cut of the data.
const LAST: [&str; 1] = ["split"];

/// The settings.
pub fn settings(lab: Lab) -> AnyView {
    let all = |names: &[&'static str]| -> Vec<AnyView> {
        names.iter().map(|name| control(lab, name)).collect()
    };
    view! {
        <section class="settings" data-area="settings" aria-label=say(lab, key::SETTINGS_LABEL)>
            {all(&FIRST)}
            <details>
                <summary>{say(lab, key::SETTINGS_RUNS)}</summary>
                {all(&RUNS)}
            </details>
            <details>
                <summary>{say(lab, key::SETTINGS_LEARNING)}</summary>
                {all(&LEARNING)}
                {all(&LAST)}
            </details>
        </section>
    }
    .into_any()
}
