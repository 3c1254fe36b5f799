//! Convolution of images by 3×3 weights, with stride and padding.

use crate::error::Error;
use crate::kernels::conv;
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

/// A convolution; parameters `weight` `[outputs, inputs, 3, 3]` and `bias`.
#[derive(Clone, Debug)]
pub struct Conv {
    /// Name of its parameters, e.g. `conv1`.
    pub name: String,
    /// Channels it takes.
    pub inputs: usize,
    /// Channels it gives.
    pub outputs: usize,
    /// Positions from one output to the next; 1 or more.
    pub stride: usize,
    /// Zeros around the image; 1 keeps its size at stride 1.
    pub pad: usize,
    /// Whether there is a bias.
    pub bias: bool,
}

impl<L: Lanes> LayerSpec<L> for Conv {
    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        let (name, input) = (&self.name, context.input());
        require_some(name, self.inputs)?;
        require_some(name, self.outputs)?;
        let Shape::Image { height, width, .. } = input else {
            let needs = format_args!("an image of {} channels", self.inputs);
            return Err(refuse(name, input, needs));
        };
        require_channels(name, input, self.inputs)?;
        if self.stride == 0 {
            return Err(refuse(name, "stride 0", "1 or more"));
        }
        let size = conv::ConvSize {
            inputs: self.inputs,
            outputs: self.outputs,
            height,
            width,
            rows: context.max_rows(),
            stride: self.stride,
            pad: self.pad,
        };
        let Some((height, width)) = size.output() else {
            return Err(refuse(name, input, "room for its 3×3 weights"));
        };
        context.parameter(name, "weight", self.weights());
        if self.bias {
            context.parameter(name, "bias", self.outputs);
        }
        let output = Shape::Image {
            channels: self.outputs,
            height,
            width,
        };
        let work = ConvOperation::<L> {
            size,
            weights: self.weights(),
            panel: vec![L::Real::ZERO; size.panel()],
        };
        Ok(PlacedLayer::new(work, output))
    }
}

impl Conv {
    fn weights(&self) -> usize {
        self.outputs * self.inputs * conv::KERNEL * conv::KERNEL
    }
}

#[derive(Clone, Debug)]
struct ConvOperation<L: Lanes> {
    size: conv::ConvSize,
    weights: usize,
    panel: Vec<L::Real>,
}

impl<L: Lanes> ConvOperation<L> {
    fn size(&self, rows: usize) -> conv::ConvSize {
        conv::ConvSize { rows, ..self.size }
    }
}

impl<L: Lanes> Operation<L> for ConvOperation<L> {
    fn initialize(
        &self,
        parameters: &mut [L::Real],
        kind: Initialization,
        gain: f64,
        rng: &mut Rng,
    ) {
        let (weight, bias) = parameters.split_at_mut(self.weights);
        let places = conv::KERNEL * conv::KERNEL;
        let fans = (self.size.inputs * places, self.size.outputs * places);
        draw(weight, fans, kind, gain, rng);
        bias.fill(L::Real::ZERO);
    }

    fn forward(&mut self, at: Forward<'_, L>) {
        let (weight, bias) = at.parameters.split_at(self.weights);
        let bias = (!bias.is_empty()).then_some(bias);
        let size = self.size(at.pass.rows);
        conv::forward::<L>(at.x, weight, bias, at.y, &mut self.panel, size);
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        let size = self.size(at.pass.rows);
        let (d_weight, d_bias) = at.gradients.split_at_mut(self.weights);
        let d_bias = (!d_bias.is_empty()).then_some(d_bias);
        conv::backward_parameters::<L>(at.x, at.d, d_weight, d_bias, size);
        if at.wants_input {
            let weight = &at.parameters[..self.weights];
            conv::backward_input::<L>(at.d, weight, at.d_x, &mut self.panel, size);
        }
        ResultPlace::Across
    }

    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        let (weight, bias) = at.parameters.split_at(self.weights);
        let bias = (!bias.is_empty()).then_some(bias);
        at.room.resize(self.panel.len(), L::Real::ZERO);
        let size = self.size(at.pass.rows);
        conv::forward::<L>(at.x, weight, bias, at.y, at.room, size);
        ResultPlace::Across
    }

    fn is_measured(&self) -> bool {
        true
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
