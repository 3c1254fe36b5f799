//! RMSNorm (Zhang and Sennrich 2019): each row, or each step of a sequence, by its root mean square.

use super::layer_norm::whole;
use crate::error::Error;
use crate::kernels::norm::within::Rule;
use crate::lanes::Lanes;
use crate::network::Shape;
use crate::network::layer::{LayerSpec, PlacedLayer};
use crate::network::plan::LayerContext;
use crate::network::shape::require_channels;
use crate::network::within_row::{self, WithinRow};

/// RMSNorm; parameter `gamma`.
#[derive(Clone, Debug)]
pub struct RmsNorm {
    /// Name of its parameters, e.g. `norm1`.
    pub name: String,
    /// Features or channels it takes and gives.
    pub features: usize,
    /// ε, inside the root.
    pub epsilon: f64,
    /// Whether there is a γ.
    pub affine: bool,
}

impl RmsNorm {
    /// What it takes together of such rows.
    pub fn within(&self, input: Shape) -> WithinRow {
        WithinRow {
            size: whole(input),
            rule: Rule {
                epsilon: self.epsilon,
                centres: false,
            },
            affine: self.affine,
        }
    }
}

impl<L: Lanes> LayerSpec<L> for RmsNorm {
    fn input(&self) -> Option<Shape> {
        Some(Shape::Features(self.features))
    }

    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        require_channels(&self.name, context.input(), self.features)?;
        let within = self.within(context.input());
        Ok(within_row::plan(within, &self.name, context))
    }
}
