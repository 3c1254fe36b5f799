//! What is read of runs beside each other: the value that is pointed at, or what there is to do.

use super::training::Training;
use crate::compared::{By, Compared, Form};
use crate::format;
use crate::i18n::key;
use crate::panels::pool::why;

/// What stands below the charts.
pub(super) fn reading(training: Training, said: &impl Fn() -> Option<String>) -> String {
    let lab = training.lab;
    let words = lab.view.words;
    if let Some(failed) = training.failed.get() {
        return why(lab, failed);
    }
    let counts = training.with(|of| of.map(|of| (of.done(), of.runs.len())));
    let Some((done, all)) = counts else {
        return words.get(key::COMPARED_EMPTY).to_owned();
    };
    if let Some(said) = said() {
        return said;
    }
    if training.is_running.get() || done < all {
        let key = match training.is_running.get() {
            true => key::COMPARED_BUSY,
            false => key::COMPARED_STOPPED,
        };
        let [done, all] = [done, all].map(|count| count.to_string());
        return words.fill(key, &[("done", &done), ("all", &all)]);
    }
    words.get(key::COMPARED_POINT).to_owned()
}

/// How many columns and lines the runs have.
pub(super) fn count(of: &Compared) -> [usize; 2] {
    let columns = match of.comparison.form {
        Form::Bars => 1,
        Form::Curves => {
            let runs = (0..of.runs.len()).filter_map(|place| of.trained(place));
            runs.map(|run| run.looks.len()).fold(0, usize::max)
        }
    };
    [columns, of.runs.len()]
}

/// The value that is read.
pub(super) fn said(training: Training) -> Option<String> {
    let words = training.lab.view.words;
    let (column, line) = training.selected.get()?;
    training.with(|of| {
        let of = of?;
        let name = words.get(of.comparison.variants.get(line)?.name);
        let Some(run) = of.trained(line) else {
            return Some(words.fill(key::COMPARED_WAITING, &[("run", name)]));
        };
        if let Some(step) = run.diverged_at {
            let step = format::count(step);
            return Some(words.fill(key::COMPARED_DIVERGED, &[("run", name), ("step", &step)]));
        }
        let look = match of.comparison.form {
            Form::Bars => &run.end,
            Form::Curves => run.looks.get(column)?,
        };
        let right = match of.comparison.variants[line].by {
            By::Running => look.running,
            By::Full => look.full,
        };
        let (step, right) = (format::count(look.step), format::percent(right));
        let values = [("run", name), ("step", &*step), ("right", &*right)];
        if let Some(before) = of.before(line).filter(|_| of.comparison.form == Form::Bars) {
            let before = format::percent(before);
            let more = [values[0], values[1], values[2], ("before", &*before)];
            return Some(words.fill(key::COMPARED_SHIFTED, &more));
        }
        let on_train = format::percent(look.train);
        if of.comparison.form == Form::Bars {
            let more = [values[0], values[1], values[2], ("known", &*on_train)];
            return Some(words.fill(key::COMPARED_BAR, &more));
        }
        let [train, test] = look.losses.map(|loss| format::value(f64::from(loss)));
        let more = [
            values[0],
            values[1],
            values[2],
            ("known", &*on_train),
            ("train", &*train),
            ("test", &*test),
        ];
        Some(words.fill(key::COMPARED_AT, &more))
    })
}
