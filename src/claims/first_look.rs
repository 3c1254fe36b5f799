//! A deep sigmoid network with and without Batch Normalization: one learns, one does not.

use super::Claim;
use super::evidence::{a, b};
use super::gather::{accuracy, apart, below, most};
use crate::architecture::FULL;
use crate::equivalences::fold_network;
use crate::error::Error;
use crate::jobs::{JobRun, Measure};
use crate::network::{Mode, Scratch};

const LESSON: &str = "first-look";

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::trained(LESSON, "first-look-with", &[b("", 400)], accuracy, |of| {
        of[0][0] - 0.95
    }),
    Claim::trained(
        LESSON,
        "first-look-without",
        &[
            a("lr=0.003", 400),
            a("lr=0.01", 400),
            a("lr=0.03", 400),
            a("lr=0.1", 400),
            a("lr=0.3", 400),
            a("lr=1", 400),
            a("lr=3", 400),
        ],
        accuracy,
        |of| 0.6 - most(of),
    ),
    // It adds no function: one without normalisation computes the same.
    Claim::checked(LESSON, "first-look-capacity", |ground| {
        let run = ground.train(LESSON, "", 1, 100, Measure::default())?;
        same_without(&run).map(|deviation| below(deviation, 1e-4))
    }),
];

/// How far the network without normalisation that computes the same is off on the test set, as a share of the largest
/// output.
pub(super) fn same_without(run: &JobRun) -> Result<f64, Error> {
    let network = run.network();
    let plain = fold_network(network, run.hidden(), &run.job().settings, FULL)?;
    let test = &run.dataset().test;
    let rows = test.len().min(200);
    let x = test.points(0..rows).x;
    let (mut one, mut other) = (Scratch::default(), Scratch::default());
    let own = network.infer(x, rows, Mode::Running, &mut one)?.values();
    let folded = plain.infer(x, rows, Mode::Running, &mut other)?.values();
    Ok(apart(own, folded))
}
