//! One sentence about how the runs are, for eyes and ears, the only text that speaks up by itself; help takes its place
//! while something is pointed at.

use std::time::Duration;

use super::telling::seen::with_seen;
use crate::actions::engine_choice;
use crate::i18n::key;
use crate::state::{Lab, Phase, Pointed};
use crate::tell::{Announcer, Turn, status};
use crate::ui::{El, Signal, after, el, set_timeout, window};

/// A reader, or a screen reader, needs this long for a sentence, in milliseconds.
const PACE: f64 = 5000.0;

/// The line at the foot of the page.
pub fn summary(lab: Lab) -> El {
    let help = move || {
        let pointed = lab.view.pointed.get();
        pointed.map_or_else(String::new, |Pointed { name, .. }| {
            lab.view.words.find(&format!("control.{name}.help"))
        })
    };
    let voice = Voice::new();
    listen(lab, voice);
    // Here, for every view has this panel.
    engine_choice::watch(lab);
    el("footer")
        .class("foot")
        .child(
            el("p")
                .class("summary")
                .attr("data-part", "summary")
                .attr("aria-live", "polite")
                .class_live("behind", move || lab.view.pointed.get().is_some())
                .say(move || voice.sentence.get()),
        )
        .child(
            el("p")
                .class("pointed")
                .attr("aria-hidden", "true")
                .say(help),
        )
}

/// What was said last, and when to say something else.
#[derive(Clone, Copy)]
struct Voice {
    sentence: Signal<String>,
    announcer: Signal<Announcer>,
    /// Whether a time is being waited for.
    is_waiting: Signal<bool>,
    /// Whether frames came by themselves when it was asked last.
    was_moving: Signal<bool>,
}

impl Voice {
    fn new() -> Self {
        Self {
            sentence: Signal::new(String::new()),
            announcer: Signal::new(Announcer::new(PACE)),
            is_waiting: Signal::new(false),
            was_moving: Signal::new(false),
        }
    }
}

/// Decides at every frame, by its time; a clock runs only where a run has stopped before its time had come.
fn listen(lab: Lab, voice: Voice) {
    // Another run or another language is told of at once.
    after(move || {
        lab.view.words.0.track();
        lab.run.number.track();
        lab.run.impossible.track();
        voice.announcer.update_value(Announcer::begin_anew);
        hear(lab, voice);
    });
    after(move || {
        lab.run.frame.track();
        lab.run.phase.track();
        lab.run.now.with(|s| s.statistics);
        hear(lab, voice);
    });
}

fn hear(lab: Lab, voice: Voice) {
    let (text, meaning, is_passing) = compose(lab);
    let now = window().performance().map_or(0.0, |clock| clock.now());
    let phase = lab.run.phase.get_untracked();
    // Steps that were asked for are under way like a run that plays.
    let is_stepping = lab
        .run
        .frame
        .with_untracked(|f| f.as_deref().is_some_and(|f| f.is_playing));
    let is_at_rest = !is_stepping && !matches!(phase, Phase::Playing | Phase::Replaying);
    // Where a run has just stopped its last figures are said at once: those of an earlier step would stand beside them.
    let mut has_stopped = false;
    voice.was_moving.try_update_value(|was| {
        has_stopped = is_at_rest && *was;
        *was = !is_at_rest;
    });
    if has_stopped {
        voice.announcer.try_update_value(Announcer::begin_anew);
    }
    let is_other = voice.sentence.with_untracked(|before| *before != text);
    let turn = voice
        .announcer
        .try_update_value(|announcer| announcer.hear(now, meaning, is_at_rest, is_other));
    // What only bids to wait or to begin holds up nothing that comes after it.
    if is_passing {
        voice.announcer.try_update_value(Announcer::begin_anew);
    }
    match turn {
        Some(Turn::Say) if is_other => voice.sentence.set(text),
        Some(Turn::Later(wait)) if !voice.is_waiting.get_untracked() => {
            voice.is_waiting.set_value(true);
            let again = move || {
                // The lab may have ended by then.
                if voice
                    .is_waiting
                    .try_update_value(|is| *is = false)
                    .is_some()
                {
                    hear(lab, voice);
                }
            };
            set_timeout(again, Duration::from_millis(wait as u64 + 1));
        }
        _ => {}
    }
}

/// The sentence of the moment, what it means, and whether it only bids to wait or to begin; from the newest frame's own
/// numbers.
fn compose(lab: Lab) -> (String, u32, bool) {
    let phase = lab.run.phase.get_untracked();
    let step = with_seen(lab, |seen| seen.frame.map(|frame| frame.step));
    let key = match phase {
        Phase::Lost => key::SUMMARY_LOST,
        _ if lab.run.impossible.with_untracked(Option::is_some) => key::SUMMARY_IMPOSSIBLE,
        _ if step.is_none() => key::SUMMARY_LOADING,
        Phase::Refused => key::SUMMARY_REFUSED,
        _ if step == Some(0) => key::SUMMARY_INVITATION,
        _ => {
            let told = with_seen(lab, status);
            return (told.sentence, told.meaning, false);
        }
    };
    let is_passing = key == key::SUMMARY_LOADING || key == key::SUMMARY_INVITATION;
    let text = lab.view.words.get(key).into();
    (text, u32::from(key.number()), is_passing)
}
