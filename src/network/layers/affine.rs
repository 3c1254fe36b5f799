//! y = W·x + b, on features or on every step of a sequence.

use crate::error::Error;
use crate::kernels::affine;
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

/// An affine (dense, linear) layer; parameters `weight` `[outputs, inputs]` and `bias`.
#[derive(Clone, Debug)]
pub struct Affine {
    /// Name of its parameters, e.g. `fc1`.
    pub name: String,
    /// Features it takes.
    pub inputs: usize,
    /// Features it gives.
    pub outputs: usize,
    /// Whether there is a b.
    pub bias: bool,
}

impl<L: Lanes> LayerSpec<L> for Affine {
    fn input(&self) -> Option<Shape> {
        Some(Shape::Features(self.inputs))
    }

    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        let (name, input) = (&self.name, context.input());
        require_some(name, self.inputs)?;
        require_some(name, self.outputs)?;
        let output = match input {
            Shape::Features(_) => Shape::Features(self.outputs),
            Shape::Sequence { steps, .. } => Shape::Sequence {
                steps,
                features: self.outputs,
            },
            Shape::Image { .. } => {
                let needs = format_args!("{} features: flatten or pool before it", self.inputs);
                return Err(refuse(name, input, needs));
            }
        };
        require_channels(name, input, self.inputs)?;
        context.parameter(name, "weight", self.inputs * self.outputs);
        if self.bias {
            context.parameter(name, "bias", self.outputs);
        }
        let work = AffineOperation {
            inputs: self.inputs,
            outputs: self.outputs,
            positions: input.positions(),
        };
        Ok(PlacedLayer::new(work, output))
    }
}

#[derive(Clone, Debug)]
struct AffineOperation {
    inputs: usize,
    outputs: usize,
    positions: usize,
}

impl AffineOperation {
    fn size(&self, rows: usize) -> affine::AffineSize {
        affine::AffineSize {
            inputs: self.inputs,
            outputs: self.outputs,
            rows: rows * self.positions,
        }
    }

    fn weights(&self) -> usize {
        self.inputs * self.outputs
    }

    fn apply<L: Lanes>(
        &self,
        x: &[L::Real],
        parameters: &[L::Real],
        y: &mut [L::Real],
        rows: usize,
    ) {
        let (weight, bias) = parameters.split_at(self.weights());
        let bias = (!bias.is_empty()).then_some(bias);
        affine::forward::<L>(x, weight, bias, y, self.size(rows));
    }
}

impl<L: Lanes> Operation<L> for AffineOperation {
    fn initialize(
        &self,
        parameters: &mut [L::Real],
        kind: Initialization,
        gain: f64,
        rng: &mut Rng,
    ) {
        let (weight, bias) = parameters.split_at_mut(self.weights());
        draw(weight, (self.inputs, self.outputs), kind, gain, rng);
        bias.fill(L::Real::ZERO);
    }

    fn forward(&mut self, at: Forward<'_, L>) {
        self.apply::<L>(at.x, at.parameters, at.y, at.pass.rows);
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        let size = self.size(at.pass.rows);
        let (d_weight, d_bias) = at.gradients.split_at_mut(self.weights());
        let d_bias = (!d_bias.is_empty()).then_some(d_bias);
        affine::backward_parameters::<L>(at.x, at.d, d_weight, d_bias, size);
        if at.wants_input {
            let weight = &at.parameters[..self.weights()];
            affine::backward_input::<L>(at.d, weight, at.d_x, size);
        }
        ResultPlace::Across
    }

    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        self.apply::<L>(at.x, at.parameters, at.y, at.pass.rows);
        ResultPlace::Across
    }

    fn is_measured(&self) -> bool {
        true
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
