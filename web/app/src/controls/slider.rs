//! A number: a slider over round values, and a field that takes any allowed one.

use batchnorm_lab::numeric::decimal;
use batchnorm_lab::settings::{Range, Setting, Settings};

use super::{field, scale, value_of};
use crate::format;
use crate::i18n::{Key, key};
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, el, is_checked, value_of as typed_text, write_back};
use crate::url;

/// Slider, typed value, default mark.
pub fn slider(lab: Lab, row: &'static Setting) -> El {
    let name = row.name;
    let word = match row.range {
        Range::Real { word, .. } => word,
        _ => None,
    };
    let is_word = move || word.is_some_and(|word| value_of(lab, row) == word);
    let mut typed = el("span").class("typed").child(
        el("input")
            .attr("type", "text")
            .attr("inputmode", "decimal")
            .class("value")
            .attr("id", &format!("input-{name}"))
            .attr("aria-describedby", &format!("help-{name}"))
            .attr("autocomplete", "off")
            .value(move || value_of(lab, row))
            .flag_live("disabled", is_word)
            .on("change", move |event| {
                let text = typed_text(&event).trim().replace('−', "-");
                lab.change(name, &text);
                // A refused text does not stay in the field: it shows what is in force.
                write_back(&event, &value_of(lab, row));
            }),
    );
    if let Some(unit) = Key::find(&format!("control.{name}.unit")) {
        typed = typed.child(el("span").class("unit").tell(lab, unit));
    }
    let body = el("div").child(track(lab, row, is_word));
    let body = match word {
        Some(word) => body.child(word_box(lab, row, word, is_word)),
        None => body,
    };
    field(lab, row, Some(typed), Some(body), false)
}

/// Where a value stands among the stops, as place and share of the way.
fn place(lab: Lab, row: &'static Setting, value: &str) -> (usize, f64, usize) {
    let stops = lab.run.now.with(|settings| scale::stops(row, settings));
    let place = decimal::parse(value).map_or(0, |value| scale::nearest(&stops, value));
    let last = stops.len().saturating_sub(1);
    (place, place as f64 / last.max(1) as f64, last)
}

fn track(lab: Lab, row: &'static Setting, is_word: impl Fn() -> bool + 'static) -> El {
    let name = row.name;
    let first = move || {
        lab.run
            .lesson
            .with(|lesson| (row.read)(&url::base(*lesson)))
    };
    let now = move || place(lab, row, &value_of(lab, row));
    let mark = el("span")
        .class("mark")
        .hint(lab, key::CONTROL_DEFAULT)
        .live("style", move || format::share(place(lab, row, &first()).1));
    let range = el("input")
        .attr("type", "range")
        .attr("min", "0")
        .attr("step", "1")
        .attr("aria-labelledby", &format!("label-{name}"))
        .live("max", move || now().2.to_string())
        .live("aria-valuetext", move || value_of(lab, row))
        .live("style", move || format::share(now().1))
        .value(move || now().0.to_string())
        .flag_live("disabled", is_word)
        .on("input", move |event| {
            let place: usize = typed_text(&event).parse().unwrap_or(0);
            let stops = lab
                .run
                .now
                .with_untracked(|settings| scale::stops(row, settings));
            if let Some(stop) = stops.get(place) {
                lab.change(name, &scale::text(*stop));
            }
        });
    el("div").class("track").child(mark).child(range)
}

/// A tick for the word that may stand instead of a number.
fn word_box(
    lab: Lab,
    row: &'static Setting,
    word: &'static str,
    is_word: impl Fn() -> bool + 'static,
) -> El {
    let name = row.name;
    let fallback = (row.read)(&Settings::default());
    let tick = el("input")
        .attr("type", "checkbox")
        .checked(is_word)
        .on("change", move |event| {
            lab.change(name, if is_checked(&event) { word } else { &fallback });
        });
    el("label")
        .class("word")
        .child(tick)
        .child(el("span").say(move || lab.view.words.find(&format!("choice.{name}.{word}"))))
}
