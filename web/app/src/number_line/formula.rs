//! The formula of each step with the numbers of a batch: signs, the same in every language.

use super::NumberLine;
use crate::format::value;

/// What the lines are called.
pub const NAMES: [&str; 4] = ["x", "x − μ", "x̂", "y"];
/// What leads from each to the next.
pub const OPERATIONS: [&str; 3] = ["− μ", "÷ √(σ²+ε)", "·γ + β"];

/// A line as it reads for a batch.
pub type Line = fn(&NumberLine) -> String;

/// Lines with their names, by which tests find them.
pub const LINES: [(&str, Line); 6] = [
    ("mean", |of| format!("μ = Σx/m = {}", value(of.mean.into()))),
    ("variance", |of| {
        format!("σ² = Σ(x − μ)²/m = {}", value(of.variance.into()))
    }),
    ("x-hat", |of| {
        let [x, _, x_hat, _] = own(of);
        let (variance, epsilon) = (value(of.variance.into()), value(of.affine.epsilon));
        format!(
            "x̂ = ({x} {}) / √({variance} + {epsilon}) = {x_hat}",
            less(of.mean)
        )
    }),
    ("y", |of| {
        let [.., x_hat, y] = own(of);
        let (gamma, beta) = (value(of.affine.gamma.into()), of.affine.beta);
        format!(
            "y = γ·x̂ + β = {gamma} · {} {} = {y}",
            bracketed(x_hat),
            more(beta)
        )
    }),
    ("sum", |of| {
        format!(
            "Σx̂ = {} · Σx̂²/m = {}",
            value(of.sum()),
            value(of.mean_square())
        )
    }),
    ("bound", |of| {
        format!("|x̂| ≤ √(m − 1) = {}", value(of.bound()))
    }),
];

/// The number that is looked at, on each line.
fn own(of: &NumberLine) -> [String; 4] {
    [0, 1, 2, 3].map(|stage: usize| value(of.stages[stage][of.selected].into()))
}

fn less(number: f32) -> String {
    match number < 0.0 {
        true => format!("+ {}", value((-number).into())),
        false => format!("− {}", value(number.into())),
    }
}

fn more(number: f32) -> String {
    less(-number)
}

fn bracketed(number: String) -> String {
    match number.starts_with('−') {
        true => format!("({number})"),
        false => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number_line::{Affine, Points};

    #[test]
    fn formulas_have_the_numbers_that_the_kernel_had() {
        let affine = Affine {
            gamma: 2.0,
            beta: -1.0,
            epsilon: 1e-5,
        };
        let of = NumberLine::new(&Points::of(&[-1.0, -3.0, -5.0, -7.0]), affine, 3);
        let said = LINES.map(|(_, line)| line(&of));
        assert_eq!(
            said[..4],
            [
                "μ = Σx/m = −4.00",
                "σ² = Σ(x − μ)²/m = 5.00",
                "x̂ = (−7.00 + 4.00) / √(5.00 + 1e−5) = −1.34",
                "y = γ·x̂ + β = 2.00 · (−1.34) − 1.00 = −3.68",
            ]
        );
        assert_eq!(said[5], "|x̂| ≤ √(m − 1) = 1.73");
    }
}
