//! What each panel shows, as a sentence that changes with the run and as a table of exact figures: both made by one
//! function of what its chart shows. Knows no element and no signal.
//!
//! A sentence says what the figures mean. What it means is a number of its own, so that a voice can speak up when the
//! statement changes and stay silent while only digits do.

mod affine;
mod announcer;
mod answers;
mod backward;
mod by_class;
mod cells;
mod compared_runs;
mod corrections;
mod curves;
mod depth_profile;
mod devices;
mod drift;
mod folded;
mod frameworks;
mod gradients;
mod grid_rows;
mod landscape;
mod layers;
mod moments;
mod noise;
mod number_line;
mod numbers;
mod race_grid;
mod saying;
mod seen;
mod selected_unit;
mod sharing;
mod status;
mod sweep;
#[cfg(test)]
mod tests;
mod three;
mod weight_norm;

pub use affine::gamma_beta;
pub use announcer::{Announcer, Pace, Turn};
pub use answers::boundary;
pub use backward::backward;
pub use by_class::by_class;
pub use cells::which_cells;
pub use compared_runs::compared_runs;
pub use corrections::r_and_d;
pub use curves::{accuracy, loss};
pub use depth_profile::depth_profile;
pub use devices::devices;
pub use drift::drift;
pub use folded::fold;
pub use frameworks::frameworks;
pub use gradients::gradients;
pub use landscape::landscape;
pub use layers::layers;
pub use moments::moments;
pub use noise::{statistics_noise, x_hat_noise};
pub use number_line::{RunBatch, batch_of, number_line};
pub use numbers::numbers;
pub use race_grid::race_grid;
pub use seen::Seen;
pub use selected_unit::selected_unit;
pub use sharing::sharing;
pub use status::{Condition, condition, status};
pub use sweep::sweep;
pub use three::three_accuracies;
pub use weight_norm::weight_norm;

/// A panel in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// What it shows now.
    pub sentence: String,
    /// Which statements the sentence makes, whatever their digits.
    pub meaning: u32,
    /// The figures.
    pub table: ToldTable,
}

/// Figures in rows; the first cells of a row say what it is of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToldTable {
    /// What stands in each column.
    pub head: Vec<String>,
    /// As many cells each as the head has.
    pub rows: Vec<Vec<String>>,
}

impl ToldTable {
    /// Tab-separated lines, as spreadsheets take them: numbers without the signs and spaces of print.
    pub fn to_tsv(&self) -> String {
        let mut text = String::new();
        for row in std::iter::once(&self.head).chain(&self.rows) {
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    text.push('\t');
                }
                for letter in cell.chars() {
                    match letter {
                        '−' => text.push('-'),
                        '–' | '\u{202f}' => {}
                        '\t' | '\n' => text.push(' '),
                        other => text.push(other),
                    }
                }
            }
            text.push('\n');
        }
        text
    }
}
