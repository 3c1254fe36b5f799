//! Test accuracy under three kinds of statistics: whether training and inference agree.

use batchnorm_lab::protocol::Side;

use super::saying::Saying;
use super::{Seen, Told};
use crate::i18n::key;

/// Accuracies closer than this count as the same.
const SAME: f32 = 0.02;
/// Accuracies further apart than this are worth a word.
pub(super) const APART: f32 = 0.05;

/// Test accuracy under batch, running and full-set statistics.
pub fn three_accuracies(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let sides = seen.sides();
    if sides.is_empty() {
        return saying.only(key::TELL_NOTHING);
    }
    saying.columns(&[key::TELL_COLUMN_RUN]);
    for kind in [
        key::STATISTICS_BATCH,
        key::STATISTICS_RUNNING,
        key::STATISTICS_FULL,
    ] {
        let name = [saying.word(kind), " %"].concat();
        saying.column(name);
    }
    for side in sides {
        let accuracy = &side.accuracy;
        let shares = [
            accuracy.eval_batch,
            accuracy.eval_running,
            accuracy.eval_full,
        ];
        saying.run_cell(side.index);
        match saying.is_over(side) {
            true => saying.figures(&[f32::NAN; 3]),
            false => {
                say(&mut saying, side, shares);
                saying.figures(&shares.map(|share| 100.0 * share));
            }
        }
        saying.end_row();
    }
    saying.told()
}

fn say(saying: &mut Saying, side: &Side, [batch, running, full]: [f32; 3]) {
    let seen = saying.seen;
    let is_apart = |a: f32, b: f32| a - b > APART;
    let averages_move = seen.now.tracks && !seen.now.frozen.statistics();
    let key = if !seen.norm(side.index).mixes_rows() {
        key::TELL_THREE_ONE
    } else if batch.is_nan() {
        // No batch of that size can be normalised.
        key::TELL_THREE_NO_BATCH
    } else if is_apart(full, running) && averages_move {
        key::TELL_THREE_LAG
    } else if is_apart(running, batch) && is_apart(full, batch) {
        key::TELL_THREE_NOISE
    } else if (batch - running).abs() <= SAME && (full - running).abs() <= SAME {
        key::TELL_THREE_SAME
    } else {
        key::TELL_THREE_DIFFER
    };
    saying.share("batch", batch);
    saying.share("running", running);
    saying.share("full", full);
    saying.count("size", seen.now.batch_size() as u64);
    saying.say(key);
}
