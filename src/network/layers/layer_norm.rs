//! Layer Normalization (Ba, Kiros and Hinton 2016): each row, or each step of a sequence, by its own moments.

use crate::error::Error;
use crate::kernels::norm::within::{RowNormSize, Rule};
use crate::lanes::Lanes;
use crate::network::Shape;
use crate::network::layer::{LayerSpec, PlacedLayer};
use crate::network::plan::LayerContext;
use crate::network::shape::require_channels;
use crate::network::within_row::{self, WithinRow};

/// Layer Normalization; parameters `gamma`, `beta`, one a value (of an image: one a channel and position).
#[derive(Clone, Debug)]
pub struct LayerNorm {
    /// Name of its parameters, e.g. `norm1`.
    pub name: String,
    /// Features or channels it takes and gives.
    pub features: usize,
    /// ε, inside the root.
    pub epsilon: f64,
    /// Whether there are γ and β.
    pub affine: bool,
}

/// All of a row of features or of an image, or the features of each step.
pub(super) fn whole(input: Shape) -> RowNormSize {
    let steps = match input {
        Shape::Sequence { steps, .. } => steps,
        Shape::Features(_) | Shape::Image { .. } => 1,
    };
    RowNormSize {
        groups: 1,
        runs: input.units() / steps,
        rows: steps,
        share: 1,
    }
}

impl LayerNorm {
    /// What it takes together of such rows.
    pub fn within(&self, input: Shape) -> WithinRow {
        WithinRow {
            size: whole(input),
            rule: Rule {
                epsilon: self.epsilon,
                centres: true,
            },
            affine: self.affine,
        }
    }
}

impl<L: Lanes> LayerSpec<L> for LayerNorm {
    fn input(&self) -> Option<Shape> {
        Some(Shape::Features(self.features))
    }

    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        require_channels(&self.name, context.input(), self.features)?;
        let within = self.within(context.input());
        Ok(within_row::plan(within, &self.name, context))
    }
}
