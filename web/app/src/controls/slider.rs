//! A number: a slider over round values, and a field that takes any allowed one.

use batchnorm_lab::settings::{Range, Setting, Settings, Stops, Value};

use super::{field, first_of, scale, text_of, typed, value_of};
use crate::format;
use crate::i18n::{Key, key};
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, el, is_checked, value_of as typed_text};

/// Slider, typed value, default mark.
pub fn slider(lab: Lab, row: &'static Setting, stops: Stops) -> El {
    let name = row.name;
    let word = match row.range {
        Range::Real { word, .. } => word,
        _ => None,
    };
    let is_word = move || value_of(lab, row) == Value::Word;
    let mut typed = el("span")
        .class("typed")
        .child(typed::typed(lab, row, &format!("input-{name}")).flag_live("disabled", is_word));
    if let Some(unit) = Key::find(&format!("control.{name}.unit")) {
        typed = typed.child(el("span").class("unit").tell(lab, unit));
    }
    let body = el("div").child(track(lab, row, stops, is_word));
    let body = match word {
        Some(word) => body.child(word_box(lab, row, word, is_word)),
        None => body,
    };
    field(lab, row, Some(typed), Some(body), false)
}

/// Where a value stands among the stops, as place and share of the way, and the last place.
fn place(lab: Lab, row: &Setting, stops: Stops, value: &Value) -> (usize, f64, usize) {
    let stops = lab.run.now.with(|now| scale::values(stops, row.range, now));
    let place = scale::number(value).map_or(0, |number| scale::nearest(&stops, number));
    let last = stops.len().saturating_sub(1);
    (place, place as f64 / last.max(1) as f64, last)
}

fn track(
    lab: Lab,
    row: &'static Setting,
    stops: Stops,
    is_word: impl Fn() -> bool + 'static,
) -> El {
    let name = row.name;
    let now = move || place(lab, row, stops, &value_of(lab, row));
    let first = move || place(lab, row, stops, &first_of(lab, row));
    let mark = el("span")
        .class("mark")
        .hint(lab, key::CONTROL_DEFAULT)
        .style_live("--share", move || format::share(first().1));
    let range = el("input")
        .attr("type", "range")
        .attr("min", "0")
        .attr("step", "1")
        .attr("aria-labelledby", &format!("label-{name}"))
        .live("max", move || now().2.to_string())
        .live("aria-valuetext", move || text_of(lab, row))
        .style_live("--share", move || format::share(now().1))
        .value(move || now().0.to_string())
        .flag_live("disabled", is_word)
        .on("input", move |event| {
            let place: usize = typed_text(&event).parse().unwrap_or(0);
            let now = lab.run.now.get_untracked();
            let values = scale::values(stops, row.range, &now);
            if let Some(number) = values.get(place) {
                lab.change(row, scale::value(row.range, *number));
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
    let fallback = (row.get)(&Settings::default());
    let tick = el("input")
        .attr("type", "checkbox")
        .checked(is_word)
        .on("change", move |event| {
            let value = match is_checked(&event) {
                true => Value::Word,
                false => fallback.clone(),
            };
            lab.change(row, value);
        });
    el("label")
        .class("word")
        .child(tick)
        .child(el("span").say(move || lab.view.words.find(&format!("choice.{name}.{word}"))))
}
