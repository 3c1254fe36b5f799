//! Golden kinds layer_norm, rms_norm, group_norm and instance_norm: one kernel, four ways to take values together.

use batchnorm_lab::kernels::norm::within::{self, RowNormSize, Rule};
use batchnorm_lab::lanes::Lanes;

use super::super::common::case::{Case, Outputs, from_feature_major, of_rows, to_feature_major};
use super::super::common::{narrow, poisoned, widen};
use super::Answer;

/// (N, C, positions) of the case's block and what its kind takes together.
fn sizes(case: &Case) -> ((usize, usize, usize), RowNormSize) {
    let tensor = case.tensor("x");
    let block = match case.word("layout") {
        "NTC" => of_rows(tensor),
        _ => tensor.sizes(),
    };
    let (rows, channels, positions) = block;
    let (groups, share) = match case.kind.as_str() {
        "group_norm" => (case.count("num_groups"), positions),
        "instance_norm" => (channels, positions),
        _ => (1, 1),
    };
    let size = RowNormSize {
        groups,
        runs: channels * positions / groups,
        rows,
        share,
    };
    (block, size)
}

pub fn check<L: Lanes>(case: &Case) -> Answer {
    let (block, size) = sizes(case);
    let rule = Rule {
        epsilon: case.number("eps"),
        centres: case.kind != "rms_norm",
    };
    let turn =
        |name: &str| -> Vec<L::Real> { narrow(&to_feature_major(&case.tensor(name).data, block)) };
    let (x, mut d) = (turn("x"), turn("dy"));
    let gamma = case.optional::<L::Real>("gamma");
    let beta = case.optional::<L::Real>("beta");
    let (mut x_hat, mut y) = (poisoned::<L::Real>(x.len()), poisoned::<L::Real>(x.len()));
    let mut inverse = poisoned::<L::Real>(size.groups * size.rows);
    within::forward::<L>(
        &x,
        size,
        rule,
        gamma.as_deref(),
        beta.as_deref(),
        &mut inverse,
        &mut x_hat,
        &mut y,
    );
    let mut d_gamma = poisoned::<L::Real>(size.parameters());
    let mut d_beta = poisoned::<L::Real>(size.parameters());
    within::backward::<L>(
        &mut d,
        &x_hat,
        &inverse,
        size,
        rule,
        gamma.as_deref(),
        Some(&mut d_gamma),
        Some(&mut d_beta),
    );
    let mut outputs = Outputs::default();
    let back = |values: &[L::Real]| from_feature_major(&widen(values), block);
    outputs.put("y", &back(&y));
    outputs.put("dx", &back(&d));
    outputs.put("dgamma", &d_gamma);
    outputs.put("dbeta", &d_beta);
    Answer::Outputs(outputs)
}
