//! One sentence about what the charts show, for eyes and ears; help takes its place while something is pointed at.

use std::time::Duration;

use batchnorm_lab::settings::choice::{Norm, Statistics};

use crate::format;
use crate::i18n::key;
use crate::spoken::letter;
use crate::state::{Lab, Phase, Pointed};
use crate::ui::{El, Interval, Signal, after, el, keep, untrack};

/// A reader, or a screen reader, needs this long for a sentence.
const PACE: Duration = Duration::from_secs(3);
/// Accuracies closer than this are not worth a sentence.
const GAP: f32 = 0.05;

/// The line at the foot of the page.
pub fn summary(lab: Lab) -> El {
    let sentence = Signal::new(String::new());
    let refresh = move || {
        let text = untrack(|| compose(lab));
        if sentence.try_with_untracked(|before| *before != text) == Some(true) {
            sentence.set(text);
        }
    };
    after(move || {
        lab.run.phase.track();
        lab.run.impossible.track();
        lab.view.words.0.track();
        lab.run.number.track();
        lab.run.now.with(|s| (s.statistics, s.selected_layer));
        refresh();
    });
    // Paused, a step is worth a sentence at once; playing, the clock decides.
    after(move || {
        lab.run.frame.track();
        if lab.run.phase.get_untracked() != Phase::Playing {
            refresh();
        }
    });
    keep(Interval::new(refresh, PACE));
    let help = move || {
        let pointed = lab.view.pointed.get();
        pointed.map_or_else(String::new, |Pointed { name, .. }| {
            lab.view.words.find(&format!("control.{name}.help"))
        })
    };
    el("footer")
        .class("foot")
        .child(
            el("p")
                .class("summary")
                .attr("data-part", "summary")
                .attr("aria-live", "polite")
                .class_live("behind", move || lab.view.pointed.get().is_some())
                .say(move || sentence.get()),
        )
        .child(
            el("p")
                .class("pointed")
                .attr("aria-hidden", "true")
                .say(help),
        )
}

/// The sentence of the moment, from the newest frame's own numbers.
fn compose(lab: Lab) -> String {
    let words = lab.view.words;
    match lab.run.phase.get() {
        Phase::Refused if lab.run.impossible.with(Option::is_some) => {
            return words.get(key::SUMMARY_IMPOSSIBLE).into();
        }
        Phase::Loading => return words.get(key::SUMMARY_LOADING).into(),
        Phase::Lost => return words.get(key::SUMMARY_LOST).into(),
        Phase::Refused => return words.get(key::SUMMARY_REFUSED).into(),
        Phase::Invitation => return words.get(key::SUMMARY_INVITATION).into(),
        _ => {}
    }
    let step = lab.read(|frame| frame.step).unwrap_or(0);
    let mut text = words.fill(key::SUMMARY_STEP, &[("step", &format::count(step))]);
    for index in [0, 1] {
        if let Some(part) = of_side(lab, index) {
            text.push_str(&part);
        }
    }
    text.push_str(&last_layer(lab).unwrap_or_default());
    text
}

fn of_side(lab: Lab, index: u8) -> Option<String> {
    let words = lab.view.words;
    let norm = lab
        .run
        .now
        .with(|s| if index == 0 { s.norm_a } else { s.norm_b });
    let (diverged, running, batch) = lab.read_side(index, |side| {
        let accuracy = &side.accuracy;
        (side.diverged_at, accuracy.eval_running, accuracy.eval_batch)
    })?;
    let run = letter(lab, index);
    let name = words.find(&format!("choice.a.{}", norm.name()));
    if let Some(step) = diverged {
        let step = format::count(step);
        return Some(words.fill(
            key::SUMMARY_DIVERGED,
            &[("run", run), ("norm", &name), ("step", &step)],
        ));
    }
    let has_gap = norm != Norm::None && (running - batch).abs() > GAP;
    // Where both are not told, the one that the switch and the heading of the boundary show.
    let is_batch = lab.run.now.with(|s| s.statistics) == Statistics::Batch;
    let told = if is_batch && !has_gap { batch } else { running };
    let figures = [
        ("run", run),
        ("norm", name.as_str()),
        ("running", &format::percent(told)),
        ("batch", &format::percent(batch)),
    ];
    let key = if has_gap {
        key::SUMMARY_ACCURACY_GAP
    } else {
        key::SUMMARY_ACCURACY
    };
    Some(words.fill(key, &figures))
}

/// How wide the last hidden layer's values are: where a deep plain net fades first.
fn last_layer(lab: Lab) -> Option<String> {
    let words = lab.view.words;
    let std = |index: u8| {
        lab.read_side(index, |side| {
            let layer = side.layers.last()?;
            let after = layer.normalized.as_ref().map(|d| d.std);
            // A run that has diverged has been told of.
            layer
                .before
                .std
                .is_finite()
                .then_some((side.layers.len(), layer.before.std, after))
        })
        .flatten()
    };
    let value = |x: f32| format::value(f64::from(x));
    match (std(0), std(1)) {
        (Some((layer, a, _)), Some((_, b, _))) => Some(words.fill(
            key::SUMMARY_WIDTHS,
            &[
                ("layer", &layer.to_string()),
                ("a", &value(a)),
                ("b", &value(b)),
            ],
        )),
        (Some((layer, before, after)), None) | (None, Some((layer, before, after))) => {
            Some(match after {
                Some(after) => words.fill(
                    key::SUMMARY_WIDTH_NORMALIZED,
                    &[
                        ("layer", &layer.to_string()),
                        ("before", &value(before)),
                        ("after", &value(after)),
                    ],
                ),
                None => words.fill(
                    key::SUMMARY_WIDTH,
                    &[("layer", &layer.to_string()), ("before", &value(before))],
                ),
            })
        }
        (None, None) => None,
    }
}
