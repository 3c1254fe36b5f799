//! The whole page: its parts in their places, and the keys that work everywhere.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::panels::{header, help, layers, messages, noise, output, settings, summary, transport};
use crate::state::Lab;

/// The lab as an element.
pub fn page(lab: Lab) -> AnyView {
    let words = lab.words;
    let lead = move || {
        lab.lesson
            .get()
            .map(|lesson| words.find(&format!("lesson.{}.lead", lesson.id)))
    };
    let theme = move || if lab.is_dark.get() { "dark" } else { "light" };
    let lit = move || lab.pointed.get().map_or("", area_of);
    let lesson_lit = move || lab.lesson.get().map_or("", |lesson| lesson.lit);
    view! {
        <div
            class="lab"
            data-part="lab"
            data-theme=theme
            data-phase=move || lab.phase.get().name()
            data-lit=lit
            data-lesson-lit=lesson_lit
            data-run=move || lab.run.get().to_string()
            data-page=lab.is_page.to_string()
            class:presenting=move || lab.is_presenting.get()
            lang=move || words.0.get().tag()
        >
            {header::header(lab)}
            {transport::transport(lab)}
            <p class="lead" data-part="lead">{lead}</p>
            {messages::messages(lab)}
            <main class="stage">
                {settings::settings(lab)}
                {layers::layers(lab)}
                {output::output(lab)}
                {noise::noise(lab)}
            </main>
            {summary::summary(lab)}
            {help::help(lab)}
            {tooltip(lab)}
        </div>
    }
    .into_any()
}

/// The area of the figure that a control moves.
fn area_of(name: &'static str) -> &'static str {
    match name {
        "data" | "noise" | "samples" | "split" => "boundary",
        "batch" => "noise",
        "lr" | "opt" | "sgdm" | "wd" | "loss" => "loss",
        "layers" | "act" | "init" | "gain" | "a" | "b" | "show" | "eps" | "speed" => "layers",
        "affine" => "gamma-beta",
        "momentum" => "moments",
        "stats" | "three" => "accuracy",
        "pin" => "noise",
        _ => "",
    }
}

fn tooltip(lab: Lab) -> AnyView {
    let inner = move || {
        lab.tooltip.get().map(|tip| {
            let lines: Vec<AnyView> = tip
                .lines
                .into_iter()
                .map(|line| view! { <span>{line}</span> }.into_any())
                .collect();
            // Near the right edge it opens to the left, so that it is never cut off.
            let width = window()
                .inner_width()
                .ok()
                .and_then(|w| w.as_f64())
                .unwrap_or(0.0);
            let is_far = tip.x > width - 220.0;
            view! {
                <div
                    class="tooltip"
                    class:left=is_far
                    data-part="tooltip"
                    style=format!("left:{:.0}px;top:{:.0}px", tip.x, tip.y)
                >
                    {lines}
                </div>
            }
            .into_any()
        })
    };
    view! { {inner} }.into_any()
}

/// Whether a key event belongs to the field under it and not to the lab.
fn is_taken(event: &web_sys::KeyboardEvent) -> bool {
    let Some(target) = event
        .composed_path()
        .get(0)
        .dyn_into::<web_sys::Element>()
        .ok()
    else {
        return false;
    };
    let kind = target.get_attribute("type").unwrap_or_default();
    let is_text = match target.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => matches!(kind.as_str(), "text" | "number" | "search" | ""),
        _ => target.has_attribute("contenteditable"),
    };
    match event.key().as_str() {
        " " => {
            is_text
                || matches!(
                    target.tag_name().as_str(),
                    "BUTTON" | "SUMMARY" | "INPUT" | "A"
                )
        }
        "ArrowRight" => is_text || target.tag_name() == "INPUT",
        "Escape" => false,
        _ => is_text,
    }
}

/// Obeys a key.
pub fn on_key(lab: Lab, event: &web_sys::KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || is_taken(event) {
        return;
    }
    match event.key().as_str() {
        " " => lab.toggle(),
        "ArrowRight" => lab.step(1),
        "r" | "R" => lab.reset(),
        "?" => lab.is_helping.update(|on| *on = !*on),
        "Escape" => {
            lab.is_helping.set(false);
            lab.tooltip.set(None);
            // Leaving the help is the nearest meaning of Escape; the browser keeps its own.
            return;
        }
        _ => return,
    }
    event.prevent_default();
}
