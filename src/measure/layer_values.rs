//! The values that a hidden layer gives for some rows of a mini-batch before they are normalised: what the statistics of
//! every normalisation are taken of, each over other cells. Takes no statistic.

use crate::architecture::HiddenLayer;
use crate::error::Error;
use crate::lanes::{Lanes, Real};
use crate::network::{Mode, Network};

/// Values of a layer, `[N, C, P]`: rows, units or channels, positions of an image or steps of a sequence (1 of features).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerValues {
    /// N.
    pub rows: usize,
    /// C.
    pub channels: usize,
    /// P.
    pub positions: usize,
    /// The last positions next to each other.
    pub values: Vec<f32>,
}

impl LayerValues {
    /// Those of the first rows, at most so many. One pass forward in training mode; running averages move, so it is given a
    /// copy.
    ///
    /// # Shapes
    /// As `Network::forward`.
    ///
    /// # Errors
    /// A normalisation would have to use the moments of a single value.
    pub fn of<L: Lanes>(
        network: &mut Network<L>,
        layer: &HiddenLayer,
        x: &[L::Real],
        rows: usize,
        most: usize,
    ) -> Result<Self, Error> {
        network.forward(x, rows, Mode::Train)?;
        let (table, positions) = (
            network.activation(layer.product),
            network.positions(layer.product),
        );
        let kept = rows.min(most);
        let mut values = Vec::with_capacity(kept * table.features() * positions);
        for row in 0..kept {
            for channel in table.units() {
                // A channel's positions one after the other, the rows of each next to each other.
                let of_row = channel[row..].iter().step_by(rows);
                values.extend(of_row.map(|value| value.to_f64() as f32));
            }
        }
        Ok(Self {
            rows: kept,
            channels: table.features(),
            positions,
            values,
        })
    }
}
