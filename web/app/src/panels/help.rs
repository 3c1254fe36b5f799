//! Keys and terms, beside the figure and never over all of it.

use leptos::html::Button;
use leptos::prelude::*;

use super::say;
use crate::i18n::{Key, key};
use crate::state::Lab;

/// Terms of the glossary, in the order in which a reader meets them.
const TERMS: [&str; 11] = [
    "mini-batch",
    "epoch",
    "pre-activation",
    "normalized",
    "gamma-beta",
    "batch-statistics",
    "running-statistics",
    "full-statistics",
    "momentum",
    "saturation",
    "gradient-norm",
];

/// The help panel.
pub fn help(lab: Lab) -> AnyView {
    view! { <Show when=move || lab.is_helping.get()>{open(lab)}</Show> }.into_any()
}

fn open(lab: Lab) -> AnyView {
    let words = lab.words;
    let close = NodeRef::<Button>::new();
    Effect::new(move |_| {
        if let Some(close) = close.get() {
            // Focus is a courtesy; where it fails nothing is lost.
            let _ = close.focus();
        }
    });
    let key_row = |keys: Key, does: Key| {
        view! {
            <dt><kbd>{say(lab, keys)}</kbd></dt>
            <dd>{say(lab, does)}</dd>
        }
        .into_any()
    };
    let terms: Vec<AnyView> = TERMS
        .iter()
        .map(|term| {
            let title = move || words.find(&format!("term.{term}.name"));
            let text = move || words.find(&format!("term.{term}.text"));
            view! { <dt>{title}</dt><dd>{text}</dd> }.into_any()
        })
        .collect();
    view! {
        <aside class="help-panel" data-part="help-panel" role="dialog" aria-label=say(lab, key::HELP_TITLE)>
            <div class="help-bar">
                <h2>{say(lab, key::HELP_TITLE)}</h2>
                <button type="button" class="quiet" node_ref=close on:click=move |_| lab.is_helping.set(false)>
                    {say(lab, key::HELP_CLOSE)}
                </button>
            </div>
            <p>{say(lab, key::HELP_INTRO)}</p>
            <h3>{say(lab, key::HELP_KEYS)}</h3>
            <dl class="keys-list">
                {key_row(key::KEY_SPACE, key::KEY_SPACE_DOES)}
                {key_row(key::KEY_RIGHT, key::KEY_RIGHT_DOES)}
                {key_row(key::KEY_R, key::KEY_R_DOES)}
                {key_row(key::KEY_QUESTION, key::KEY_QUESTION_DOES)}
                {key_row(key::KEY_ESCAPE, key::KEY_ESCAPE_DOES)}
            </dl>
            <h3>{say(lab, key::HELP_COLOURS)}</h3>
            <ul class="legend">
                <li data-swatch="a">{say(lab, key::LEGEND_A)}</li>
                <li data-swatch="b">{say(lab, key::LEGEND_B)}</li>
                <li data-swatch="affine">{say(lab, key::LEGEND_AFFINE)}</li>
                <li data-swatch="solid">{say(lab, key::LEGEND_SOLID)}</li>
                <li data-swatch="dashed">{say(lab, key::LEGEND_DASHED)}</li>
                <li data-swatch="dotted">{say(lab, key::LEGEND_DOTTED)}</li>
            </ul>
            <h3>{say(lab, key::HELP_TERMS)}</h3>
            <dl>{terms}</dl>
        </aside>
    }
    .into_any()
}
