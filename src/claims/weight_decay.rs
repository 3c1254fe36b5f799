//! What the size of weights means before a normalisation: nothing for the function, everything for the rate of learning.

use super::gather::{apart, below};
use super::{Claim, Ground};
use crate::equivalences::{effective_rate, scale_weights, weight_norm};
use crate::error::Error;
use crate::jobs::{JobRun, Measure};
use crate::lanes::Best;
use crate::network::{Mode, Network, Scratch, Targets};

const LESSON: &str = "weight-decay";

const ROWS: usize = 64;

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::checked(LESSON, "weight-decay-ten-times", |ground| {
        scaled(ground, 10.0).map(|(output, _)| below(output, 1e-3))
    }),
    Claim::checked(LESSON, "weight-decay-gradient", |ground| {
        scaled(ground, 10.0).map(|(_, gradient)| below(gradient, 1e-2))
    }),
    // Decay shrinks the weights; shrunk they compute the same.
    Claim::checked(LESSON, "weight-decay-shrunk", |ground| {
        scaled(ground, 0.5).map(|(output, _)| below(output, 1e-3))
    }),
    Claim::checked(LESSON, "weight-decay-rate", |ground| {
        let rate = |more: &str| {
            let run = ground.train(LESSON, more, 1, 2000, Measure::default())?;
            let norm = weight_norm(run.network(), run.hidden());
            Ok::<f64, Error>(effective_rate(run.job().settings.learning_rate, norm))
        };
        Ok((rate("wd=0.01")? / (2.0 * rate("wd=0")?) - 1.0) as f32)
    }),
];

/// After 200 steps: how far output and gradient are off once all weights before a normalisation are so many times as large,
/// where the output should be the same and the gradient so many times as small.
fn scaled(ground: &Ground<'_>, factor: f64) -> Result<(f64, f64), Error> {
    let run = ground.train(LESSON, "eps=1e-12&wd=0", 1, 200, Measure::default())?;
    let mut scaled = run.network().clone();
    scale_weights(&mut scaled, run.hidden(), factor);
    let [(own, gradient), (other, small)] =
        [look(run.network().clone(), &run)?, look(scaled, &run)?];
    let restored: Vec<f32> = small
        .iter()
        .map(|g| (f64::from(*g) * factor) as f32)
        .collect();
    Ok((apart(&own, &other), apart(&gradient, &restored)))
}

/// Outputs, in training mode, and the gradients of the weights before a normalisation.
fn look(mut network: Network<Best>, run: &JobRun) -> Result<(Vec<f32>, Vec<f32>), Error> {
    let points = run.dataset().train.points(0..ROWS);
    let mut scratch = Scratch::default();
    let output = network.infer(points.x, ROWS, Mode::Batch, &mut scratch)?;
    let output = output.values().to_vec();
    network.differentiate(points.x, Targets::Labels(points.labels), ROWS, |_, _| {})?;
    let weights = run
        .hidden()
        .iter()
        .map(|layer| network.gradient(&layer.weight));
    Ok((output, weights.flatten().copied().collect()))
}
