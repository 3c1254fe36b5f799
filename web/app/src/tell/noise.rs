//! How the statistics of small batches scatter, and with them the x̂ of one point.

use batchnorm_lab::protocol::{BatchNoiseReport, BatchNoiseRow};

use super::saying::Saying;
use super::{Seen, Told};
use crate::i18n::key;

/// A jitter this near to the closed form agrees with it; 256 draws are good for 4 %.
const AGREES: f32 = 0.15;

/// The pinned point's x̂ against batch size.
pub fn x_hat_noise(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some((report, [small, large])) = measured(seen) else {
        return saying.only(key::TELL_NOISE_NONE);
    };
    sizes(&mut saying, small, large);
    saying.number("wide", small.x_hat_sd);
    saying.number("narrow", large.x_hat_sd);
    saying.say(key::TELL_X_HAT);
    let row = of_the_run(seen, report);
    let is_near = (row.x_hat_sd / row.x_hat_sd_theory - 1.0).abs() <= AGREES;
    saying.count("batch", u64::from(row.batch));
    saying.number("sd", row.x_hat_sd);
    saying.number("theory", row.x_hat_sd_theory);
    saying.say(match is_near {
        true => key::TELL_X_HAT_AGREES,
        false => key::TELL_X_HAT_OFF,
    });
    when(&mut saying, report);
    saying.columns(&[key::AXIS_BATCH, key::AXIS_SPREAD, key::TELL_COLUMN_THEORY]);
    for row in &report.rows {
        push(&mut saying, row, &[row.x_hat_sd, row.x_hat_sd_theory]);
    }
    saying.told()
}

/// Means and variances of batches around those of the training set.
pub fn statistics_noise(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some((report, [small, large])) = measured(seen) else {
        return saying.only(key::TELL_NOISE_NONE);
    };
    sizes(&mut saying, small, large);
    saying.number("wide", small.mean_sd);
    saying.number("narrow", large.mean_sd);
    saying.share("widevariance", small.variance_sd);
    saying.share("narrowvariance", large.variance_sd);
    saying.say(key::TELL_MEANS);
    saying.say(key::TELL_VARIANCES);
    when(&mut saying, report);
    saying.columns(&[
        key::AXIS_BATCH,
        key::TELL_COLUMN_MEAN_SD,
        key::TELL_COLUMN_VARIANCE_MEAN,
        key::TELL_COLUMN_VARIANCE_SD,
    ]);
    for row in &report.rows {
        let figures = [row.mean_sd, row.variance_mean, row.variance_sd];
        push(&mut saying, row, &figures);
    }
    saying.told()
}

/// The report, with its smallest and its largest batch.
fn measured<'a>(seen: &Seen<'a>) -> Option<(&'a BatchNoiseReport, [&'a BatchNoiseRow; 2])> {
    let report = seen.noise?;
    Some((report, [report.rows.first()?, report.rows.last()?]))
}

fn sizes(saying: &mut Saying, small: &BatchNoiseRow, large: &BatchNoiseRow) {
    saying.count("small", u64::from(small.batch));
    saying.count("large", u64::from(large.batch));
}

/// The row whose batch size is nearest to the run's.
fn of_the_run<'a>(seen: &Seen, report: &'a BatchNoiseReport) -> &'a BatchNoiseRow {
    let size = seen.now.batch_size() as u32;
    let distance = |row: &&BatchNoiseRow| row.batch.abs_diff(size);
    let nearest = report.rows.iter().min_by_key(distance);
    nearest.unwrap_or(&report.rows[0])
}

/// At which step, if the run has gone on since.
fn when(saying: &mut Saying, report: &BatchNoiseReport) {
    if saying.seen.step() != report.step {
        saying.count("step", report.step);
        saying.say(key::TELL_NOISE_WHEN);
    }
}

fn push(saying: &mut Saying, row: &BatchNoiseRow, figures: &[f32]) {
    saying.count_cell(u64::from(row.batch));
    saying.figures(figures);
    saying.end_row();
}
