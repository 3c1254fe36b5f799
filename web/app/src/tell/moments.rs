//! Mean and variance of the selected unit: how far the running averages are from what they estimate.

use super::saying::Saying;
use super::{Seen, Told};
use crate::history::UnitColumn;
use crate::i18n::key;

/// A running mean closer than so many standard deviations to the full set's is a good estimate.
const CLOSE: f32 = 0.2;
/// So is a running variance within this factor.
const FACTOR: f32 = 1.5;

/// The columns of the table: means, then variances, each of the batch, running and of the full set.
const COLUMNS: [UnitColumn; 6] = [
    UnitColumn::BatchMean,
    UnitColumn::RunningMean,
    UnitColumn::FullMean,
    UnitColumn::BatchVar,
    UnitColumn::RunningVar,
    UnitColumn::FullVar,
];

/// Three kinds of mean and variance.
pub fn moments(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let index = seen.detail_side();
    let columns = COLUMNS.map(|column| seen.units(column));
    let Some(side) = seen.side(index).filter(|_| !columns[0].is_empty()) else {
        return saying.only(key::TELL_NOTHING);
    };
    saying.is_over(side);
    let of = |unit: usize| {
        let mut figures = [f32::NAN; 6];
        for (figure, column) in figures.iter_mut().zip(&columns) {
            *figure = column.get(unit).copied().unwrap_or(f32::NAN);
        }
        figures
    };
    say(&mut saying, of(seen.selected().1));
    saying.columns(&[key::AXIS_UNIT]);
    for moment in [key::DETAIL_MEAN, key::DETAIL_VARIANCE] {
        for kind in [
            key::STATISTICS_BATCH,
            key::STATISTICS_RUNNING,
            key::STATISTICS_FULL,
        ] {
            let name = [saying.word(moment), ": ", saying.word(kind)].concat();
            saying.column(name);
        }
    }
    for unit in 0..columns[0].len() {
        saying.count_cell(unit as u64 + 1);
        saying.figures(&of(unit));
        saying.end_row();
    }
    saying.told()
}

fn say(saying: &mut Saying, figures: [f32; 6]) {
    let [
        mean,
        running,
        full,
        variance,
        running_variance,
        full_variance,
    ] = figures;
    let seen = saying.seen;
    let off = (running - full).abs() / full_variance.sqrt();
    let ratio = running_variance / full_variance;
    let key = if running.is_nan() {
        key::TELL_MOMENTS_NO_RUNNING
    } else if seen.step() == 0 {
        key::TELL_MOMENTS_START
    } else if !off.is_finite() || !ratio.is_finite() {
        // A unit that gives the same value for every point.
        key::TELL_MOMENTS_CONSTANT
    } else if off >= CLOSE {
        key::TELL_MOMENTS_MEAN_OFF
    } else if !(1.0 / FACTOR..FACTOR).contains(&ratio) {
        key::TELL_MOMENTS_VARIANCE_OFF
    } else {
        key::TELL_MOMENTS_CLOSE
    };
    let (layer, unit) = seen.selected();
    saying.count("layer", layer as u64 + 1);
    saying.count("unit", unit as u64 + 1);
    for (name, number) in [
        ("mean", mean),
        ("running", running),
        ("full", full),
        ("variance", variance),
        ("fullvariance", full_variance),
        ("off", off),
        ("ratio", ratio),
    ] {
        saying.number(name, number);
    }
    saying.say(key);
}
