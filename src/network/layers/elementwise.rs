//! A function of each value: the activations.

use crate::error::Error;
use crate::kernels::activation::{self, Function};
use crate::lanes::Lanes;
use crate::network::layer::{
    Backward, Forward, Infer, Layer, LayerSpec, Operation, PlacedLayer, ResultPlace,
};
use crate::network::plan::LayerContext;
use crate::settings::choice;

/// An activation; also made from a reader's choice: `Layer::from(Activation::Tanh)`.
#[derive(Clone, Copy, Debug)]
pub struct Elementwise(pub Function);

impl<L: Lanes> From<choice::Activation> for Layer<L> {
    fn from(activation: choice::Activation) -> Self {
        Layer::new(Elementwise(activation.into()))
    }
}

impl<L: Lanes> LayerSpec<L> for Elementwise {
    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        Ok(PlacedLayer::new(*self, context.input()))
    }
}

impl<L: Lanes> Operation<L> for Elementwise {
    fn forward(&mut self, at: Forward<'_, L>) {
        activation::forward::<L>(self.0, at.x, at.y);
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        activation::backward::<L>(self.0, at.x, at.y, at.d);
        ResultPlace::InPlace
    }

    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        activation::forward::<L>(self.0, at.x, at.y);
        ResultPlace::Across
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(*self)
    }
}
