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

/// What the rows are of.
struct Unit {
    mean: f32,
    variance: f32,
    running: [f32; 2],
    /// What is taken away and, in its root, divided by.
    used: [f32; 2],
    /// x, x̂ and y of the first point.
    first: [f32; 3],
    affine: [f32; 2],
}

impl Unit {
    fn of(seen: &Seen, stats: &LayerStats, values: &SelectedUnit, unit: usize) -> Self {
        let of = |list: &[f32], none: f32| list.get(unit).copied().unwrap_or(none);
        let [mean, variance] = [&stats.batch_mean, &stats.batch_var].map(|list| of(list, f32::NAN));
        let running = [&stats.running_mean, &stats.running_var].map(|list| of(list, f32::NAN));
        let lists = [&values.before, &values.normalized, &values.after];
        Self {
            mean,
            variance,
            running,
            used: match seen.now.statistics {
                Statistics::Batch => [mean, variance],
                Statistics::Running => running,
            },
            first: lists.map(|list| list.first().copied().unwrap_or(f32::NAN)),
            affine: [of(&stats.gamma, 1.0), of(&stats.beta, 0.0)],
        }
    }
}

/// What a batch such as this one makes of a running average.
fn moved(seen: &Seen, old: f32, new: f32, by: &str) -> String {
    let Some(share) = share(seen.now) else {
        return text(old);
    };
    let [keep, share] = [1.0 - share, share].map(format::value);
    let parts = [
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
    ];
    parts.concat()
}

/// In the order of `LINES`: symbol, formula, terms that end with the number as the frame has it.
fn rows(
    seen: &Seen,
    stats: &LayerStats,
    values: &SelectedUnit,
    unit: usize,
) -> [[String; 3]; LINES.len()] {
    let of = Unit::of(seen, stats, values, unit);
    let n = values.before.len();
    let (before, mean) = (&values.before, of.mean);
    let xs = list(before.iter().copied(), n);
    let deviations = list(before.iter().map(|x| x - mean), n);
    let unbias = match seen.now.convention.unbias(n) == 1.0 {
        true => String::new(),
        false => format!("{n}/{} · ", n.saturating_sub(1)),
    };
    let epsilon = format::setting(seen.now.epsilon);
    let [x, x_hat, y] = of.first;
    let [used, spread] = of.used;
    let [gamma, beta] = of.affine;
    let terms = [
        format!("Σ({xs})/{n} = {}", text(mean)),
        format!("x − μ: {deviations}; σ² = {}", text(of.variance)),
        format!(
            "({} − {})/√({} + {epsilon}) = {}",
            text(x),
            factor(used),
            text(spread),
            text(x_hat)
        ),
        format!(
            "{} · {} + {} = {}",
            text(gamma),
            factor(x_hat),
            factor(beta),
            text(y)
        ),
        moved(seen, of.running[0], mean, ""),
        moved(seen, of.running[1], of.variance, &unbias),
    ];
    let mut names = [
        ["μ", "Σx/N"],
        ["σ²", "Σ(x − μ)²/N"],
        ["x̂₁", "(x₁ − μ)/√(σ² + ε)"],
        ["y₁", "γ·x̂₁ + β"],
        ["R(μ)", "(1 − m)·R + m·μ"],
        ["R(σ²)", "(1 − m)·R + m·σ²·N/(N − 1)"],
    ]
    .into_iter();
    terms.map(|terms| {
        let [symbol, formula] = names.next().unwrap_or_default();
        [symbol.into(), formula.into(), terms]
    })
}
