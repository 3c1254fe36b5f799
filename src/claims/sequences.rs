//! Sequences of unequal length: what Batch Normalization shares between them, Layer Normalization and RMSNorm do not.

use super::evidence::{a, b, settings};
use super::gather::{accuracy, apart};
use super::{Claim, Ground};
use crate::architecture::FULL;
use crate::data::{Split, sequences};
use crate::error::Error;
use crate::network::Mode;
use crate::numeric::rng::Rng;
use crate::observe::ObservedNetwork;
use crate::settings::choice::Norm;

const LESSON: &str = "sequences";

const ROWS: usize = 8;

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::checked(LESSON, "sequences-company-layer", |ground| {
        stands_still(ground, Norm::Layer, other_company)
    }),
    Claim::checked(LESSON, "sequences-company-rms", |ground| {
        stands_still(ground, Norm::Rms, other_company)
    }),
    Claim::checked(LESSON, "sequences-filling-layer", |ground| {
        stands_still(ground, Norm::Layer, other_filling)
    }),
    Claim::checked(LESSON, "sequences-filling-rms", |ground| {
        stands_still(ground, Norm::Rms, other_filling)
    }),
    Claim::checked(LESSON, "sequences-company-batch", |ground| {
        Ok(moves(ground, Norm::Batch, other_company)? as f32 - 0.01)
    }),
    Claim::checked(LESSON, "sequences-filling-batch", |ground| {
        Ok(moves(ground, Norm::Batch, other_filling)? as f32 - 0.01)
    }),
    Claim::trained(
        LESSON,
        "sequences-ahead",
        &[a("", 2000), b("", 2000)],
        accuracy,
        |of| of[1][0] - of[0][0] - 0.05,
    ),
];

type Change = fn(&mut Split, &mut Rng);

/// Its 7 neighbours are other sequences.
fn other_company(batch: &mut Split, _: &mut Rng) {
    let values = batch.x.len() / (2 * ROWS);
    let own = batch.x.drain(..values).collect::<Vec<_>>();
    batch.x.drain(..values * (ROWS - 1));
    batch.x.splice(0..0, own);
    let own = batch.lengths[0];
    batch.lengths.drain(..ROWS);
    batch.lengths.insert(0, own);
    batch.labels.drain(..ROWS);
}

/// What stands behind the end of each sequence is no longer 0.
fn other_filling(batch: &mut Split, rng: &mut Rng) {
    let features = sequences::STEP_FEATURES;
    for (row, length) in batch.lengths.iter().enumerate() {
        let start = (row * sequences::STEPS + length) * features;
        let end = (row + 1) * sequences::STEPS * features;
        batch.x[start..end].fill_with(|| 3.0 + rng.normal() as f32);
    }
}

/// How far a network's answer for a sequence in a batch moves, over its size, when the others or the filling change.
fn moves(ground: &Ground<'_>, norm: Norm, change: Change) -> Result<f64, Error> {
    let now = settings(LESSON, ground.seed, "");
    let data = (FULL.data)(&now, ground.digits)?;
    let mut observed = ObservedNetwork::new(norm, &now, FULL)?;
    let mut rng = Rng::new(u64::from(ground.seed), "sequences");
    // The first that has filling, and 15 others.
    let lengths = data.train.lengths.iter();
    let mut shorter = lengths
        .enumerate()
        .filter(|(_, length)| **length < sequences::STEPS);
    let own = shorter.next().map_or(0, |(row, _)| row) as u32;
    let others = (0..).filter(|row| *row != own).take(2 * ROWS - 1);
    let rows: Vec<u32> = std::iter::once(own).chain(others).collect();
    observed.gather(&data.train, &rows);
    let all = Split {
        x: observed.batch.x.clone(),
        labels: observed.batch.labels.clone(),
        lengths: observed.batch.lengths.clone(),
    };
    let mut other = all.clone();
    change(&mut other, &mut rng);
    let mut answer = |split: &Split| -> Result<Vec<f32>, Error> {
        let rows: Vec<u32> = (0..ROWS as u32).collect();
        observed.gather(split, &rows);
        let batch = &observed.batch;
        observed.network.forward(&batch.x, ROWS, Mode::Batch)?;
        let output = observed.network.output();
        Ok((0..output.features()).map(|k| output.at(0, k)).collect())
    };
    Ok(apart(&answer(&all)?, &answer(&other)?))
}

/// Not at all: to the bit.
fn stands_still(ground: &Ground<'_>, norm: Norm, change: Change) -> Result<f32, Error> {
    let off = moves(ground, norm, change)?;
    Ok(if off == 0.0 { 1.0 } else { -off as f32 })
}
