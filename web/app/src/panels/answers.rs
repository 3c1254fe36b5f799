//! What stands in place of a decision boundary where data are no points of a plane: the answers to digits and sequences.

use std::sync::Arc;

use batchnorm_lab::data::Dataset;

use super::figure::{Figure, figure};
use super::output::of_run;
use crate::charts::{Chart, Digits, Hover, Sequences};
use crate::i18n::{Key, key};
use crate::state::{Lab, side};
use crate::ui::{El, Signal, el};

/// How many test points the figures are of.
pub fn sample(lab: Lab, text: Key) -> El {
    el("p").class("axis-note").say(move || {
        let [_, test] = lab.read(|frame| frame.evaluated).unwrap_or_default();
        lab.view.words.fill(text, &[("n", &test.to_string())])
    })
}

/// Which digits are taken for which, and some of them one by one.
pub fn digits(lab: Lab, data: Signal<Arc<Dataset>>, index: u8) -> El {
    let words = lab.view.words;
    let with = move |draw: &mut dyn FnMut(&dyn Chart)| {
        let data = data.get_untracked();
        lab.run.frame.with_untracked(|frame| {
            let side = frame.as_deref().and_then(|frame| side(frame, index));
            draw(&Digits {
                confusion: side.map_or(&[], |side| &side.confusion),
                guesses: side.map_or(&[], |side| &side.guesses),
                test: &data.test.x,
                labels: &data.test.labels,
                side: usize::from(index),
                truth: words.get(key::AXIS_DIGIT),
                guess: words.get(key::AXIS_GUESS),
            });
        });
    };
    let title = key::OUTPUT_DIGITS;
    let part = ["digits-a", "digits-b"][usize::from(index)];
    let chart = Figure::new(part, label(lab, title), watch(lab, data), with).read(reading(
        lab,
        key::READ_DIGITS,
        ["truth", "guess", "count"],
    ));
    of_run(lab, index, title, "boundary answers", figure(lab, chart))
}

/// Sequences of which length are right, and some of them step by step.
pub fn sequences(lab: Lab, data: Signal<Arc<Dataset>>, index: u8) -> El {
    let with = move |draw: &mut dyn FnMut(&dyn Chart)| {
        let data = data.get_untracked();
        lab.run.frame.with_untracked(|frame| {
            let side = frame.as_deref().and_then(|frame| side(frame, index));
            draw(&Sequences {
                guesses: side.map_or(&[], |side| &side.guesses),
                test: &data.test.x,
                labels: &data.test.labels,
                lengths: &data.test.lengths,
                side: usize::from(index),
                length: lab.view.words.get(key::AXIS_LENGTH),
            });
        });
    };
    let title = key::OUTPUT_SEQUENCES;
    let part = ["sequences-a", "sequences-b"][usize::from(index)];
    let names = ["length", "right", "count"];
    let chart = Figure::new(part, label(lab, title), watch(lab, data), with).read(reading(
        lab,
        key::READ_SEQUENCES,
        names,
    ));
    let class = "boundary answers sequences";
    of_run(lab, index, title, class, figure(lab, chart))
}

fn label(lab: Lab, title: Key) -> impl Fn() -> String {
    move || lab.view.words.get(title).to_owned()
}

fn watch(lab: Lab, data: Signal<Arc<Dataset>>) -> impl Fn() {
    move || {
        lab.run.frame.track();
        data.track();
    }
}

/// What is said of the three numbers found under the pointer.
fn reading(lab: Lab, text: Key, names: [&'static str; 3]) -> impl Fn(Hover) -> Option<Vec<String>> {
    move |hover| {
        let Hover::Answers(numbers) = hover else {
            return None;
        };
        let numbers = numbers.map(|number| number.to_string());
        let values = [0, 1, 2].map(|place| (names[place], &*numbers[place]));
        Some(vec![lab.view.words.fill(text, &values)])
    }
}
