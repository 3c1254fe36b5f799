//! A layer with its Batch Normalization and the one layer that it is folded into, as figures beside each other. What the
//! panel, its sheet and its still picture show; folds nothing, draws nothing.

use batchnorm_lab::measure::{CallTime, Folded};
use batchnorm_lab::numeric::decimal;

use crate::format;
use crate::i18n::{Key, key};

/// Rows that are of the unit; those behind them are of the whole network.
pub const UNIT_ROWS: usize = 7;

/// What both compute, and how the right side comes of the left: the same in every language.
pub const FORMULAS: [&str; 2] = [
    "γ·(w·x + b − μ)/√(σ² + ε) + β = w′·x + b′",
    "w′ = s·w, b′ = s·(b − μ) + β, s = γ/√(σ² + ε)",
];

/// How a figure is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// A letter of the formulas.
    Letter(&'static str),
    /// A word.
    Word(Key),
}

/// One figure of the unit, or of the whole network: with Batch Normalization, and folded.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is.
    pub name: Name,
    /// `None` where there is no such figure.
    pub figures: [Option<f32>; 2],
}

impl Name {
    /// In words.
    pub fn text<'a>(self, words: impl Fn(Key) -> &'a str) -> &'a str {
        match self {
            Name::Letter(letter) => letter,
            Name::Word(key) => words(key),
        }
    }
}

/// The figures in the order in which they are shown.
pub fn rows(of: &Folded) -> [Row; 9] {
    let unit = &of.unit;
    let both = |name, [own, folded]: [f32; 2]| Row {
        name: Name::Letter(name),
        figures: [Some(own), Some(folded)],
    };
    let only = |name, own| Row {
        name: Name::Letter(name),
        figures: [Some(own), None],
    };
    let counts = |key, of: [usize; 2]| Row {
        name: Name::Word(key),
        figures: of.map(|count| Some(count as f32)),
    };
    [
        both("‖w‖", unit.norm),
        both("b", unit.bias),
        only("μ", unit.mean),
        only("σ²", unit.variance),
        only("γ", unit.gamma),
        only("β", unit.beta),
        only("s", unit.scale()),
        counts(key::FOLD_NUMBERS, of.numbers),
        counts(key::FOLD_LAYERS, of.layers),
    ]
}

/// A figure of a row as it is read.
pub fn figure(row: &Row, which: usize) -> String {
    match (row.name, row.figures[which]) {
        (_, None) => "–".into(),
        (Name::Word(_), Some(count)) => format::count(count as u64),
        (Name::Letter(_), Some(figure)) => format::value(f64::from(figure)),
    }
}

/// Microseconds of a call, and what share the folded one takes; nothing where no clock went.
pub fn took(time: &CallTime) -> Option<([f64; 2], f64)> {
    let [own, folded] = time.micros;
    let is_time = own > 0.0 && folded > 0.0;
    is_time.then(|| (time.micros, folded / own))
}

/// A factor with two decimals.
pub fn factor(times: f64) -> String {
    decimal::fixed(times, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_where_a_clock_went() {
        let time = |micros| CallTime {
            points: 256,
            micros,
        };
        assert_eq!(took(&time([20.0, 15.0])), Some(([20.0, 15.0], 0.75)));
        assert_eq!(factor(0.75), "0.75");
        for micros in [[f64::NAN; 2], [0.0, 0.0], [1.0, 0.0]] {
            assert_eq!(took(&time(micros)), None);
        }
    }

    #[test]
    fn what_is_folded_away_has_no_figure_after() {
        let of = Folded {
            numbers: [1801, 1609],
            ..Folded::default()
        };
        let rows = rows(&of);
        let after: Vec<String> = rows.iter().map(|row| figure(row, 1)).collect();
        assert!(after[2..UNIT_ROWS].iter().all(|figure| figure == "–"));
        assert_eq!(figure(&rows[7], 0), format::count(1801));
        assert_eq!(after[1], "0");
    }
}
