//! First weights (Glorot and Bengio 2010; He et al. 2015). Normalisations draw nothing, so that two networks that
//! differ only in them start with the same weights.

use super::Network;
use crate::lanes::{Lanes, Real};
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

impl<L: Lanes> Network<L> {
    /// Draws the weights of every layer that has some, first to last, and multiplies them by `gain`.
    ///
    /// Biases and β become 0, γ 1. Running averages and the optimiser's memory are left as they are.
    pub fn initialize(&mut self, kind: Initialization, gain: f64, rng: &mut Rng) {
        for node in &self.plan.nodes {
            if let Some(operation) = &node.operation {
                let parameters = &mut self.parameters[node.parameters.clone()];
                operation.initialize(parameters, kind, gain, rng);
            }
        }
    }
}

/// Fills the weights of a product of `inputs` values into each of `outputs`.
pub fn draw<R: Real>(
    weights: &mut [R],
    (inputs, outputs): (usize, usize),
    kind: Initialization,
    gain: f64,
    rng: &mut Rng,
) {
    let (inputs, outputs) = (inputs as f64, outputs as f64);
    for weight in weights {
        let draw = match kind {
            Initialization::HeNormal => rng.normal() * (2.0 / inputs).sqrt(),
            Initialization::XavierNormal => rng.normal() * (2.0 / (inputs + outputs)).sqrt(),
            Initialization::HeUniform => uniform(rng, (6.0 / inputs).sqrt()),
            Initialization::XavierUniform => uniform(rng, (6.0 / (inputs + outputs)).sqrt()),
        };
        *weight = R::from_f64(gain * draw);
    }
}

fn uniform(rng: &mut Rng, bound: f64) -> f64 {
    rng.uniform_in(-bound, bound)
}
