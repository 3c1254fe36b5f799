//! Buttons that make all weights before a normalisation ten times as large on a copy, and what comes of it: before → after.

use crate::format;
use crate::i18n::{Key, key};
use crate::measured::{MOST_TENS, WeightPath, tens};
use crate::panels::measured::measuring::Measuring;
use crate::spoken::Spoken;
use crate::ui::{El, button, el};

pub(super) fn scaling(measuring: Measuring<WeightPath>) -> El {
    let lab = measuring.lab;
    let words = lab.view.words;
    let figures = el("dl")
        .class("watched-scaled")
        .attr("data-part", "scaled")
        .children(
            [
                (key::WATCHED_WEIGHTS_NORM, norm as Say),
                (key::WATCHED_SCALED_GRADIENT, gradient),
                (key::WATCHED_SCALED_CHANGE, change),
                (key::WATCHED_SCALED_TURNED, turned),
            ]
            .map(|(title, say)| {
                el("div")
                    .child(el("dt").tell(lab, title))
                    .child(el("dd").say(move || {
                        let said = measuring.with(|of| say(of?.newest().1.first()?));
                        said.unwrap_or_else(|| "–".into())
                    }))
            }),
        );
    let factor = move || {
        let factor = format::setting(tens(measuring.choice.get()));
        words.fill(key::WATCHED_SCALED_BY, &[("factor", &factor)])
    };
    el("div")
        .class("watched-scaling")
        .child(
            el("div")
                .class("watched-buttons")
                .attr("role", "group")
                .named(lab, key::WATCHED_SCALED_BUTTONS)
                .child(el("span").attr("data-part", "scaled-by").say(factor))
                .child(by(measuring, "scale-up", key::WATCHED_SCALED_TEN, 1))
                .child(by(measuring, "scale-down", key::WATCHED_SCALED_TENTH, -1))
                .child(undo(measuring)),
        )
        .child(figures)
}

type Say = fn(&WeightPath) -> Option<String>;

fn by(measuring: Measuring<WeightPath>, part: &'static str, title: Key, more: i32) -> El {
    let far = move || measuring.choice.get() + more;
    button()
        .class("quiet")
        .attr("data-part", part)
        .flag_live("disabled", move || far().abs() > MOST_TENS)
        .tell(measuring.lab, title)
        .press(move || {
            let to = measuring.choice.get_untracked() + more;
            if to.abs() <= MOST_TENS {
                measuring.choice.set(to);
            }
        })
}

fn undo(measuring: Measuring<WeightPath>) -> El {
    button()
        .class("quiet")
        .attr("data-part", "scale-undo")
        .flag_live("disabled", move || measuring.choice.get() == 0)
        .tell(measuring.lab, key::WATCHED_SCALED_UNDO)
        .press(move || measuring.choice.set(0))
}

fn arrow([before, after]: [f32; 2]) -> String {
    let [before, after] = [before, after].map(|of| format::value(f64::from(of)));
    [&*before, " → ", &after].concat()
}

fn norm(path: &WeightPath) -> Option<String> {
    Some(arrow(path.scaled?.norm))
}

fn gradient(path: &WeightPath) -> Option<String> {
    Some(arrow(path.scaled?.gradient))
}

/// Beside the largest output.
fn change(path: &WeightPath) -> Option<String> {
    let scaled = path.scaled?;
    let [change, output] = [scaled.change, scaled.output].map(|of| format::value(f64::from(of)));
    Some([&*change, " / ", &output].concat())
}

fn turned(path: &WeightPath) -> Option<String> {
    let scaled = path.scaled?;
    Some(
        [scaled.turned, scaled.rows]
            .map(|of| of.to_string())
            .join(" / "),
    )
}
