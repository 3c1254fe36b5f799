//! One batch on several devices: what they must send each other, and what comes of it.

use super::evidence::settings;
use super::gather::{apart, below};
use super::{Claim, Ground};
use crate::devices::{Device, Sharing, Stage, step_together};
use crate::error::Error;
use crate::jobs::Measure;

const LESSON: &str = "sync-bn";

/// Units of each normalisation.
const CHANNELS: usize = 16;
/// Rows of the batch on each of three devices: unequal, one without any.
const SHARDS: [usize; 3] = [20, 0, 12];
const STEPS: u64 = 20;
/// Parameters may differ from those of the whole batch by so much of the largest.
const CLOSE: f64 = 1e-3;

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::checked(LESSON, "sync-bn-equal", |ground| {
        Ok(below(off_whole(ground, Sharing::Synchronised)?, CLOSE))
    }),
    Claim::checked(LESSON, "sync-bn-averaged", |ground| {
        Ok((off_whole(ground, Sharing::Averaged)? / (3.0 * CLOSE) - 1.0) as f32)
    }),
    Claim::checked(LESSON, "sync-bn-forward-bytes", |ground| {
        let sent = run(ground, Sharing::Synchronised, STEPS)?.1;
        all_are(&sent.moments, 3, 4 * (2 * CHANNELS + 1))
    }),
    Claim::checked(LESSON, "sync-bn-backward-bytes", |ground| {
        let sent = run(ground, Sharing::Synchronised, STEPS)?.1;
        all_are(&sent.sums, 3, 8 * CHANNELS)
    }),
    // Weights, biases, γ and β of 2-16-16-16-1.
    Claim::checked(LESSON, "sync-bn-gradient-bytes", |ground| {
        let sent = run(ground, Sharing::Synchronised, STEPS)?.1;
        let weights = 2 * 16 + 2 * 16 * 16 + 16;
        let others = 3 * 16 + 1 + 2 * 3 * 16;
        all_are(&sent.gradients, 1, 4 * (weights + others))
    }),
    Claim::checked(LESSON, "sync-bn-group-bytes", |ground| {
        let sent = run(ground, Sharing::Group, STEPS)?.1;
        let has_gradients = !sent.gradients.is_empty();
        let sends_none = sent.moments.is_empty() && sent.sums.is_empty();
        Ok(if has_gradients && sends_none {
            1.0
        } else {
            -1.0
        })
    }),
];

/// Bytes of every message.
#[derive(Default)]
struct Sent {
    moments: Vec<usize>,
    sums: Vec<usize>,
    gradients: Vec<usize>,
}

/// Parameters after so many steps on three devices, and what was sent.
fn run(ground: &Ground<'_>, sharing: Sharing, steps: u64) -> Result<(Vec<f32>, Sent), Error> {
    let now = settings(LESSON, ground.seed, "");
    let devices = SHARDS.map(|_| Device::new(&now, sharing, ground.digits));
    let mut devices = devices.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut sent = Sent::default();
    for _ in 0..steps {
        step_together(&mut devices, &SHARDS, |stage, bytes| match stage {
            Stage::Moments(_) => sent.moments.push(bytes),
            Stage::Sums(_) => sent.sums.push(bytes),
            Stage::Gradients | Stage::Idle => sent.gradients.push(bytes),
        })?;
    }
    Ok((devices[0].parameters().to_vec(), sent))
}

/// How far three devices come from one network that sees the whole batch.
fn off_whole(ground: &Ground<'_>, sharing: Sharing) -> Result<f64, Error> {
    let whole = ground.train(LESSON, "", 1, STEPS, Measure::default())?;
    let (shared, _) = run(ground, sharing, STEPS)?;
    Ok(apart(whole.network().parameters(), &shared))
}

/// As many messages a step and device as said, each of so many bytes.
fn all_are(sent: &[usize], each: usize, bytes: usize) -> Result<f32, Error> {
    let is_so =
        sent.len() == each * SHARDS.len() * STEPS as usize && sent.iter().all(|own| *own == bytes);
    Ok(if is_so { 1.0 } else { -1.0 })
}
