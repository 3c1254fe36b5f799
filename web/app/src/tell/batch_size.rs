//! Accuracy against batch size: whether small batches break a run.

use batchnorm_lab::protocol::{SweepReport, SweepRow};

use super::saying::{Saying, span};
use super::three::APART;
use super::{Seen, Told};
use crate::i18n::key;
use crate::small_sort::sort_few;

/// The batch-size sweep.
pub fn batch_size(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(report) = seen.sweep.filter(|sweep| !sweep.rows.is_empty()) else {
        return saying.only(key::TELL_SWEEP_NONE);
    };
    for side in 0..2 {
        if seen.shows(side) {
            saying.run(side);
            say(&mut saying, report, side);
        }
    }
    if report.done < report.total {
        saying.count("done", u64::from(report.done));
        saying.count("total", u64::from(report.total));
        saying.say(key::TELL_SWEEP_PART);
    }
    saying.columns(&[key::AXIS_BATCH, key::TELL_COLUMN_RUN]);
    for kind in [key::STATISTICS_RUNNING, key::STATISTICS_FULL] {
        let name = [saying.word(kind), " %"].concat();
        saying.column(name);
    }
    for row in &report.rows {
        saying.count_cell(u64::from(row.batch));
        saying.run_cell(row.side);
        match row.diverged {
            true => (0..2).for_each(|_| saying.cell("×".into())),
            false => saying.figures(&[100.0 * row.accuracy_running, 100.0 * row.accuracy_full]),
        }
        saying.end_row();
    }
    saying.told()
}

fn say(saying: &mut Saying, report: &SweepReport, side: u8) {
    let mut rows: Vec<&SweepRow> = report.rows.iter().collect();
    rows.retain(|row| row.side == side);
    sort_few(&mut rows, |a, b| a.batch > b.batch);
    let mut ended = String::new();
    for row in rows.iter().filter(|row| row.diverged) {
        if !ended.is_empty() {
            ended.push_str(", ");
        }
        ended.push_str(&row.batch.to_string());
    }
    if !ended.is_empty() {
        saying.text("batches", ended);
        saying.say(key::TELL_SWEEP_DIVERGED);
    }
    rows.retain(|row| !row.diverged && row.accuracy_running.is_finite());
    let shares: Vec<f32> = rows.iter().map(|row| row.accuracy_running).collect();
    let Some((worst, best)) = span(&shares) else {
        return;
    };
    let at = |share: f32| {
        let row = rows.iter().find(|row| row.accuracy_running == share);
        row.map_or(0, |row| u64::from(row.batch))
    };
    let key = if rows.len() == 1 {
        key::TELL_SWEEP_ONE
    } else if saying.seen.is_chance(best) {
        key::TELL_SWEEP_CHANCE
    } else if best - worst <= APART {
        key::TELL_SWEEP_EVEN
    } else if saying.seen.is_chance(worst) {
        key::TELL_SWEEP_BREAKS
    } else {
        key::TELL_SWEEP_VARIES
    };
    saying.share("worst", worst);
    saying.share("best", best);
    saying.count("low", at(worst));
    saying.count("high", at(best));
    saying.say(key);
}
