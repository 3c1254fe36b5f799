//! A training step without its update: the loss and all its gradients, also those between layers.

use super::{Mode, Network, Targets};
use crate::error::Error;
use crate::lanes::Lanes;

impl<L: Lanes> Network<L> {
    /// The loss of these rows in training mode, mean per row. `gradients` are its gradient by the parameters, and `seen` is
    /// given each layer's number and the gradient by what that layer was given, `[units in, N]`, the last layer first.
    /// Running averages move, as in a step; parameters do not.
    ///
    /// # Shapes
    /// As `train_step`.
    ///
    /// # Errors
    /// A normalisation would have to use the moments of a single row. Nothing has changed then.
    ///
    /// # Panics
    /// As `train_step`.
    pub fn differentiate(
        &mut self,
        x: &[L::Real],
        targets: Targets<'_, L::Real>,
        rows: usize,
        mut seen: impl FnMut(usize, &[L::Real]),
    ) -> Result<L::Real, Error> {
        self.forward(x, rows, Mode::Train)?;
        let loss = self.loss(targets);
        for layer in (0..self.plan.nodes.len()).rev() {
            self.backward_of(layer..layer + 1, true);
            let units = self.plan.nodes[layer].input.units();
            seen(layer, &self.d_current[..units * self.rows]);
        }
        Ok(loss)
    }
}
