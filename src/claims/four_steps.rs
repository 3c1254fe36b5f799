//! What four steps of arithmetic make of one mini-batch, whatever its numbers.

use super::gather::below;
use super::{Claim, Ground};
use crate::error::Error;
use crate::kernels::norm::batch::Rule;
use crate::network::{BatchNorm, Layer, Mode, Network, Objective};
use crate::numeric::rng::Rng;

const LESSON: &str = "four-steps";

/// Batches that each claim is tried on.
const BATCHES: usize = 20;

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::checked(LESSON, "four-steps-sum", |ground| {
        worst(ground, |batch, _| {
            let sum: f64 = batch.x_hat.iter().sum();
            below(sum.abs(), 1e-4 * batch.x_hat.len() as f64)
        })
    }),
    Claim::checked(LESSON, "four-steps-square", |ground| {
        worst(ground, |batch, epsilon| {
            let square = mean(batch.x_hat.iter().map(|v| v * v));
            let variance = batch.variance();
            below((square - variance / (variance + epsilon)).abs(), 1e-4)
        })
    }),
    Claim::checked(LESSON, "four-steps-most", |ground| {
        worst(ground, |batch, _| {
            let bound = (batch.x.len() as f64 - 1.0).sqrt();
            let most = batch
                .x_hat
                .iter()
                .fold(0.0_f64, |most, v| most.max(v.abs()));
            (1.0 + 1e-5 - most / bound) as f32
        })
    }),
    // One point is drawn to 100, where the others are within 1 of 0: it ends at the bound, not beyond.
    Claim::checked(LESSON, "four-steps-outlier", |ground| {
        let mut least = f32::INFINITY;
        let mut rng = Rng::new(u64::from(ground.seed), "outlier");
        for _ in 0..BATCHES {
            let rows = 3 + rng.below(30);
            let mut x: Vec<f32> = (0..rows)
                .map(|_| rng.uniform_in(-1.0, 1.0) as f32)
                .collect();
            x[0] = 100.0;
            let share = normalised(x, 1e-5)?.x_hat[0] / (rows as f64 - 1.0).sqrt();
            least = least.min(below((share - 0.9985).abs(), 0.00151));
        }
        Ok(least)
    }),
    // Two clumps stay two: of a Gaussian 38 of 100 values lie within half a deviation of the mean, of these none.
    Claim::checked(LESSON, "four-steps-clumps", |ground| {
        let mut rng = Rng::new(u64::from(ground.seed), "clumps");
        let clump = |at: usize| [-3.0, 3.0][at % 2];
        let x = (0..64).map(|at| (clump(at) + 0.4 * rng.normal()) as f32);
        let batch = normalised(x.collect(), 1e-5)?;
        let within = batch.x_hat.iter().filter(|v| v.abs() < 0.5).count();
        Ok(below(within as f64, 0.05 * 64.0))
    }),
];

/// One unit's values and what Batch Normalization made of them.
struct Normalised {
    x: Vec<f32>,
    x_hat: Vec<f64>,
}

impl Normalised {
    /// Biased.
    fn variance(&self) -> f64 {
        let average = mean(self.x.iter().map(|v| f64::from(*v)));
        mean(self.x.iter().map(|v| (f64::from(*v) - average).powi(2)))
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

fn normalised(x: Vec<f32>, epsilon: f64) -> Result<Normalised, Error> {
    let layer = BatchNorm {
        name: "norm".into(),
        features: 1,
        rule: Rule {
            epsilon,
            ..Rule::default()
        },
        ..BatchNorm::default()
    };
    let layers: [Layer; 1] = [layer.into()];
    let mut network = Network::new(&layers, Objective::HalfSquaredError, x.len())?;
    network.forward(&x, x.len(), Mode::Train)?;
    let x_hat = network.x_hat(0).unit(0).iter().map(|v| f64::from(*v));
    Ok(Normalised {
        x_hat: x_hat.collect(),
        x,
    })
}

/// The least margin over batches of 2 to 65 numbers of any size and place, and ε from 1e-5 to 1.
fn worst(ground: &Ground<'_>, margin: fn(&Normalised, f64) -> f32) -> Result<f32, Error> {
    let mut rng = Rng::new(u64::from(ground.seed), "batches");
    let mut least = f32::INFINITY;
    for _ in 0..BATCHES {
        let rows = 2 + rng.below(64);
        let (centre, spread) = (10.0 * rng.normal(), rng.uniform_in(0.2, 5.0));
        let epsilon = 10_f64.powf(rng.uniform_in(-5.0, 0.0));
        let x = (0..rows).map(|_| (centre + spread * rng.normal()) as f32);
        least = least.min(margin(&normalised(x.collect(), epsilon)?, epsilon));
    }
    Ok(least)
}
