//! An Elman recurrence over a sequence; its last state goes on.

use crate::error::Error;
use crate::kernels::recurrent::{self, Gradients, Normalizes, RecurrentSize, Weights};
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

/// A recurrent layer; parameters `w_x` `[hidden, inputs]`, `w_h` `[hidden, hidden]`, `bias`, and where it normalises
/// `gamma`, `beta`.
#[derive(Clone, Debug)]
pub struct Recurrent {
    /// Name of its parameters, e.g. `rnn`.
    pub name: String,
    /// Features of a step.
    pub inputs: usize,
    /// Features of the state.
    pub hidden: usize,
    /// Where Layer Normalization stands, if anywhere.
    pub normalizes: Normalizes,
    /// ε of the normalisation.
    pub epsilon: f64,
}

impl<L: Lanes> LayerSpec<L> for Recurrent {
    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        let (name, input) = (&self.name, context.input());
        require_some(name, self.inputs)?;
        require_some(name, self.hidden)?;
        let steps = match input {
            Shape::Sequence { steps, .. } if steps > 0 => steps,
            _ => {
                let needs = format_args!("a sequence of {} features", self.inputs);
                return Err(refuse(name, input, needs));
            }
        };
        require_channels(name, input, self.inputs)?;
        context.parameter(name, "w_x", self.hidden * self.inputs);
        context.parameter(name, "w_h", self.hidden * self.hidden);
        context.parameter(name, "bias", self.hidden);
        if self.normalizes != Normalizes::Nothing {
            context.parameter(name, "gamma", self.hidden);
            context.parameter(name, "beta", self.hidden);
        }
        let size = RecurrentSize {
            inputs: self.inputs,
            hidden: self.hidden,
            steps,
            rows: context.max_rows(),
            normalizes: self.normalizes,
            epsilon: self.epsilon,
        };
        let work = RecurrentOperation::<L> {
            size,
            room: vec![L::Real::ZERO; size.room()],
        };
        Ok(PlacedLayer::new(work, Shape::Features(self.hidden)))
    }
}

#[derive(Clone, Debug)]
struct RecurrentOperation<L: Lanes> {
    size: RecurrentSize,
    room: Vec<L::Real>,
}

impl<L: Lanes> RecurrentOperation<L> {
    fn size(&self, rows: usize) -> RecurrentSize {
        RecurrentSize { rows, ..self.size }
    }

    fn weights<'a>(&self, parameters: &'a [L::Real]) -> Weights<'a, L::Real> {
        let RecurrentSize { inputs, hidden, .. } = self.size;
        let (input, rest) = parameters.split_at(hidden * inputs);
        let (recurrent, rest) = rest.split_at(hidden * hidden);
        let (bias, rest) = rest.split_at(hidden);
        let (gamma, beta) = rest.split_at(rest.len() / 2);
        Weights {
            input,
            hidden: recurrent,
            bias,
            gamma,
            beta,
        }
    }

    fn gradients<'a>(&self, all: &'a mut [L::Real]) -> Gradients<'a, L::Real> {
        let RecurrentSize { inputs, hidden, .. } = self.size;
        let (input, rest) = all.split_at_mut(hidden * inputs);
        let (recurrent, rest) = rest.split_at_mut(hidden * hidden);
        let (bias, rest) = rest.split_at_mut(hidden);
        let (gamma, beta) = rest.split_at_mut(rest.len() / 2);
        Gradients {
            input,
            hidden: recurrent,
            bias,
            gamma,
            beta,
        }
    }
}

impl<L: Lanes> Operation<L> for RecurrentOperation<L> {
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
        let RecurrentSize { inputs, hidden, .. } = self.size;
        let parts = self.gradients(parameters);
        draw(parts.input, (inputs, hidden), kind, gain, rng);
        draw(parts.hidden, (hidden, hidden), kind, gain, rng);
        parts.bias.fill(L::Real::ZERO);
        parts.gamma.fill(L::Real::ONE);
        parts.beta.fill(L::Real::ZERO);
    }

    fn forward(&mut self, at: Forward<'_, L>) {
        let (weights, size) = (self.weights(at.parameters), self.size(at.pass.rows));
        recurrent::forward::<L>(at.x, weights, at.pass.mask, at.y, &mut self.room, size);
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        let (weights, size) = (self.weights(at.parameters), self.size(at.pass.rows));
        let gradients = self.gradients(at.gradients);
        let d_x = at.wants_input.then_some(at.d_x);
        recurrent::backward::<L>(
            at.x,
            weights,
            at.pass.mask,
            at.d,
            d_x,
            gradients,
            &mut self.room,
            size,
        );
        ResultPlace::Across
    }

    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        let (weights, size) = (self.weights(at.parameters), self.size(at.pass.rows));
        at.room.resize(size.room(), L::Real::ZERO);
        recurrent::forward::<L>(at.x, weights, at.pass.mask, at.y, at.room, size);
        ResultPlace::Across
    }

    fn is_measured(&self) -> bool {
        true
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
