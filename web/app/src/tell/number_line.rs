//! One mini-batch through the four steps: what it is of, where its x̂ lie, how far the farthest has come.

use super::saying::Saying;
use super::{Seen, Told};
use crate::history::UnitColumn;
use crate::i18n::key;
use crate::number_line::{FEWEST, MOST, NO_CLASS, NumberLine, Points, within};

/// The batch on the lines.
pub fn number_line(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(of) = seen.number_line else {
        return saying.only(key::TELL_NOTHING);
    };
    say(&mut saying, of);
    saying.columns(&[key::TELL_COLUMN_POINT, key::TELL_COLUMN_CLASS]);
    for name in ["x", "x − μ", "x̂", "γ·x̂ + β"] {
        saying.column(name.into());
    }
    for row in 0..of.rows() {
        saying.count_cell(row as u64 + 1);
        saying.cell(match of.labels[row] {
            NO_CLASS => "–".into(),
            label => label.to_string(),
        });
        let figures = [0, 1, 2, 3].map(|stage: usize| of.stages[stage][row]);
        saying.figures(&figures);
        saying.end_row();
    }
    saying.told()
}

fn say(saying: &mut Saying, of: &NumberLine) {
    saying.count("count", of.rows() as u64);
    saying.number("mean", of.mean);
    saying.number("std", of.variance.sqrt());
    match of.of {
        Some((layer, unit, step)) => {
            saying.count("layer", layer as u64 + 1);
            saying.count("unit", unit as u64 + 1);
            saying.count("step", step);
            saying.say(key::TELL_NUMBER_LINE_RUN);
        }
        None => saying.say(key::TELL_NUMBER_LINE_OWN),
    }
    let [below, above] = of.sides();
    saying.count("below", below as u64);
    saying.count("above", above as u64);
    saying.say(match below.cmp(&above) {
        std::cmp::Ordering::Equal => key::TELL_NUMBER_LINE_EVEN,
        _ => key::TELL_NUMBER_LINE_SIDES,
    });
    let far = of.stages[2].iter().copied();
    let far = far.fold(
        0.0_f32,
        |most, v| if v.abs() > most.abs() { v } else { most },
    );
    saying.number("far", far);
    saying.number("bound", of.bound() as f32);
    saying.say(key::TELL_NUMBER_LINE_FAR);
}

/// The mini-batch of the selected unit.
pub struct RunBatch {
    /// Its values: the first ones of more than `MOST`.
    pub points: Points,
    /// γ and β; 1 and 0 where nothing is learned.
    pub learned: [f32; 2],
    /// Hidden layer, unit and step.
    pub of: (usize, usize, u64),
}

/// The run's mini-batch, once it is observed; none where it has too few values or has diverged.
pub fn batch_of(seen: &Seen) -> Option<RunBatch> {
    let side = seen.side(seen.detail_side())?;
    let of = &side.selected_unit;
    let count = of.before.len().min(MOST);
    if count < FEWEST || !of.before.iter().take(count).all(|x| x.is_finite()) {
        return None;
    }
    // Of an image there are values at several positions, the points within one next to each other.
    let labels = of.labels.len().max(1);
    let label = |place: usize| of.labels.get(place % labels).copied().unwrap_or(NO_CLASS);
    let beta = seen.units(UnitColumn::Beta).get(of.unit as usize).copied();
    let beta = beta.filter(|beta| beta.is_finite()).unwrap_or(0.0);
    Some(RunBatch {
        points: Points {
            x: of.before[..count].iter().copied().map(within).collect(),
            labels: (0..count).map(label).collect(),
        },
        learned: [of.gamma, beta],
        of: (of.layer as usize, of.unit as usize, seen.step()),
    })
}
