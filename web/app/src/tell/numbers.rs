//! Where the numbers of the selected unit come from: formula, the run's numbers in it, and the line of the kernel.

use batchnorm_lab::protocol::{LayerStats, SelectedUnit};
use batchnorm_lab::settings::choice::Statistics;

use super::saying::Saying;
use super::{Seen, Told};
use crate::format;
use crate::frameworks::{keeps_batches, share};
use crate::i18n::key;

include!(concat!(env!("OUT_DIR"), "/origins.rs"));

/// Values of a batch that are written out.
const FEW: usize = 3;

/// μ, σ², x̂ and y of the selected unit, and its running averages.
pub fn numbers(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let side = seen.detail_side();
    if !keeps_batches(seen.norm(side)) {
        return saying.only(key::NUMBERS_NONE);
    }
    let (layer, unit) = seen.selected();
    let of = seen.side(side).and_then(|side| {
        let stats = side.layers.get(layer)?;
        let values = &side.selected_unit;
        let is_whole = !values.normalized.is_empty() && !values.after.is_empty();
        let is_own = (values.layer as usize, values.unit as usize) == (layer, unit);
        (is_whole && is_own).then_some((stats, values))
    });
    let Some((stats, values)) = of else {
        return saying.only(key::TELL_NOTHING);
    };
    saying.run(side);
    saying.count("layer", layer as u64 + 1);
    saying.count("unit", unit as u64 + 1);
    saying.count("step", seen.step());
    saying.count("n", values.before.len() as u64);
    saying.say(key::NUMBERS_OF);
    saying.columns(&[
        key::NUMBERS_NUMBER,
        key::NUMBERS_FORMULA,
        key::NUMBERS_TERMS,
        key::NUMBERS_KERNEL,
    ]);
    for ((_, file, line), [symbol, formula, terms]) in
        LINES.iter().zip(rows(seen, stats, values, unit))
    {
        saying.cell(symbol);
        saying.cell(formula);
        saying.cell(terms);
        saying.cell([file, ":", &line.to_string()].concat());
        saying.end_row();
    }
    saying.told()
}

fn text(x: f32) -> String {
    format::value(f64::from(x))
}

/// A negative one behind an operator.
fn factor(x: f32) -> String {
    match x < 0.0 {
        true => ["(", &text(x), ")"].concat(),
        false => text(x),
    }
}

fn list(values: impl Iterator<Item = f32>, count: usize) -> String {
    let mut all: Vec<String> = values.take(FEW).map(text).collect();
    if count > FEW {
        all.push("…".into());
    }
    all.join(", ")
}

/// In the order of `LINES`: symbol, formula, terms that end with the number as the frame has it.
fn rows(seen: &Seen, stats: &LayerStats, values: &SelectedUnit, unit: usize) -> [[String; 3]; 6] {
    let now = seen.now;
    let n = values.before.len();
    let of = |list: &[f32]| list.get(unit).copied().unwrap_or(f32::NAN);
    let (mean, variance) = (of(&stats.batch_mean), of(&stats.batch_var));
    let (running_mean, running_var) = (of(&stats.running_mean), of(&stats.running_var));
    let (used, spread) = match now.statistics {
        Statistics::Batch => (mean, variance),
        Statistics::Running => (running_mean, running_var),
    };
    let first = |list: &[f32]| list.first().copied().unwrap_or(f32::NAN);
    let (x, x_hat, y) = (
        first(&values.before),
        first(&values.normalized),
        first(&values.after),
    );
    let gamma = stats.gamma.get(unit).copied().unwrap_or(1.0);
    let beta = stats.beta.get(unit).copied().unwrap_or(0.0);
    let count = n.to_string();
    let deviations = values.before.iter().map(|x| x - mean);
    let moved = |old: f32, new: f32, by: &str| match share(now) {
        None => text(old),
        Some(share) => {
            let [keep, share] = [1.0 - share, share].map(format::value);
            [
                &text(old),
                " → ",
                &keep,
                " · ",
                &factor(old),
                " + ",
                &share,
                " · ",
                by,
                &factor(new),
            ]
            .concat()
        }
    };
    let unbias = match now.convention.unbias(n) == 1.0 {
        true => String::new(),
        false => format!("{n}/{} · ", n.saturating_sub(1)),
    };
    [
        [
            "μ".into(),
            "Σx/N".into(),
            [
                "Σ(",
                &list(values.before.iter().copied(), n),
                ")/",
                &count,
                " = ",
                &text(mean),
            ]
            .concat(),
        ],
        [
            "σ²".into(),
            "Σ(x − μ)²/N".into(),
            ["x − μ: ", &list(deviations, n), "; σ² = ", &text(variance)].concat(),
        ],
        [
            "x̂₁".into(),
            "(x₁ − μ)/√(σ² + ε)".into(),
            [
                "(",
                &text(x),
                " − ",
                &factor(used),
                ")/√(",
                &text(spread),
                " + ",
                &format::setting(now.epsilon),
                ") = ",
                &text(x_hat),
            ]
            .concat(),
        ],
        [
            "y₁".into(),
            "γ·x̂₁ + β".into(),
            [
                &text(gamma),
                " · ",
                &factor(x_hat),
                " + ",
                &factor(beta),
                " = ",
                &text(y),
            ]
            .concat(),
        ],
        [
            "R(μ)".into(),
            "(1 − m)·R + m·μ".into(),
            moved(running_mean, mean, ""),
        ],
        [
            "R(σ²)".into(),
            "(1 − m)·R + m·σ²·N/(N − 1)".into(),
            moved(running_var, variance, &unbias),
        ],
    ]
}
