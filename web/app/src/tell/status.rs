//! How each run is, in a sentence: learning, stuck, dead, running away. What the foot of the page says.

use batchnorm_lab::protocol::Side;
use batchnorm_lab::settings::choice::{Activation, Norm, Statistics};

use super::curves::{EXPLODED, LEARNED, STANDSTILL, finite, standstill};
use super::saying::Saying;
use super::three::APART;
use super::{Seen, Told};
use crate::history::Curve;
use crate::i18n::{Key, key};

/// How a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// It cannot take a step.
    Refused,
    /// Its numbers grew beyond what a computer can hold, at this step.
    Diverged(u64),
    /// Its loss has grown beyond all measure: from what to what.
    Exploding(f32, f32),
    /// No unit of this hidden layer, counted from 1, is on for any point: every answer is the same, for ever.
    Dead(usize),
    /// It answers as guessing does, and its loss stands still at this.
    Stuck(f32),
    /// It goes on, with this test accuracy.
    Learning(f32),
    /// It answers nearly all test points rightly.
    Learned(f32),
}

/// How a side of the frame is.
pub fn condition(seen: &Seen, side: &Side) -> Condition {
    if side.refused.is_some() {
        return Condition::Refused;
    }
    if let Some(step) = side.diverged_at {
        return Condition::Diverged(step);
    }
    let losses = finite(seen.history, Curve::LossTrain, side.index);
    let start = losses.first().map_or(0.0, |(_, loss)| *loss);
    // With running averages that lag, the loss of inference alone is large; of a run that explodes, both are.
    let loss = side.loss.train.min(side.loss.batch);
    let is_beyond = loss > EXPLODED * start.max(seen.chance_loss());
    if is_beyond || !side.loss.train.is_finite() {
        return Condition::Exploding(start, side.loss.train);
    }
    if let Some(layer) = dead_layer(seen, side) {
        return Condition::Dead(layer);
    }
    let accuracy = &side.accuracy;
    // NaN where no batch can be formed: then the running averages alone count.
    let best = accuracy.eval_running.max(accuracy.eval_batch);
    let chance_loss = seen.chance_loss();
    let is_at_chance = (side.loss.train - chance_loss).abs() <= 0.05 * chance_loss;
    let stands = is_at_chance || standstill(&losses).is_some();
    if seen.step() >= STANDSTILL && seen.is_chance(best) && stands {
        return Condition::Stuck(side.loss.train);
    }
    match accuracy.eval_running {
        share if share >= LEARNED => Condition::Learned(share),
        share => Condition::Learning(share),
    }
}

/// The first layer whose units are all off for the whole batch, where no answer depends on the point any more.
fn dead_layer(seen: &Seen, side: &Side) -> Option<usize> {
    if seen.now.activation != Activation::Relu {
        return None;
    }
    let mut logits = side.boundary.iter();
    let is_same = match logits.next() {
        Some(first) => logits.all(|logit| (logit - first).abs() <= 1e-6 * first.abs()),
        None => {
            let classes = seen.now.data.classes();
            let rows = side.confusion.chunks_exact(classes);
            let used = |class: &usize| rows.clone().any(|row| row[*class] > 0);
            (0..classes).filter(used).count() == 1
        }
    };
    let is_off = side.layers.iter().position(|layer| layer.saturated >= 1.0);
    is_off.filter(|_| is_same).map(|place| place + 1)
}

/// The step and how each run is; while nothing is decided, also how wide the last layer's values are.
pub fn status(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    saying.count("step", seen.step());
    saying.say(key::SUMMARY_STEP);
    let mut is_open = true;
    for side in seen.sides() {
        is_open &= of_side(&mut saying, side);
    }
    // Once a run has come to something, that is what there is to say.
    if is_open {
        last_layer(&mut saying);
    }
    saying.told()
}

/// Says how a side is; whether nothing is decided yet.
fn of_side(saying: &mut Saying, side: &Side) -> bool {
    let seen = saying.seen;
    let norm = seen.norm(side.index);
    let (running, batch) = (side.accuracy.eval_running, side.accuracy.eval_batch);
    saying.run(side.index);
    let name = Key::find(&["choice.a.", norm.name()].concat());
    saying.text("norm", name.map_or("", |name| saying.word(name)).into());
    // Where both are not told, the one that the switch and the heading of the boundary show.
    let has_gap = norm != Norm::None && (running - batch).abs() > APART;
    let is_batch = seen.now.statistics == Statistics::Batch && !has_gap && !batch.is_nan();
    let told = if is_batch { batch } else { running };
    let key = match condition(&seen, side) {
        Condition::Refused => key::TELL_REFUSED,
        Condition::Diverged(at) => {
            saying.count("step", at);
            key::SUMMARY_DIVERGED
        }
        Condition::Exploding(from, to) => {
            saying.number("start", from);
            saying.number("loss", to);
            key::TELL_STATUS_EXPLODING
        }
        Condition::Dead(place) => {
            saying.count("layer", place as u64);
            key::TELL_STATUS_DEAD
        }
        Condition::Stuck(at) => {
            saying.number("loss", at);
            key::TELL_STATUS_STUCK
        }
        Condition::Learning(_) | Condition::Learned(_) if has_gap => key::SUMMARY_ACCURACY_GAP,
        Condition::Learning(_) => key::SUMMARY_ACCURACY,
        Condition::Learned(_) => key::TELL_STATUS_LEARNED,
    };
    saying.share("running", told);
    saying.share("batch", batch);
    saying.say(key);
    // Between chance and all, a fifth more is news.
    saying.mean((5.0 * told) as u32);
    key == key::SUMMARY_ACCURACY
}

/// How wide the last hidden layer's values are: where a deep plain net fades first.
fn last_layer(saying: &mut Saying) {
    let mut known = Vec::new();
    for side in saying.seen.sides() {
        // A run that has diverged has been told of.
        let layer = side.layers.last().filter(|_| side.diverged_at.is_none());
        let layer = layer.filter(|layer| !layer.before.histogram.is_empty());
        if let Some(layer) = layer.filter(|layer| layer.before.std.is_finite()) {
            saying.count("layer", side.layers.len() as u64);
            known.push((layer.before.std, layer.normalized.as_ref().map(|d| d.std)));
        }
    }
    let key = match known[..] {
        [(a, _), (b, _)] => {
            saying.number("a", a);
            saying.number("b", b);
            key::SUMMARY_WIDTHS
        }
        [(before, after)] => {
            saying.number("before", before);
            saying.number("after", after.unwrap_or(f32::NAN));
            match after {
                Some(_) => key::SUMMARY_WIDTH_NORMALIZED,
                None => key::SUMMARY_WIDTH,
            }
        }
        _ => return,
    };
    saying.say(key);
}
