//! Slow motion: the points of the mini-batch move from their raw values to γ·x̂ + β, once per step.

use std::cell::Cell;

use super::Panel;
use super::figure::{Figure, figure};
use super::output;
use crate::charts::SelectedUnitChart;
use crate::i18n::key;
use crate::small_sort::Bound;
use crate::spoken::Spoken;
use crate::state::{Lab, side};
use crate::ui::{El, Signal, after, el, request_animation_frame, window};

/// Share of the time between two steps in which the points move; the rest is for looking.
const MOVING: f64 = 0.7;

/// The selected unit of each run shown.
pub fn selected_unit(lab: Lab) -> El {
    let phase = Signal::new(1.0_f64);
    let before = Cell::new(None);
    after(move || {
        let step = lab.read(|frame| frame.step).unwrap_or(0);
        if before.replace(Some(step)) != Some(step) {
            move_points(lab, phase);
        }
    });
    el("div")
        .class("selected-units")
        .attr("data-area", "selected-unit")
        .attr("data-part", "selected-unit")
        .each(
            move || output::shown_sides(lab),
            move |side| one(lab, side as u8, phase),
        )
}

/// Lets the phase run from 0 to 1; a reader who wants no motion sees the end at once.
fn move_points(lab: Lab, phase: Signal<f64>) {
    let pace = lab.run.now.with_untracked(|s| s.speed.steps_per_second());
    let is_still = window()
        .match_media("(prefers-reduced-motion: reduce)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches());
    let (Some(pace), false) = (pace, is_still) else {
        phase.set(1.0);
        return;
    };
    let Some(clock) = window().performance() else {
        phase.set(1.0);
        return;
    };
    let length = 1000.0 * MOVING / pace;
    let begin = clock.now();
    let step = lab
        .run
        .frame
        .with_untracked(|f| f.as_deref().map(|f| (f.run, f.step)));
    go_on(lab, phase, begin, length, step);
}

fn go_on(lab: Lab, phase: Signal<f64>, begin: f64, length: f64, of: Option<(u32, u64)>) {
    let now = window().performance().map_or(f64::MAX, |clock| clock.now());
    let share = ((now - begin) / length).bound(0.0, 1.0);
    // A newer step has its own movement, and a chart that is gone has none.
    let is_newest = lab
        .run
        .frame
        .try_with_untracked(|f| f.as_deref().map(|f| (f.run, f.step)) == of)
        .unwrap_or(false);
    if !is_newest || !phase.try_set(share) {
        return;
    }
    if share < 1.0 {
        request_animation_frame(move || go_on(lab, phase, begin, length, of));
    }
}

fn one(lab: Lab, index: u8, phase: Signal<f64>) -> El {
    let words = lab.view.words;
    let (title, part) = if index == 0 {
        (key::SELECTED_UNIT_A, "selected-unit-a")
    } else {
        (key::SELECTED_UNIT_B, "selected-unit-b")
    };
    let chart = Figure::new(
        part,
        move || words.get(title).to_owned(),
        move || {
            lab.run.frame.track();
            phase.track();
        },
        move |draw| {
            lab.run.frame.with_untracked(|frame| {
                if let Some(side) = frame.as_deref().and_then(|frame| side(frame, index)) {
                    draw(&SelectedUnitChart {
                        points: &side.selected_unit,
                        phase: phase.get_untracked(),
                        rails: [
                            words.get(key::SELECTED_UNIT_BEFORE),
                            words.get(key::SELECTED_UNIT_NORMALIZED),
                            words.get(key::SELECTED_UNIT_AFTER),
                        ],
                        operations: ["− μ", "÷ σ", "× γ", "+ β"],
                    });
                }
            });
        },
    );
    let caption = el("figcaption")
        .child(el("span").tell(lab, title))
        .child(output::about_last(lab, Panel::SelectedUnit, index));
    el("figure")
        .class("small")
        .child(caption)
        .child(figure(lab, chart))
}
