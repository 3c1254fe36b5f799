//! At inference a layer and its Batch Normalization are one layer.

use super::first_look::same_without;
use super::gather::below;
use super::{Claim, Ground};
use crate::error::Error;
use crate::jobs::Measure;

const LESSON: &str = "fold";

/// See the module. To 1e-5 of the largest output.
pub const CLAIMS: &[Claim] = &[
    Claim::checked(LESSON, "fold-dense", |ground| equal(ground, "", 200)),
    Claim::checked(LESSON, "fold-convolution", |ground| {
        equal(ground, "data=digits&samples=600&layers=c8-p-c16-p", 20)
    })
    .on_digits(),
];

fn equal(ground: &Ground<'_>, more: &str, steps: u64) -> Result<f32, Error> {
    let run = ground.train(LESSON, more, 1, steps, Measure::default())?;
    same_without(&run).map(|deviation| below(deviation, 1e-5))
}
