//! The hidden layers: how many, and how many units each has.

use batchnorm_lab::settings::{MAX_LAYERS, MAX_WIDTH, Setting};
use leptos::prelude::*;

use super::field;
use crate::i18n::key;
use crate::state::Lab;

/// A stepper for the number of layers and one small field per layer.
pub fn widths(lab: Lab, row: &'static Setting) -> AnyView {
    let name = row.name;
    let words = lab.words;
    let layers = Memo::new(move |_| lab.now.with(|settings| settings.layers.clone()));
    let put = move |layers: &[u32]| {
        let texts: Vec<String> = layers.iter().map(u32::to_string).collect();
        lab.change(name, &texts.join("-"));
    };
    let add = move |_| {
        let mut next = layers.get_untracked();
        next.push(next.last().copied().unwrap_or(16));
        put(&next);
    };
    let remove = move |_| {
        let mut next = layers.get_untracked();
        next.pop();
        put(&next);
    };
    let head = view! {
        <span class="stepper">
            <button
                type="button"
                aria-label=move || words.get(key::LAYERS_REMOVE)
                disabled={move || layers.with(Vec::len) < 2}
                on:click=remove
            >"−"</button>
            <output>{move || layers.with(Vec::len)}</output>
            <button
                type="button"
                aria-label=move || words.get(key::LAYERS_ADD)
                disabled={move || layers.with(Vec::len) >= MAX_LAYERS}
                on:click=add
            >"+"</button>
        </span>
    };
    let cells = move || {
        (0_usize..layers.with(Vec::len))
            .map(|place| {
                let width = move || layers.with(|all| all.get(place).copied().unwrap_or(1));
                let typed = move |event: web_sys::Event| {
                    let mut next = layers.get_untracked();
                    let number = event_target_value(&event).trim().parse::<u32>();
                    if let (Ok(number), Some(cell)) = (number, next.get_mut(place)) {
                        *cell = number.clamp(1, MAX_WIDTH);
                        put(&next);
                    }
                    event_target::<web_sys::HtmlInputElement>(&event)
                        .set_value(&width().to_string());
                };
                view! {
                    <input
                        type="number"
                        min="1"
                        max=MAX_WIDTH.to_string()
                        aria-label=move || words.fill(key::LAYERS_WIDTH, &[("n", &(place + 1).to_string())])
                        prop:value=move || width().to_string()
                        on:change=typed
                    />
                }
                .into_any()
            })
            .collect::<Vec<_>>()
    };
    let body = view! { <div class="widths">{cells}</div> };
    field(lab, row, head.into_any(), body.into_any(), true)
}
