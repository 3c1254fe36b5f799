//! The hidden layers: how many, and how many units each has.

use batchnorm_lab::settings::{MAX_LAYERS, MAX_WIDTH, Setting};

use super::field;
use crate::dom::{El, button, el, value_of, write_back};
use crate::i18n::key;
use crate::panels::Spoken;
use crate::state::Lab;

/// A stepper for the number of layers and one small field per layer.
pub fn widths(lab: Lab, row: &'static Setting) -> El {
    let remove = button()
        .text("−")
        .named(lab, key::LAYERS_REMOVE)
        .flag_live("disabled", move || lab.depth.get() < 2)
        .press(move || {
            let mut next = lab.now.with_untracked(|s| s.layers.clone());
            next.pop();
            put(lab, &next);
        });
    let add = button()
        .text("+")
        .named(lab, key::LAYERS_ADD)
        .flag_live("disabled", move || lab.depth.get() >= MAX_LAYERS)
        .press(move || {
            let mut next = lab.now.with_untracked(|s| s.layers.clone());
            next.push(next.last().copied().unwrap_or(16));
            put(lab, &next);
        });
    let head = el("span")
        .class("stepper")
        .child(remove)
        .child(el("output").say(move || lab.depth.get().to_string()))
        .child(add);
    let body = el("div").class("widths").swap(move || {
        (0..lab.depth.get())
            .map(|layer| width(lab, layer))
            .collect()
    });
    field(lab, row, Some(head), Some(body), true)
}

fn put(lab: Lab, layers: &[u32]) {
    let texts: Vec<String> = layers.iter().map(u32::to_string).collect();
    lab.change("layers", &texts.join("-"));
}

fn width(lab: Lab, layer: usize) -> El {
    let words = lab.words;
    let width = move || lab.now.with(|s| s.layers.get(layer).copied().unwrap_or(1));
    let number = (layer + 1).to_string();
    el("input")
        .attr("type", "number")
        .attr("min", "1")
        .attr("max", &MAX_WIDTH.to_string())
        .live("aria-label", move || {
            words.fill(key::LAYERS_WIDTH, &[("n", &number)])
        })
        .value(move || width().to_string())
        .on("change", move |event| {
            let mut next = lab.now.with_untracked(|s| s.layers.clone());
            let typed = value_of(&event).trim().parse::<u32>();
            if let (Ok(typed), Some(cell)) = (typed, next.get_mut(layer)) {
                *cell = typed.clamp(1, MAX_WIDTH);
                put(lab, &next);
            }
            write_back(&event, &width().to_string());
        })
}
