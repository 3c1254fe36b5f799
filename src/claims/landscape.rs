//! How far the gradient can be trusted: both halves.

use super::Claim;
use super::evidence::{Trained, a, b};
use crate::jobs::{JobReport, LandscapePlan, Measure};

const LESSON: &str = "landscape";

/// See the module.
pub const CLAIMS: &[Claim] = &[
    // Weights too large: the highest loss that a step of 128 learning rates leads to.
    Claim::trained(
        LESSON,
        "landscape-smoother",
        &[far(a("", 200)), far(b("", 200))],
        |of| {
            let states = states(of);
            vec![states.map(|(_, there)| there).fold(0.0, f32::max)]
        },
        |of| of[0][0] / (5.0 * of[1][0]) - 1.0,
    ),
    // Weights well scaled: by how much a step of eight changes the loss of the state in the middle.
    Claim::trained(
        LESSON,
        "landscape-rougher",
        &[near(a("gain=1", 200)), near(b("gain=1", 200))],
        |of| {
            let changes = states(of).map(|(here, there)| (there - here).abs());
            let mut changes: Vec<f32> = changes.collect();
            changes.sort_by(f32::total_cmp);
            vec![changes[changes.len() / 2]]
        },
        |of| 1.0 - of[0][0] / (0.6 * of[1][0]),
    ),
];

/// Of the last 20 states of 200 steps.
fn measure(factor: f64) -> Measure {
    Measure {
        landscape: Some(LandscapePlan {
            from: 181,
            every: 1,
            factors: vec![factor],
            last: 20,
        }),
        ..Measure::default()
    }
}

const fn far(of: Trained) -> Trained {
    Trained {
        measure: || measure(128.0),
        ..of
    }
}

const fn near(of: Trained) -> Trained {
    Trained {
        measure: || measure(8.0),
        ..of
    }
}

/// Loss at each state and at the step's end.
fn states(of: &JobReport) -> impl Iterator<Item = (f32, f32)> {
    let points = of.measured.landscape.iter().flat_map(|of| &of.points);
    points.map(|point| (point.loss, point.losses[0]))
}
