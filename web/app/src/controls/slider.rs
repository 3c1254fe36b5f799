//! A number: a slider over round values, and a field that takes any allowed one.

use batchnorm_lab::settings::{Range, Setting};
use leptos::prelude::*;

use super::{field, scale, value_of};
use crate::i18n::key;
use crate::state::Lab;
use crate::url;

/// Slider, typed value, default mark.
pub fn slider(lab: Lab, row: &'static Setting) -> AnyView {
    let name = row.name;
    let words = lab.words;
    let value = value_of(lab, row);
    let stops = Memo::new(move |_| lab.now.with(|settings| scale::stops(row, settings)));
    let word = match row.range {
        Range::Real { word, .. } => word,
        _ => None,
    };
    let number = move || value.get().parse::<f64>().ok();
    let place_of = move |number: f64| stops.with(|stops| scale::nearest(stops, number));
    let place = move || number().map_or(0, place_of);
    let last = move || stops.with(|stops| stops.len().saturating_sub(1));
    let share_of = move |place: usize| place as f64 / last().max(1) as f64;
    let default_share = move || {
        let first = (row.read)(&url::base(lab.lesson.get()));
        first
            .parse()
            .map_or(0.0, |number| share_of(place_of(number)))
    };
    let slid = move |event: web_sys::Event| {
        let place: usize = event_target_value(&event).parse().unwrap_or(0);
        if let Some(stop) = stops.with_untracked(|stops| stops.get(place).copied()) {
            lab.change(name, &scale::text(stop));
        }
    };
    let typed = move |event: web_sys::Event| {
        let text = event_target_value(&event).trim().replace('−', "-");
        lab.change(name, &text);
        // A refused text does not stay in the field: it shows what is in force.
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&value.get_untracked());
    };
    let unit = format!("control.{name}.unit");
    let has_unit = crate::i18n::Key::find(&unit).is_some();
    let is_word = move || word.is_some_and(|word| value.get() == word);
    let word_box = word.map(|word| {
        let fallback = (row.read)(&batchnorm_lab::settings::Settings::default());
        view! {
            <label class="word">
                <input
                    type="checkbox"
                    prop:checked=is_word
                    on:change=move |event| {
                        lab.change(name, if event_target_checked(&event) { word } else { &fallback });
                    }
                />
                {move || words.find(&format!("choice.{name}.{word}"))}
            </label>
        }
    });
    let head = view! {
        <span class="typed">
            <input
                type="text"
                inputmode="decimal"
                class="value"
                id=format!("input-{name}")
                aria-describedby=format!("help-{name}")
                autocomplete="off"
                spellcheck="false"
                prop:value=move || value.get()
                disabled=is_word
                on:change=typed
            />
            {has_unit.then(|| view! { <span class="unit">{move || words.find(&unit)}</span> })}
        </span>
    };
    let body = view! {
        <div class="track">
            <span
                class="mark"
                style=move || format!("--share:{:.4}", default_share())
                title=move || words.get(key::CONTROL_DEFAULT)
            ></span>
            <input
                type="range"
                min="0"
                step="1"
                max=move || last().to_string()
                aria-labelledby=format!("label-{name}")
                aria-valuetext=move || value.get()
                style=move || format!("--share:{:.4}", share_of(place()))
                prop:value=move || place().to_string()
                disabled=is_word
                on:input=slid
            />
        </div>
        {word_box}
    };
    field(lab, row, head.into_any(), body.into_any(), false)
}
