//! The largest of each 2×2 of an image.

use crate::error::Error;
use crate::kernels::pool;
use crate::lanes::Lanes;
use crate::network::Shape;
use crate::network::layer::{
    Backward, Forward, Infer, LayerSpec, Operation, PlacedLayer, ResultPlace,
};
use crate::network::plan::LayerContext;
use crate::network::shape::refuse;

/// Max pooling, 2×2 with stride 2; an odd last row or column is dropped.
#[derive(Clone, Copy, Debug)]
pub struct MaxPool;

impl<L: Lanes> LayerSpec<L> for MaxPool {
    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        let input = context.input();
        let refused = || Err(refuse("max_pool", input, "an image of 2×2 or more"));
        let Shape::Image {
            channels,
            height,
            width,
        } = input
        else {
            return refused();
        };
        let size = pool::PoolSize {
            channels,
            height,
            width,
            rows: context.max_rows(),
        };
        let (height, width) = size.output();
        if height == 0 || width == 0 {
            return refused();
        }
        let output = Shape::Image {
            channels,
            height,
            width,
        };
        Ok(PlacedLayer::new(MaxPoolOperation(size), output))
    }
}

#[derive(Clone, Debug)]
struct MaxPoolOperation(pool::PoolSize);

impl MaxPoolOperation {
    fn size(&self, rows: usize) -> pool::PoolSize {
        pool::PoolSize { rows, ..self.0 }
    }
}

impl<L: Lanes> Operation<L> for MaxPoolOperation {
    fn forward(&mut self, at: Forward<'_, L>) {
        pool::max_forward::<L>(at.x, at.y, self.size(at.pass.rows));
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        pool::max_backward::<L>(at.x, at.d, at.d_x, self.size(at.pass.rows));
        ResultPlace::Across
    }

    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        pool::max_forward::<L>(at.x, at.y, self.size(at.pass.rows));
        ResultPlace::Across
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
