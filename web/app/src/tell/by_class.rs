//! A unit's values class by class: whether what training sees is what is evaluated.

use super::saying::Saying;
use super::{Seen, Told};
use crate::i18n::key;
use crate::measured::SideByClass;

/// Classes whose means or deviations differ by less, in deviations of all, lie alike.
const ALIKE: f32 = 0.25;

/// What was measured of every run.
pub fn by_class(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(of) = seen.by_class else {
        return saying.only(key::TELL_NOTHING);
    };
    let (step, sides) = of.newest();
    saying.count("step", step);
    saying.say(key::TELL_NOISE_WHEN);
    for one in sides.iter().filter(|one| seen.shows(one.side)) {
        saying.run(one.side);
        say(&mut saying, one);
    }
    table(&mut saying, sides);
    saying.told()
}

/// How far the most different class is, in training, from where it is evaluated: in deviations there.
fn moved(one: &SideByClass) -> Option<f32> {
    let pairs = one.of.training.iter().zip(&one.of.evaluated);
    let each = pairs.filter(|(training, _)| training.count > 0);
    let each = each.map(|(training, evaluated)| {
        let scale = evaluated.deviation.max(training.deviation).max(1e-6);
        let mean = (training.mean - evaluated.mean).abs();
        (mean + (training.deviation - evaluated.deviation).abs()) / scale
    });
    each.filter(|far| far.is_finite()).reduce(f32::max)
}

fn say(saying: &mut Saying, one: &SideByClass) {
    if let Some(step) = one.diverged_at {
        saying.count("step", step);
        return saying.say(key::TELL_DIVERGED);
    }
    match moved(one) {
        None => saying.say(key::TELL_NOTHING),
        Some(far) => {
            saying.number("far", far);
            saying.say(match far > ALIKE {
                true => key::TELL_BY_CLASS_OTHER,
                false => key::TELL_BY_CLASS_SAME,
            });
        }
    }
}

fn table(saying: &mut Saying, sides: &[SideByClass]) {
    saying.columns(&[key::TELL_COLUMN_RUN, key::TELL_COLUMN_CLASS]);
    for of in [key::TELL_COLUMN_MEAN, key::MEASURED_DEVIATION] {
        for when in [key::BY_CLASS_TRAINING, key::BY_CLASS_EVALUATED] {
            let name = [saying.word(of), ", ", saying.word(when)].concat();
            saying.column(name);
        }
    }
    for one in sides
        .iter()
        .filter(|one| saying.seen.shows(one.side))
        .collect::<Vec<_>>()
    {
        let pairs = one.of.training.iter().zip(&one.of.evaluated);
        for (class, (training, evaluated)) in pairs.enumerate() {
            saying.run_cell(one.side);
            saying.count_cell(class as u64);
            saying.figures(&[
                training.mean,
                evaluated.mean,
                training.deviation,
                evaluated.deviation,
            ]);
            saying.end_row();
        }
    }
}
