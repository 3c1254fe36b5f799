//! An image or a sequence as plain features. With rows innermost it costs nothing: the values stay where they are.

use crate::error::Error;
use crate::lanes::Lanes;
use crate::network::Shape;
use crate::network::layer::{LayerSpec, PlacedLayer};
use crate::network::plan::LayerContext;

/// Features in PyTorch's order for an image: channel, row, column. Of a sequence: feature, step.
#[derive(Clone, Copy, Debug)]
pub struct Flatten;

impl<L: Lanes> LayerSpec<L> for Flatten {
    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        Ok(PlacedLayer {
            operation: None,
            output: Shape::Features(context.input().units()),
        })
    }
}
