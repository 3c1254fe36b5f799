//! What each run answers: over the plane, to digits, to sequences.

use batchnorm_lab::data::Split;
use batchnorm_lab::protocol::Side;
use batchnorm_lab::settings::choice::DatasetKind;

use super::curves::LEARNED;
use super::saying::{Saying, span};
use super::{Seen, Told};
use crate::i18n::key;

/// If so large a share of the answers is the same one, that is the answer to everything.
const ONE_ANSWER: f32 = 0.9;
/// A length whose share is so much less than that of all is worth a word; of fifty sequences chance moves it by 0.07.
const WORSE: f32 = 0.2;
/// Classes of the digits.
const DIGITS: usize = 10;

/// What each run answers.
pub fn boundary(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let sides = seen.sides();
    if sides.is_empty() {
        return saying.only(key::TELL_NOTHING);
    }
    saying.columns(&[key::TELL_COLUMN_RUN]);
    match seen.now.data {
        DatasetKind::Digits => {
            saying.columns(&[key::AXIS_DIGIT]);
            for class in 0..DIGITS {
                saying.column(["→ ", &class.to_string()].concat());
            }
        }
        DatasetKind::Sequences => saying.columns(&[
            key::AXIS_LENGTH,
            key::TELL_COLUMN_CORRECT,
            key::TELL_COLUMN_ALL,
        ]),
        _ => saying.columns(&[
            key::TELL_COLUMN_RIGHT,
            key::TELL_COLUMN_AREA,
            key::TELL_COLUMN_LOWEST,
            key::TELL_COLUMN_HIGHEST,
        ]),
    }
    for side in sides {
        if saying.is_over(side) {
            continue;
        }
        let accuracy = seen.accuracy(side);
        if accuracy.is_nan() {
            // No batch of that size can be normalised.
            saying.say(key::TELL_ACCURACY_NONE);
            continue;
        }
        saying.share("now", accuracy);
        match seen.now.data {
            DatasetKind::Digits => digits(&mut saying, side),
            DatasetKind::Sequences => sequences(&mut saying, side, accuracy),
            _ => plane(&mut saying, side, accuracy),
        }
    }
    saying.told()
}

fn plane(saying: &mut Saying, side: &Side, accuracy: f32) {
    let seen = saying.seen;
    let ones = side.boundary.iter().filter(|logit| **logit > 0.0).count();
    let key = if side.boundary.is_empty() {
        // Not observed: nobody looks at it.
        key::TELL_ACCURACY_PARTLY
    } else if ones == 0 || ones == side.boundary.len() {
        key::TELL_PLANE_WHOLE
    } else if seen.is_chance(accuracy) {
        key::TELL_PLANE_CHANCE
    } else if accuracy >= LEARNED {
        key::TELL_PLANE_LEARNED
    } else {
        key::TELL_PLANE_PARTLY
    };
    saying.say(key);
    let area = ones as f32 / side.boundary.len() as f32;
    let (lowest, highest) = span(&side.boundary).unwrap_or((f32::NAN, f32::NAN));
    saying.run_cell(side.index);
    saying.figures(&[100.0 * accuracy, 100.0 * area, lowest, highest]);
    saying.end_row();
}

fn digits(saying: &mut Saying, side: &Side) {
    let counts = &side.confusion;
    if counts.len() != DIGITS * DIGITS {
        return saying.say(key::TELL_ACCURACY_PARTLY);
    }
    let (mut all, mut right, mut guessed, mut worst) = (0, 0, [0; DIGITS], None);
    for (place, count) in counts.iter().enumerate() {
        let (truth, guess) = (place / DIGITS, place % DIGITS);
        all += count;
        guessed[guess] += count;
        if truth == guess {
            right += count;
        } else if worst.is_none_or(|worst: usize| counts[worst] < *count) {
            worst = Some(place);
        }
    }
    let worst = worst.unwrap_or(1);
    let most = guessed.iter().copied().max().unwrap_or(0);
    let favourite = guessed.iter().position(|count| *count == most);
    saying.count("favourite", favourite.unwrap_or(0) as u64);
    saying.count("truth", (worst / DIGITS) as u64);
    saying.count("guess", (worst % DIGITS) as u64);
    saying.count("count", u64::from(counts[worst]));
    saying.say(if most as f32 >= ONE_ANSWER * all as f32 {
        key::TELL_DIGITS_ONE
    } else if right == all {
        key::TELL_DIGITS_ALL
    } else {
        key::TELL_DIGITS_MOST
    });
    for (truth, row) in counts.chunks_exact(DIGITS).enumerate() {
        saying.run_cell(side.index);
        saying.count_cell(truth as u64);
        for count in row {
            saying.count_cell(u64::from(*count));
        }
        saying.end_row();
    }
}

fn sequences(saying: &mut Saying, side: &Side, accuracy: f32) {
    let counts = saying.seen.test.map(|test| by_length(test, &side.guesses));
    let counts = counts.unwrap_or_default();
    let mut worst = (1.0, 0);
    for (length, [right, all]) in counts.iter().enumerate().filter(|(_, of)| of[1] > 0) {
        let share = *right as f32 / *all as f32;
        if share < worst.0 {
            worst = (share, length);
        }
        saying.run_cell(side.index);
        for count in [length as u64, u64::from(*right), u64::from(*all)] {
            saying.count_cell(count);
        }
        saying.end_row();
    }
    saying.share("worst", worst.0);
    saying.count("length", worst.1 as u64);
    saying.say(if saying.seen.is_chance(accuracy) {
        key::TELL_SEQUENCES_CHANCE
    } else if accuracy - worst.0 > WORSE {
        key::TELL_SEQUENCES_WORST
    } else {
        key::TELL_SEQUENCES_EVEN
    });
}

/// Of each length the right answers and all.
fn by_length(test: &Split, guesses: &[u8]) -> Vec<[u32; 2]> {
    let mut counts = Vec::new();
    for ((guess, label), length) in guesses.iter().zip(&test.labels).zip(&test.lengths) {
        if counts.len() <= *length {
            counts.resize(length + 1, [0, 0]);
        }
        counts[*length][0] += u32::from(guess == label);
        counts[*length][1] += 1;
    }
    counts
}
