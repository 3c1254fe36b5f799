//! r and d of Batch Renormalization for one unit and one mini-batch: what the two deviations and means would ask for, and
//! what the bounds leave of it. Moves nothing.

use crate::kernels::norm::batch::Moments;
use crate::kernels::norm::renorm::{self, Bounds, RunningSpread};
use crate::lanes::{Lanes, Real};
use crate::network::Network;

/// So wide that they clip nothing.
const OPEN: Bounds = Bounds {
    r_max: 1e30,
    d_max: 1e30,
};

/// One unit, and how many of its layer are clipped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correction {
    /// Mean and standard deviation √(variance + ε) of the mini-batch.
    pub batch: [f32; 2],
    /// The running ones, before the mini-batch moves them.
    pub running: [f32; 2],
    /// The batch's deviation over the running one, and the distance of the means over the running deviation.
    pub wanted: [f32; 2],
    /// The same within the bounds: r and d, as they are used.
    pub used: [f32; 2],
    /// The bounds in force: the largest r, whose inverse is the smallest, and the largest |d|.
    pub bounds: [f32; 2],
    /// The share of the layer's units whose r, whose d is clipped.
    pub clipped: [f32; 2],
}

/// Those of a unit of normalisation `layer`, whose network has just made a pass forward in training mode; `running` are its
/// running mean and variance before that pass.
///
/// # Panics
/// If that layer keeps no running averages, or has no such unit.
pub fn correction<L: Lanes>(
    network: &Network<L>,
    running: &[Vec<L::Real>; 2],
    layer: usize,
    unit: usize,
    bounds: Bounds,
    epsilon: f64,
) -> Correction {
    let [means, variances] = running;
    let (mean, variance) = network.batch_moments(layer);
    let features = mean.len();
    let correct = |bounds| {
        let mut r = vec![L::Real::ZERO; features];
        let mut d = r.clone();
        renorm::correct(
            Moments {
                mean,
                mean_low: &[],
                variance,
            },
            means,
            variances,
            RunningSpread::Variance,
            epsilon,
            bounds,
            &mut r,
            &mut d,
        );
        [r, d].map(|of| {
            of.iter()
                .map(|value| value.to_f64() as f32)
                .collect::<Vec<_>>()
        })
    };
    let (wanted, used) = (correct(OPEN), correct(bounds));
    let clipped = [0, 1].map(|of| {
        let pairs = wanted[of].iter().zip(&used[of]);
        pairs.filter(|(wanted, used)| wanted != used).count() as f32 / features as f32
    });
    let deviation = |variance: L::Real| (variance.to_f64() + epsilon).sqrt() as f32;
    Correction {
        batch: [mean[unit].to_f64() as f32, deviation(variance[unit])],
        running: [means[unit].to_f64() as f32, deviation(variances[unit])],
        wanted: [0, 1].map(|of| wanted[of][unit]),
        used: [0, 1].map(|of| used[of][unit]),
        bounds: [bounds.r_max as f32, bounds.d_max as f32],
        clipped,
    }
}
