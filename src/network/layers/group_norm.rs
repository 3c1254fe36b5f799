//! Group Normalization (Wu and He 2018): groups of channels of each row. With a group a channel it is Instance
//! Normalization (Ulyanov et al. 2016).

use crate::error::Error;
use crate::kernels::norm::within::{RowNormSize, Rule};
use crate::lanes::Lanes;
use crate::network::Shape;
use crate::network::layer::{LayerSpec, PlacedLayer};
use crate::network::plan::LayerContext;
use crate::network::shape::{refuse, require_channels, require_some};
use crate::network::within_row::{self, WithinRow};

/// Group Normalization; parameters `gamma`, `beta`, one a channel. Takes all steps of a sequence together.
#[derive(Clone, Debug)]
pub struct GroupNorm {
    /// Name of its parameters, e.g. `norm1`.
    pub name: String,
    /// Features or channels it takes and gives.
    pub features: usize,
    /// Groups of neighbouring channels; as many as channels is Instance Normalization.
    pub groups: usize,
    /// ε, inside the root.
    pub epsilon: f64,
    /// Whether there are γ and β.
    pub affine: bool,
}

impl GroupNorm {
    /// What it takes together of such rows.
    pub fn within(&self, input: Shape) -> WithinRow {
        let groups = self.groups;
        WithinRow {
            size: RowNormSize {
                groups,
                runs: input.units() / groups,
                rows: 1,
                share: input.positions(),
            },
            rule: Rule {
                epsilon: self.epsilon,
                centres: true,
            },
            affine: self.affine,
        }
    }
}

impl<L: Lanes> LayerSpec<L> for GroupNorm {
    fn input(&self) -> Option<Shape> {
        Some(Shape::Features(self.features))
    }

    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        let (name, input, groups) = (&self.name, context.input(), self.groups);
        require_some(name, self.features)?;
        require_channels(name, input, self.features)?;
        if !self.features.is_multiple_of(groups) {
            let needs = format_args!("channels that {groups} groups can share alike");
            return Err(refuse(name, input, needs));
        }
        if input.units() / groups < 2 {
            let needs = format_args!("2 or more values in each of {groups} groups");
            return Err(refuse(name, input, needs));
        }
        let within = self.within(context.input());
        Ok(within_row::plan(within, name, context))
    }
}
