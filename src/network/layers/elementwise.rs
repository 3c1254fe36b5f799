//! A function of each value: the activations.

use crate::error::Error;
use crate::kernels::activation::{self, Function};
use crate::lanes::Lanes;
use crate::network::layer::{Backward, Forward, Infer, Kind, Landed, Layer, Operation, Planned};
use crate::network::plan::Site;
use crate::settings::choice;

/// An activation; also made from a reader's choice: `Layer::from(Activation::Tanh)`.
#[derive(Clone, Copy, Debug)]
pub struct Elementwise(pub Function);

impl<L: Lanes> From<choice::Activation> for Layer<L> {
    fn from(activation: choice::Activation) -> Self {
        Layer::new(Elementwise(activation.into()))
    }
}

impl<L: Lanes> Kind<L> for Elementwise {
    fn plan(&self, site: &mut Site<'_>) -> Result<Planned<L>, Error> {
        Ok(Planned::new(*self, site.input()))
    }
}

impl<L: Lanes> Operation<L> for Elementwise {
    fn forward(&mut self, at: Forward<'_, L>) {
        activation::forward::<L>(self.0, at.x, at.y);
    }

    fn backward(&mut self, at: Backward<'_, L>) -> Landed {
        activation::backward::<L>(self.0, at.x, at.y, at.d);
        Landed::InPlace
    }

    fn infer(&self, at: Infer<'_, L>) -> Landed {
        activation::forward::<L>(self.0, at.x, at.y);
        Landed::Across
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(*self)
    }
}
