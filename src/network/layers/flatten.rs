//! An image or a sequence as plain features. With rows innermost it costs nothing: the values stay where they are.

use crate::error::Error;
use crate::lanes::Lanes;
use crate::network::Shape;
use crate::network::layer::{Kind, Planned};
use crate::network::plan::Site;

/// Features in PyTorch's order for an image: channel, row, column. Of a sequence: feature, step.
#[derive(Clone, Copy, Debug)]
pub struct Flatten;

impl<L: Lanes> Kind<L> for Flatten {
    fn plan(&self, site: &mut Site<'_>) -> Result<Planned<L>, Error> {
        Ok(Planned {
            operation: None,
            output: Shape::Features(site.input().units()),
        })
    }
}
