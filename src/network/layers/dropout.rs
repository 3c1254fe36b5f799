//! Inverted dropout: in training a random part of the values becomes 0, in inference nothing happens.

use crate::error::Error;
use crate::kernels::dropout;
use crate::lanes::{Lanes, Real};
use crate::network::Mode;
use crate::network::layer::{
    Backward, Forward, Infer, LayerSpec, Operation, PlacedLayer, ResultPlace,
};
use crate::network::plan::LayerContext;
use crate::network::shape::refuse;
use crate::numeric::rng::Rng;

/// Dropout. Its masks follow from the seed, the name and the number of updates made: a restored run draws the same.
#[derive(Clone, Debug)]
pub struct Dropout {
    /// Tells it from other dropouts of the same seed.
    pub name: String,
    /// Share of values that become 0, in 0..=1.
    pub probability: f64,
    /// Of the masks.
    pub seed: u64,
}

impl<L: Lanes> LayerSpec<L> for Dropout {
    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        if !(0.0..=1.0).contains(&self.probability) {
            return Err(refuse(&self.name, "no probability", "0 to 1"));
        }
        let work = DropoutOperation::<L> {
            kind: self.clone(),
            mask: vec![L::Real::ZERO; context.input().units() * context.max_rows()],
            is_masked: false,
        };
        Ok(PlacedLayer::new(work, context.input()))
    }
}

#[derive(Clone, Debug)]
struct DropoutOperation<L: Lanes> {
    kind: Dropout,
    mask: Vec<L::Real>,
    /// Whether the last forward pass was one of training.
    is_masked: bool,
}

impl<L: Lanes> Operation<L> for DropoutOperation<L> {
    fn forward(&mut self, at: Forward<'_, L>) {
        at.y.copy_from_slice(at.x);
        self.is_masked = matches!(at.pass.mode, Mode::Train);
        if self.is_masked {
            let seed = Rng::new(self.kind.seed, &self.kind.name).next_u64();
            let mut rng = Rng::new(seed.wrapping_add(at.pass.updates), "dropout");
            let mask = &mut self.mask[..at.x.len()];
            dropout::draw(self.kind.probability, &mut rng, mask);
            dropout::apply::<L>(at.y, mask);
        }
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        if self.is_masked {
            dropout::apply::<L>(at.d, &self.mask[..at.x.len()]);
        }
        ResultPlace::InPlace
    }

    fn infer(&self, _: Infer<'_, L>) -> ResultPlace {
        ResultPlace::InPlace
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
