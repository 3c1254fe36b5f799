//! Loss and accuracy over steps: whether a run learns, has stopped, or runs away.

use super::saying::Saying;
use super::{Seen, Told};
use crate::history::{Curve, History};
use crate::i18n::{Key, key};

/// So many steps without movement are a standstill, if they are half of the run.
pub(super) const STANDSTILL: u64 = 50;
/// A loss so many times that of the start is no learning any more.
pub(super) const EXPLODED: f32 = 1e3;
/// Share of right answers that counts as learned.
pub(super) const LEARNED: f32 = 0.95;

/// A measured point of a curve: step and value.
type Point = (u64, f32);

/// Loss.
pub fn loss(seen: &Seen) -> Told {
    let columns = [
        (Curve::LossBatch, key::STATISTICS_BATCH),
        (Curve::LossTrain, key::CURVE_TRAIN),
        (Curve::LossTest, key::CURVE_TEST),
    ];
    curves(seen, loss_of, &columns, 1.0)
}

/// Accuracy.
pub fn accuracy(seen: &Seen) -> Told {
    let columns = [
        (Curve::AccuracyTrain, key::CURVE_TRAIN),
        (Curve::AccuracyRunning, key::CURVE_TEST),
    ];
    curves(seen, accuracy_of, &columns, 100.0)
}

/// A sentence for each side, and a row for each remembered step, the newest first.
fn curves(seen: &Seen, say: fn(&mut Saying, u8), columns: &[(Curve, Key)], factor: f32) -> Told {
    let mut saying = Saying::new(seen);
    let sides = seen.sides();
    if sides.is_empty() {
        return saying.only(key::TELL_NOTHING);
    }
    saying.columns(&[key::AXIS_STEP]);
    let mut places = Vec::new();
    for side in sides {
        if !saying.is_over(side) {
            say(&mut saying, side.index);
        }
        for (curve, name) in columns {
            let unit = if factor == 1.0 { "" } else { " %" };
            let name = [saying.letter(side.index), " ", saying.word(*name), unit].concat();
            saying.column(name);
            places.push(curve.column(usize::from(side.index)));
        }
    }
    let table = &seen.history.curves;
    for row in (0..table.len()).rev() {
        saying.count_cell(table.steps()[row]);
        for place in &places {
            saying.figures(&[factor * table.row(row)[*place]]);
        }
        saying.end_row();
    }
    saying.told()
}

fn loss_of(saying: &mut Saying, side: u8) {
    let points = finite(saying.seen.history, Curve::LossTrain, side);
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return saying.say(key::TELL_LOSS_NOT_FINITE);
    };
    let (start, now) = (first.1, last.1);
    let still_since = standstill(&points);
    saying.number("start", start);
    saying.number("now", now);
    saying.count("step", still_since.unwrap_or(0));
    let chance = saying.seen.chance_loss();
    let is_chance = (now - chance).abs() <= 0.05 * chance;
    let is_still = still_since.is_some();
    let key = if points.len() == 1 || last.0 == 0 {
        key::TELL_LOSS_START
    } else if now > EXPLODED * start.max(chance) {
        key::TELL_LOSS_EXPLODES
    } else if is_still && is_chance {
        key::TELL_LOSS_STILL_CHANCE
    } else if now < 0.8 * start {
        match is_still {
            true => key::TELL_LOSS_FELL_STILL,
            false => key::TELL_LOSS_FELL,
        }
    } else if now > 1.2 * start {
        key::TELL_LOSS_ROSE
    } else if is_still {
        key::TELL_LOSS_STILL
    } else {
        key::TELL_LOSS_NEAR
    };
    saying.say(key);
    // By how many tenths it fell is part of the meaning.
    saying.mean((10.0 * now / start) as u32);
    let test = newest(saying, Curve::LossTest, side);
    if test > 2.0 * now && test - now > 0.1 {
        saying.number("test", test);
        saying.say(key::TELL_LOSS_TEST_ABOVE);
    }
}

/// The step since which the last point has not been left, if that is long enough to be called a standstill.
pub(super) fn standstill(points: &[Point]) -> Option<u64> {
    let (first, last) = (points.first()?, points.last()?);
    let reach = 0.02 * last.1.abs() + 0.002;
    let is_near = |point: &&Point| (point.1 - last.1).abs() <= reach;
    let since = points.iter().rev().take_while(is_near).last()?.0;
    let length = last.0 - since;
    (length >= STANDSTILL && 2 * length >= last.0 - first.0).then_some(since)
}

fn accuracy_of(saying: &mut Saying, side: u8) {
    let points = finite(saying.seen.history, Curve::AccuracyRunning, side);
    let Some((_, now)) = points.last().copied() else {
        return saying.say(key::TELL_ACCURACY_NONE);
    };
    let (mut best, mut learned) = ((0, 0.0), None);
    for (step, share) in points {
        if share > best.1 {
            best = (step, share);
        }
        if share >= LEARNED && learned.is_none() {
            learned = Some(step);
        }
    }
    let is_chance = saying.seen.is_chance(now);
    // Guesses wander too.
    let key = if is_chance && saying.seen.is_chance(best.1 - 0.1) {
        key::TELL_ACCURACY_CHANCE
    } else if best.1 - now > 0.1 {
        saying.count("step", best.0);
        key::TELL_ACCURACY_FALLEN
    } else if is_chance {
        key::TELL_ACCURACY_CHANCE
    } else if now >= LEARNED {
        saying.count("step", learned.unwrap_or(0));
        key::TELL_ACCURACY_LEARNED
    } else {
        key::TELL_ACCURACY_PARTLY
    };
    saying.share("now", now);
    saying.share("best", best.1);
    saying.say(key);
    let train = newest(saying, Curve::AccuracyTrain, side);
    if train - now > 0.1 {
        saying.share("train", train);
        saying.say(key::TELL_ACCURACY_TRAIN_ABOVE);
    }
}

/// The newest measured value of a curve; NaN where there is none.
fn newest(saying: &Saying, curve: Curve, side: u8) -> f32 {
    let points = finite(saying.seen.history, curve, side);
    points.last().map_or(f32::NAN, |point| point.1)
}

/// The measured points of a curve.
pub(super) fn finite(history: &History, curve: Curve, side: u8) -> Vec<Point> {
    let points = history.curves.column(curve.column(usize::from(side)));
    points.filter(|(_, value)| value.is_finite()).collect()
}
