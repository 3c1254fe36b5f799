//! The transport: reset, play, step, speed; where the run is; seed and engine.

use batchnorm_lab::choice::Speed;
use batchnorm_lab::settings::setting;
use leptos::prelude::*;

use super::{icon, say};
use crate::controls::choice;
use crate::format;
use crate::i18n::key;
use crate::state::{Lab, Phase};

const RESET: &str = "M3 3h2v10H3zM13 3v10L5.5 8z";
const PLAY: &str = "M4 2.5v11L13.5 8z";
const PAUSE: &str = "M4 3h3v10H4zM9 3h3v10H9z";
const STEP: &str = "M3 3v10l7.5-5zM11 3h2v10h-2z";
const DICE: &str =
    "M2.5 2.5h11v11h-11zM5.5 5.5h.01M10.5 5.5h.01M8 8h.01M5.5 10.5h.01M10.5 10.5h.01";

/// The transport.
pub fn transport(lab: Lab) -> AnyView {
    let words = lab.words;
    let play_label = move || {
        words.get(if lab.is_playing.get() {
            key::TRANSPORT_PAUSE
        } else {
            key::TRANSPORT_PLAY
        })
    };
    let is_waiting = Memo::new(move |_| {
        matches!(
            lab.phase.get(),
            Phase::Loading | Phase::Lost | Phase::Refused | Phase::Diverged
        )
    });
    view! {
        <div class="transport" role="toolbar" aria-label=say(lab, key::TRANSPORT_LABEL)>
            <div class="keys">
                <button
                    type="button"
                    class="key"
                    data-part="reset"
                    hidden=move || lab.hides("reset")
                    title=say(lab, key::TRANSPORT_RESET_HELP)
                    aria-label=say(lab, key::TRANSPORT_RESET)
                    on:click=move |_| lab.reset()
                >
                    {icon(RESET)}
                </button>
                <button
                    type="button"
                    class="key main"
                    data-part="play"
                    hidden=move || lab.hides("play")
                    class:calling=move || lab.phase.get() == Phase::Invitation
                    disabled=move || is_waiting.get()
                    title=move || format!("{} ({})", play_label(), words.get(key::KEY_SPACE))
                    aria-label=play_label
                    on:click=move |_| lab.toggle()
                >
                    {move || icon(if lab.is_playing.get() { PAUSE } else { PLAY })}
                </button>
                <button
                    type="button"
                    class="key"
                    data-part="step"
                    hidden=move || lab.hides("step")
                    disabled=move || is_waiting.get()
                    title=say(lab, key::TRANSPORT_STEP_HELP)
                    aria-label=say(lab, key::TRANSPORT_STEP)
                    on:click=move |_| lab.step(1)
                >
                    {icon(STEP)}
                </button>
            </div>
            {speed(lab)}
            <p class="counter">
                <span>{say(lab, key::TRANSPORT_STEP_COUNT)}</span>
                " "
                <b data-part="step-count">{move || count(lab, |frame| frame.step)}</b>
                <span class="dot">" · "</span>
                <span>{say(lab, key::TRANSPORT_EPOCH)}</span>
                " "
                <b data-part="epoch-count">{move || count(lab, |frame| frame.epoch)}</b>
            </p>
            {earlier(lab)}
            <span class="spring"></span>
            {seed(lab)}
            {engine(lab)}
        </div>
    }
    .into_any()
}

fn count(lab: Lab, of: impl FnOnce(&batchnorm_lab::protocol::Frame) -> u64) -> String {
    lab.read(of).map_or_else(|| "–".into(), format::count)
}

fn speed(lab: Lab) -> AnyView {
    let Ok(row) = setting("speed") else {
        return ().into_any();
    };
    view! {
        <div
            class="speed"
            data-part="speed"
            role="group"
            aria-label=move || lab.words.find("control.speed.label")
            hidden=move || lab.hides("speed")
            on:pointerenter=move |_| lab.pointed.set(Some("speed"))
            on:pointerleave=move |_| lab.pointed.set(None)
        >
            <span class="label">{move || lab.words.find("control.speed.label")}</span>
            {choice::buttons(lab, row, Speed::NAMES)}
        </div>
    }
    .into_any()
}

fn earlier(lab: Lab) -> AnyView {
    view! {
        <button
            type="button"
            class="quiet back"
            data-part="back"
            hidden=move || lab.earlier.with(Option::is_none)
            on:click=move |_| lab.go_back()
        >
            {say(lab, key::TRANSPORT_BACK)}
        </button>
    }
    .into_any()
}

fn seed(lab: Lab) -> AnyView {
    let value = move || lab.now.with(|settings| settings.seed.to_string());
    let typed = move |event: web_sys::Event| {
        lab.change("seed", event_target_value(&event).trim());
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&value());
    };
    view! {
        <div
            class="seed"
            data-part="seed"
            hidden=move || lab.hides("seed")
            on:pointerenter=move |_| lab.pointed.set(Some("seed"))
            on:pointerleave=move |_| lab.pointed.set(None)
        >
            <label for="input-seed">{move || lab.words.find("control.seed.label")}</label>
            <input
                type="text"
                inputmode="numeric"
                id="input-seed"
                class="value"
                autocomplete="off"
                prop:value=value
                on:change=typed
            />
            <button
                type="button"
                class="quiet"
                data-part="new-seed"
                title=say(lab, key::TRANSPORT_NEW_SEED)
                aria-label=say(lab, key::TRANSPORT_NEW_SEED)
                on:click=move |_| lab.reseed()
            >
                {icon(DICE)}
            </button>
        </div>
    }
    .into_any()
}

fn engine(lab: Lab) -> AnyView {
    let options: Vec<AnyView> = lab
        .engines
        .get_value()
        .into_iter()
        .map(|name| view! { <option value=name.clone()>{name.clone()}</option> }.into_any())
        .collect();
    view! {
        <label
            class="engine"
            data-part="engine"
            data-engine=move || lab.engine.get()
            hidden=move || lab.hides("engine")
            title=say(lab, key::TRANSPORT_ENGINE_HELP)
        >
            <span>{say(lab, key::TRANSPORT_ENGINE)}</span>
            <select
                prop:value=move || lab.engine.get()
                on:change=move |event| lab.use_engine(&event_target_value(&event))
            >
                {options}
            </select>
        </label>
    }
    .into_any()
}
