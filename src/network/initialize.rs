//! First weights (Glorot and Bengio 2010; He et al. 2015). Normalisations draw nothing, so that two networks that
//! differ only in them start with the same weights.

use super::Network;
use super::plan::Operation;
use crate::choice::Initialization;
use crate::lanes::{Lanes, Real};
use crate::rng::Rng;

impl<L: Lanes> Network<L> {
    /// Draws the weights of every affine layer, first to last, and multiplies them by `gain`.
    ///
    /// Biases and β become 0, γ 1. Running averages and the optimiser's memory are left as they are.
    pub fn initialize(&mut self, kind: Initialization, gain: f64, rng: &mut Rng) {
        for node in &self.plan.nodes {
            match &node.operation {
                Operation::Affine { weight, bias } => {
                    let (inputs, outputs) = (node.inputs as f64, node.outputs as f64);
                    for weight in &mut self.parameters[weight.range()] {
                        *weight = L::Real::from_f64(gain * draw(kind, inputs, outputs, rng));
                    }
                    if let Some(bias) = bias {
                        self.parameters[bias.range()].fill(L::Real::ZERO);
                    }
                }
                Operation::BatchNorm(norm) => {
                    if let Some((gamma, beta)) = norm.affine {
                        self.parameters[gamma.range()].fill(L::Real::ONE);
                        self.parameters[beta.range()].fill(L::Real::ZERO);
                    }
                }
                Operation::Activation(_) => {}
            }
        }
    }
}

fn draw(kind: Initialization, inputs: f64, outputs: f64, rng: &mut Rng) -> f64 {
    match kind {
        Initialization::HeNormal => rng.normal() * libm::sqrt(2.0 / inputs),
        Initialization::XavierNormal => rng.normal() * libm::sqrt(2.0 / (inputs + outputs)),
        Initialization::HeUniform => uniform(rng, libm::sqrt(6.0 / inputs)),
        Initialization::XavierUniform => uniform(rng, libm::sqrt(6.0 / (inputs + outputs))),
    }
}

fn uniform(rng: &mut Rng, bound: f64) -> f64 {
    rng.uniform_in(-bound, bound)
}
