//! The weights before a normalisation: whether they shrink, what that makes of their rate, and what ten times as large does.

use super::saying::Saying;
use super::{Seen, Told};
use crate::format;
use crate::i18n::key;
use crate::measured::WeightPath;

/// What is so many times as large is told to have grown.
const MORE: f32 = 1.02;
/// A change of an output below this share of the largest one is told to be none.
const SAME: f32 = 0.01;

/// The weights of the run on the screen, and without decay.
pub fn weight_norm(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(of) = seen.weights else {
        return saying.only(key::TELL_NOTHING);
    };
    let (step, paths) = of.newest();
    saying.count("step", step);
    saying.say(key::TELL_NOISE_WHEN);
    for (place, path) in paths.iter().enumerate() {
        say(&mut saying, place, path);
    }
    if let [own, plain] = &paths[..]
        && let (Some(own), Some(plain)) = (own.states.last(), plain.states.last())
    {
        saying.number("ratio", own.rate / plain.rate);
        saying.say(key::TELL_WEIGHTS_RATIO);
    }
    if let Some(path) = paths.first() {
        say_scaled(&mut saying, path);
    }
    table(&mut saying, paths);
    saying.told()
}

fn say(saying: &mut Saying, place: usize, path: &WeightPath) {
    let name = name(saying, path);
    saying.kind(place as u32, name);
    if let Some(step) = path.diverged_at {
        saying.count("step", step);
        return saying.say(key::TELL_DIVERGED);
    }
    let (Some(first), Some(last)) = (path.states.first(), path.states.last()) else {
        return saying.say(key::TELL_NOTHING);
    };
    if last.norm == 0.0 {
        return saying.say(key::TELL_WEIGHTS_NONE);
    }
    saying.number("from", first.norm);
    saying.number("to", last.norm);
    saying.number("rate", last.rate);
    saying.number("ratio", last.rate / first.rate);
    saying.say(if last.norm * MORE < first.norm {
        key::TELL_WEIGHTS_SHRINK
    } else if last.norm > MORE * first.norm {
        key::TELL_WEIGHTS_GROW
    } else {
        key::TELL_WEIGHTS_STAY
    });
}

fn say_scaled(saying: &mut Saying, path: &WeightPath) {
    let Some(scaled) = path.scaled.filter(|_| path.factor != 1.0) else {
        return;
    };
    saying.text("factor", format::setting(path.factor));
    saying.number("change", scaled.change);
    saying.number("output", scaled.output);
    saying.count("turned", u64::from(scaled.turned));
    saying.count("rows", u64::from(scaled.rows));
    saying.number("ratio", scaled.gradient[1] / scaled.gradient[0]);
    saying.say(match scaled.change < SAME * scaled.output {
        true => key::TELL_WEIGHTS_SAME,
        false => key::TELL_WEIGHTS_OTHER,
    });
}

fn name(saying: &Saying, path: &WeightPath) -> String {
    match path.decay > 0.0 {
        true => crate::i18n::fill(
            saying.word(key::WATCHED_WEIGHTS_DECAY),
            &[("decay", &format::setting(path.decay))],
        ),
        false => saying.word(key::WATCHED_WEIGHTS_PLAIN).to_owned(),
    }
}

fn table(saying: &mut Saying, paths: &[WeightPath]) {
    saying.columns(&[
        key::TELL_COLUMN_RUN,
        key::TELL_WEIGHTS_START,
        key::WATCHED_WEIGHTS_NORM,
        key::TELL_WEIGHTS_RATE_START,
        key::WATCHED_WEIGHTS_RATE,
        key::TELL_WEIGHTS_FACTOR,
        key::WATCHED_SCALED_CHANGE,
        key::WATCHED_SCALED_TURNED,
        key::TELL_WEIGHTS_GRADIENT,
        key::TELL_WEIGHTS_GRADIENT_AFTER,
    ]);
    for path in paths {
        let ends = [path.states.first(), path.states.last()];
        let figure =
            |of: fn(&batchnorm_lab::jobs::Weighed) -> f32| ends.map(|end| end.map_or(f32::NAN, of));
        let scaled = path.scaled.as_ref();
        let figures = |of: fn(&batchnorm_lab::measure::Scaled) -> f32| scaled.map_or(f32::NAN, of);
        let name = name(saying, path);
        saying.cell(name);
        saying.figures(&figure(|of| of.norm));
        saying.figures(&figure(|of| of.rate));
        saying.cell(match scaled {
            Some(_) => format::setting(path.factor),
            None => "–".into(),
        });
        saying.figures(&[
            figures(|of| of.change),
            figures(|of| of.turned as f32),
            figures(|of| of.gradient[0]),
            figures(|of| of.gradient[1]),
        ]);
        saying.end_row();
    }
}
