//! A trained network in a new domain: what of its normalisation is frozen, and what that costs.

use super::evidence::b;
use super::gather::accuracies;
use super::{Claim, Ground};
use crate::error::Error;
use crate::jobs::Measure;

const LESSON: &str = "fine-tuning";

/// Training in the first domain.
const BEFORE: u64 = 1500;
/// The same with γ and β frozen instead.
const AFFINE: &str = "changes=1500:lr=0.0001,1500:batch=8,1500:shift=1,1500:frozen=affine";

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::trained(
        LESSON,
        "fine-tuning-frozen",
        &[b("", BEFORE), b("", BEFORE + 1)],
        accuracies,
        |of| of[0][0] - of[1][0] - 0.2,
    ),
    // Statistics of the new domain's training set.
    Claim::trained(
        LESSON,
        "fine-tuning-estimated",
        &[b("", BEFORE), b("", BEFORE + 1)],
        accuracies,
        |of| 0.03 - (of[0][0] - of[1][1]),
    ),
    Claim::trained(
        LESSON,
        "fine-tuning-affine",
        &[b("", BEFORE + 200), b(AFFINE, BEFORE + 200)],
        accuracies,
        |of| of[1][0] - of[0][0] - 0.2,
    ),
    // What stands still and what moves, in numbers: parameters of the normalisation, running averages.
    Claim::checked(LESSON, "fine-tuning-moves", |ground| {
        let (affine, buffers) = moved(ground, AFFINE)?;
        let (_, frozen) = moved(ground, "")?;
        let is_so = affine == 0.0 && frozen == 0.0;
        Ok(if is_so { buffers as f32 - 0.1 } else { -1.0 })
    }),
];

/// The largest change of γ and β, and of the running averages, in 200 steps of the new domain.
fn moved(ground: &Ground<'_>, more: &str) -> Result<(f64, f64), Error> {
    let [before, after] = [BEFORE, BEFORE + 200]
        .map(|steps| ground.train(LESSON, more, 1, steps, Measure::default()));
    let (before, after) = (before?, after?);
    let largest = |own: &[f32], other: &[f32]| {
        let pairs = own.iter().zip(other);
        f64::from(pairs.fold(0.0_f32, |most, (a, b)| most.max((a - b).abs())))
    };
    let (own, other) = (before.network(), after.network());
    let names = own.views().iter().map(|(name, _)| name);
    let affine = names.filter(|name| name.ends_with(".gamma") || name.ends_with(".beta"));
    let affine = affine.map(|name| largest(own.parameter(name), other.parameter(name)));
    Ok((
        affine.fold(0.0, f64::max),
        largest(own.buffers(), other.buffers()),
    ))
}
