//! A sentence under construction, with its meaning, and the table beside it.

use batchnorm_lab::protocol::Side;

use super::{Seen, Told};
use crate::format;
use crate::i18n::{Key, Lang, fill, key};

/// A sentence under construction. Values are given one by one, before the statements that they stand in.
pub(super) struct Saying<'a> {
    pub(super) seen: Seen<'a>,
    told: Told,
    values: Vec<(&'static str, String)>,
    cells: Vec<String>,
}

impl<'a> Saying<'a> {
    pub(super) fn new(seen: &Seen<'a>) -> Self {
        Self {
            seen: *seen,
            told: Told::default(),
            values: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// What follows is said of this run.
    pub(super) fn run(&mut self, side: u8) {
        self.values.clear();
        self.text("run", self.letter(side).to_owned());
        self.mean(u32::from(side) + 1);
    }

    /// What follows is said of networks of this kind, by its place among the kinds.
    pub(super) fn kind(&mut self, place: u32, name: String) {
        self.values.clear();
        self.text("run", name);
        self.mean(place + 3);
    }

    pub(super) fn text(&mut self, name: &'static str, text: String) {
        self.values.retain(|(known, _)| *known != name);
        self.values.push((name, text));
    }

    /// A number with three digits.
    pub(super) fn number(&mut self, name: &'static str, number: f32) {
        self.text(name, format::value(f64::from(number)));
    }

    /// A share in percent.
    pub(super) fn share(&mut self, name: &'static str, share: f32) {
        self.text(name, format::percent(share));
    }

    /// A whole number.
    pub(super) fn count(&mut self, name: &'static str, count: u64) {
        self.text(name, format::count(count));
    }

    /// Says one statement with the values given; which one and of whom is its meaning, the values are not.
    pub(super) fn say(&mut self, key: Key) {
        let text = self.filled(key);
        let sentence = &mut self.told.sentence;
        if self.seen.lang == Lang::En && !sentence.is_empty() {
            sentence.push(' ');
        }
        sentence.push_str(text.trim_end());
        self.mean(u32::from(key.number()));
    }

    /// A text with the values given.
    pub(super) fn filled(&self, key: Key) -> String {
        let values = self.values.iter();
        let values: Vec<(&str, &str)> = values.map(|(name, of)| (*name, &**of)).collect();
        fill(self.word(key), &values)
    }

    /// Takes a coarse figure into the meaning.
    pub(super) fn mean(&mut self, coarse: u32) {
        // FNV-1a (Fowler, Noll and Vo 1991), a word at a time.
        self.told.meaning = (self.told.meaning ^ coarse ^ 0x811c_9dc5).wrapping_mul(0x0100_0193);
    }

    /// The next columns of the table.
    pub(super) fn columns(&mut self, names: &[Key]) {
        for name in names {
            self.column(self.word(*name).to_owned());
        }
    }

    pub(super) fn column(&mut self, name: String) {
        self.told.table.head.push(name);
    }

    /// The next cell of the row.
    pub(super) fn cell(&mut self, text: String) {
        self.cells.push(text);
    }

    /// The letter of a run as the next cell.
    pub(super) fn run_cell(&mut self, side: u8) {
        self.cell(self.letter(side).to_owned());
    }

    pub(super) fn count_cell(&mut self, count: u64) {
        self.cell(format::count(count));
    }

    /// Figures as the next cells.
    pub(super) fn figures(&mut self, figures: &[f32]) {
        for figure in figures {
            self.cell(format::exact(*figure));
        }
    }

    pub(super) fn end_row(&mut self) {
        self.told.table.rows.push(std::mem::take(&mut self.cells));
    }

    /// A text without placeholders.
    pub(super) fn word(&self, key: Key) -> &'static str {
        key.text(self.seen.lang)
    }

    /// The letter of a run.
    pub(super) fn letter(&self, side: u8) -> &'static str {
        self.word(match side {
            0 => key::SIDE_LETTER_A,
            _ => key::SIDE_LETTER_B,
        })
    }

    pub(super) fn told(self) -> Told {
        self.told
    }

    /// Where there is nothing else to tell of.
    pub(super) fn only(mut self, key: Key) -> Told {
        self.say(key);
        self.told
    }

    /// What follows is said of this side; of one that has ended or cannot begin, that it is so, which is all.
    pub(super) fn is_over(&mut self, side: &Side) -> bool {
        self.run(side.index);
        if side.refused.is_some() {
            self.say(key::TELL_REFUSED);
            return true;
        }
        if let Some(step) = side.diverged_at {
            self.count("step", step);
            self.say(key::TELL_DIVERGED);
            return true;
        }
        false
    }
}

/// From the lowest to the highest of the finite numbers; `None` where there are none.
pub(super) fn span(values: &[f32]) -> Option<(f32, f32)> {
    let mut span = None;
    for value in values.iter().copied().filter(|value| value.is_finite()) {
        let (low, high) = span.unwrap_or((value, value));
        span = Some((value.min(low), value.max(high)));
    }
    span
}
