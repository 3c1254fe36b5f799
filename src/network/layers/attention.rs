//! A block of self-attention with one head, Layer Normalization before it and a residual around it.

use crate::error::Error;
use crate::kernels::attention::{self, AttentionSize, Gradients, Weights};
use crate::lanes::{Lanes, Real};
use crate::network::Shape;
use crate::network::initialize::draw;
use crate::network::layer::{
    Backward, Forward, Infer, LayerSpec, Operation, PlacedLayer, ResultPlace,
};
use crate::network::plan::LayerContext;
use crate::network::shape::{refuse, require_channels, require_some};
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

/// A block of attention; parameters `w_q`, `w_k`, `w_v`, `w_o` `[features, features]`, `gamma`, `beta`.
#[derive(Clone, Debug)]
pub struct Attention {
    /// Name of its parameters, e.g. `attention`.
    pub name: String,
    /// Features of a step, in and out.
    pub features: usize,
    /// ε of the normalisation.
    pub epsilon: f64,
}

impl<L: Lanes> LayerSpec<L> for Attention {
    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        let (name, input) = (&self.name, context.input());
        require_some(name, self.features)?;
        let steps = match input {
            Shape::Sequence { steps, .. } if steps > 0 => steps,
            _ => {
                let needs = format_args!("a sequence of {} features", self.features);
                return Err(refuse(name, input, needs));
            }
        };
        require_channels(name, input, self.features)?;
        for part in ["w_q", "w_k", "w_v", "w_o"] {
            context.parameter(name, part, self.features * self.features);
        }
        context.parameter(name, "gamma", self.features);
        context.parameter(name, "beta", self.features);
        let size = AttentionSize {
            features: self.features,
            steps,
            rows: context.max_rows(),
            epsilon: self.epsilon,
        };
        let work = AttentionOperation::<L> {
            size,
            room: vec![L::Real::ZERO; size.room()],
        };
        Ok(PlacedLayer::new(work, input))
    }
}

#[derive(Clone, Debug)]
struct AttentionOperation<L: Lanes> {
    size: AttentionSize,
    room: Vec<L::Real>,
}

impl<L: Lanes> AttentionOperation<L> {
    fn size(&self, rows: usize) -> AttentionSize {
        AttentionSize { rows, ..self.size }
    }

    fn weights<'a>(&self, parameters: &'a [L::Real]) -> Weights<'a, L::Real> {
        let features = self.size.features;
        let square = features * features;
        let (query, rest) = parameters.split_at(square);
        let (key, rest) = rest.split_at(square);
        let (value, rest) = rest.split_at(square);
        let (output, rest) = rest.split_at(square);
        let (gamma, beta) = rest.split_at(features);
        Weights {
            query,
            key,
            value,
            output,
            gamma,
            beta,
        }
    }

    fn gradients<'a>(&self, all: &'a mut [L::Real]) -> Gradients<'a, L::Real> {
        let features = self.size.features;
        let square = features * features;
        let (query, rest) = all.split_at_mut(square);
        let (key, rest) = rest.split_at_mut(square);
        let (value, rest) = rest.split_at_mut(square);
        let (output, rest) = rest.split_at_mut(square);
        let (gamma, beta) = rest.split_at_mut(features);
        Gradients {
            query,
            key,
            value,
            output,
            gamma,
            beta,
        }
    }
}

impl<L: Lanes> Operation<L> for AttentionOperation<L> {
    fn start(&self, parameters: &mut [L::Real], _: &mut [L::Real]) {
        self.gradients(parameters).gamma.fill(L::Real::ONE);
    }

    fn initialize(
        &self,
        parameters: &mut [L::Real],
        kind: Initialization,
        gain: f64,
        rng: &mut Rng,
    ) {
        let fans = (self.size.features, self.size.features);
        let parts = self.gradients(parameters);
        for weight in [parts.query, parts.key, parts.value, parts.output] {
            draw(weight, fans, kind, gain, rng);
        }
        parts.gamma.fill(L::Real::ONE);
        parts.beta.fill(L::Real::ZERO);
    }

    fn forward(&mut self, at: Forward<'_, L>) {
        let (weights, size) = (self.weights(at.parameters), self.size(at.pass.rows));
        attention::forward::<L>(at.x, weights, at.pass.mask, at.y, &mut self.room, size);
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        let (weights, size) = (self.weights(at.parameters), self.size(at.pass.rows));
        let gradients = self.gradients(at.gradients);
        attention::backward::<L>(at.d, weights, gradients, &mut self.room, size);
        ResultPlace::InPlace
    }

    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        let (weights, size) = (self.weights(at.parameters), self.size(at.pass.rows));
        at.room.resize(size.room(), L::Real::ZERO);
        attention::forward::<L>(at.x, weights, at.pass.mask, at.y, at.room, size);
        ResultPlace::Across
    }

    fn is_measured(&self) -> bool {
        true
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
