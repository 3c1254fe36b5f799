//! The mean of each channel over all positions of an image, or of each feature over the steps of a sequence.

use crate::error::Error;
use crate::kernels::pool;
use crate::lanes::Lanes;
use crate::network::Shape;
use crate::network::layer::{
    Backward, Forward, Infer, LayerSpec, Operation, Pass, PlacedLayer, ResultPlace,
};
use crate::network::plan::LayerContext;
use crate::network::shape::refuse;

/// Global average pooling; of a sequence over the steps that a row has.
#[derive(Clone, Copy, Debug)]
pub struct AveragePool;

impl<L: Lanes> LayerSpec<L> for AveragePool {
    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        let input = context.input();
        if input.positions() == 0 || matches!(input, Shape::Features(_)) {
            return Err(refuse("average_pool", input, "an image or a sequence"));
        }
        let output = Shape::Features(input.channels());
        Ok(PlacedLayer::new(AveragePoolOperation(input), output))
    }
}

#[derive(Clone, Debug)]
struct AveragePoolOperation(Shape);

impl AveragePoolOperation {
    /// Images have no steps that could be missing.
    fn mask<'a, R>(&self, pass: &Pass<'a, R>) -> Option<&'a [R]> {
        match self.0 {
            Shape::Sequence { .. } => pass.mask,
            Shape::Features(_) | Shape::Image { .. } => None,
        }
    }

    fn apply<L: Lanes>(&self, x: &[L::Real], y: &mut [L::Real], pass: &Pass<'_, L::Real>) {
        let (channels, positions) = (self.0.channels(), self.0.positions());
        pool::average_forward::<L>(x, self.mask(pass), y, channels, positions, pass.rows);
    }
}

impl<L: Lanes> Operation<L> for AveragePoolOperation {
    fn forward(&mut self, at: Forward<'_, L>) {
        self.apply::<L>(at.x, at.y, &at.pass);
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        let (channels, positions) = (self.0.channels(), self.0.positions());
        let mask = self.mask(&at.pass);
        pool::average_backward::<L>(at.d, mask, at.d_x, channels, positions, at.pass.rows);
        ResultPlace::Across
    }

    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        self.apply::<L>(at.x, at.y, &at.pass);
        ResultPlace::Across
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
