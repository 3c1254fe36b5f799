//! What stands in place of a decision boundary where data are no points of a plane: the answers to digits and sequences.

use std::rc::Rc;
use std::sync::Arc;

use batchnorm_lab::data::Dataset;

use super::output::of_run;
use crate::canvas::{Chart, canvas};
use crate::charts::{
    DigitsData, SequencesData, draw_digits, draw_sequences, locate_digits, locate_sequences,
};
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
    let with = move |of: &mut dyn FnMut(DigitsData)| {
        let data = data.get_untracked();
        lab.run.frame.with_untracked(|frame| {
            let side = frame.as_deref().and_then(|frame| side(frame, index));
            of(DigitsData {
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
    let chart = Chart {
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let _ = draw_digits(area, &data, theme, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut found = None;
            with(&mut |data| found = locate_digits(&data, size, point));
            reading(lab, key::READ_DIGITS, ["truth", "guess", "count"], found)
        })),
        ..answers(
            lab,
            data,
            if index == 0 { "digits-a" } else { "digits-b" },
            key::OUTPUT_DIGITS,
        )
    };
    of_run(
        lab,
        index,
        key::OUTPUT_DIGITS,
        "boundary answers",
        canvas(lab, chart),
    )
}

/// Sequences of which length are right, and some of them step by step.
pub fn sequences(lab: Lab, data: Signal<Arc<Dataset>>, index: u8) -> El {
    let words = lab.view.words;
    let part = if index == 0 {
        "sequences-a"
    } else {
        "sequences-b"
    };
    let with = move |of: &mut dyn FnMut(SequencesData)| {
        let data = data.get_untracked();
        lab.run.frame.with_untracked(|frame| {
            let side = frame.as_deref().and_then(|frame| side(frame, index));
            of(SequencesData {
                guesses: side.map_or(&[], |side| &side.guesses),
                test: &data.test.x,
                labels: &data.test.labels,
                lengths: &data.test.lengths,
                side: usize::from(index),
                length: words.get(key::AXIS_LENGTH),
            });
        });
    };
    let chart = Chart {
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let _ = draw_sequences(area, &data, theme, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut found = None;
            with(&mut |data| found = locate_sequences(&data, size, point));
            reading(
                lab,
                key::READ_SEQUENCES,
                ["length", "right", "count"],
                found,
            )
        })),
        ..answers(lab, data, part, key::OUTPUT_SEQUENCES)
    };
    of_run(
        lab,
        index,
        key::OUTPUT_SEQUENCES,
        "boundary answers sequences",
        canvas(lab, chart),
    )
}

/// A chart of test points and frames that draws nothing yet.
fn answers(lab: Lab, data: Signal<Arc<Dataset>>, part: &'static str, title: Key) -> Chart {
    Chart {
        part: part.into(),
        label: Box::new(move || lab.view.words.get(title).to_owned()),
        watch: Box::new(move || {
            lab.run.frame.track();
            data.track();
        }),
        paint: Rc::new(|_, _, _| {}),
        locate: None,
        press: None,
    }
}

/// What is said of the three numbers found under the pointer.
fn reading(lab: Lab, text: Key, names: [&str; 3], found: Option<[u32; 3]>) -> Option<Vec<String>> {
    let numbers = found?.map(|number| number.to_string());
    let values = [0, 1, 2].map(|place| (names[place], &*numbers[place]));
    Some(vec![lab.view.words.fill(text, &values)])
}
