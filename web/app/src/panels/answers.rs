//! What stands in place of a decision boundary where data are no points of a plane: the answers to digits and sequences.

use std::rc::Rc;
use std::sync::Arc;

use batchnorm_lab::dataset::Dataset;

use super::output::of_run;
use crate::canvas::{Chart, canvas};
use crate::charts::{
    DigitsData, SequencesData, draw_digits, draw_sequences, locate_digits, locate_sequences,
};
use crate::dom::{El, el};
use crate::i18n::{Key, key};
use crate::signal::Sig;
use crate::state::{Lab, side};

/// How many test points the figures are of.
pub fn sample(lab: Lab, text: Key) -> El {
    el("p").class("axis-note").say(move || {
        let [_, test] = lab.read(|frame| frame.evaluated).unwrap_or_default();
        lab.words.fill(text, &[("n", &test.to_string())])
    })
}

/// Which digits are taken for which, and some of them one by one.
pub fn digits(lab: Lab, data: Sig<Arc<Dataset>>, index: u8) -> El {
    let words = lab.words;
    let title = key::OUTPUT_DIGITS;
    let part = if index == 0 { "digits-a" } else { "digits-b" };
    let with = move |of: &mut dyn FnMut(DigitsData)| {
        let data = data.get_untracked();
        lab.frame.with_untracked(|frame| {
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
        part: part.into(),
        label: Box::new(move || words.get(title).to_owned()),
        watch: Box::new(move || {
            lab.frame.track();
            data.track();
        }),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let _ = draw_digits(area, &data, theme, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut lines = None;
            with(&mut |data| {
                if let Some(found) = locate_digits(&data, size, point) {
                    let [truth, guess, count] = found.map(|number| number.to_string());
                    let values = [("truth", &*truth), ("guess", &guess), ("count", &count)];
                    lines = Some(vec![words.fill(key::READ_DIGITS, &values)]);
                }
            });
            lines
        })),
        press: None,
    };
    of_run(lab, index, title, "boundary digits", canvas(lab, chart))
}

/// Sequences of which length are right, and some of them step by step.
pub fn sequences(lab: Lab, data: Sig<Arc<Dataset>>, index: u8) -> El {
    let words = lab.words;
    let title = key::OUTPUT_SEQUENCES;
    let part = if index == 0 {
        "sequences-a"
    } else {
        "sequences-b"
    };
    let with = move |of: &mut dyn FnMut(SequencesData)| {
        let data = data.get_untracked();
        lab.frame.with_untracked(|frame| {
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
        part: part.into(),
        label: Box::new(move || words.get(title).to_owned()),
        watch: Box::new(move || {
            lab.frame.track();
            data.track();
        }),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let _ = draw_sequences(area, &data, theme, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut lines = None;
            with(&mut |data| {
                if let Some(found) = locate_sequences(&data, size, point) {
                    let [length, right, count] = found.map(|number| number.to_string());
                    let values = [("length", &*length), ("right", &right), ("count", &count)];
                    lines = Some(vec![words.fill(key::READ_SEQUENCES, &values)]);
                }
            });
            lines
        })),
        press: None,
    };
    of_run(lab, index, title, "boundary digits", canvas(lab, chart))
}
