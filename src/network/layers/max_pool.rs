//! The largest of each 2×2 of an image.

use crate::error::Error;
use crate::kernels::pool;
use crate::lanes::Lanes;
use crate::network::Shape;
use crate::network::layer::{Backward, Forward, Infer, Kind, Landed, Operation, Planned};
use crate::network::plan::Site;
use crate::network::shape::refuse;

/// Max pooling, 2×2 with stride 2; an odd last row or column is dropped.
#[derive(Clone, Copy, Debug)]
pub struct MaxPool;

impl<L: Lanes> Kind<L> for MaxPool {
    fn plan(&self, site: &mut Site<'_>) -> Result<Planned<L>, Error> {
        let input = site.input();
        let refused = || Err(refuse("max_pool", input, "an image of 2×2 or more"));
        let Shape::Image {
            channels,
            height,
            width,
        } = input
        else {
            return refused();
        };
        let size = pool::Size {
            channels,
            height,
            width,
            rows: site.max_rows(),
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
        Ok(Planned::new(Work(size), output))
    }
}

#[derive(Clone, Debug)]
struct Work(pool::Size);

impl Work {
    fn size(&self, rows: usize) -> pool::Size {
        pool::Size { rows, ..self.0 }
    }
}

impl<L: Lanes> Operation<L> for Work {
    fn forward(&mut self, at: Forward<'_, L>) {
        pool::max_forward::<L>(at.x, at.y, self.size(at.pass.rows));
    }

    fn backward(&mut self, at: Backward<'_, L>) -> Landed {
        pool::max_backward::<L>(at.x, at.d, at.d_x, self.size(at.pass.rows));
        Landed::Across
    }

    fn infer(&self, at: Infer<'_, L>) -> Landed {
        pool::max_forward::<L>(at.x, at.y, self.size(at.pass.rows));
        Landed::Across
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
