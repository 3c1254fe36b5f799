//! Layer Normalization (Ba, Kiros and Hinton 2016): each row, or each step of a sequence, by its own moments.

use crate::error::Error;
use crate::kernels::norm::within::{Rule, Size};
use crate::lanes::Lanes;
use crate::network::Shape;
use crate::network::layer::{Kind, Planned};
use crate::network::plan::Site;
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
pub(super) fn whole(input: Shape) -> Size {
    let steps = match input {
        Shape::Sequence { steps, .. } => steps,
        Shape::Features(_) | Shape::Image { .. } => 1,
    };
    Size {
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

impl<L: Lanes> Kind<L> for LayerNorm {
    fn input(&self) -> Option<Shape> {
        Some(Shape::Features(self.features))
    }

    fn plan(&self, site: &mut Site<'_>) -> Result<Planned<L>, Error> {
        require_channels(&self.name, site.input(), self.features)?;
        let within = self.within(site.input());
        Ok(within_row::plan(within, &self.name, site))
    }
}
