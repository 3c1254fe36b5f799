//! The loss of one mini-batch along the negative of its gradient (Santurkar et al. 2018, How Does Batch Normalization Help
//! Optimization?, section 3.2 and Figure 4). Works on a copy of a network: whoever trains the other goes on as if nobody
//! had looked.

use crate::error::Error;
use crate::lanes::{Best, Lanes, Real};
use crate::network::{Network, Targets};

/// A line through the parameters θ that a network stands at: θ − η·g, where g is the gradient of the loss in training
/// mode by the parameters that updates move. Weight decay is no part of the loss, and so none of g.
pub struct GradientLine<L: Lanes = Best> {
    network: Network<L>,
    start: Vec<L::Real>,
    /// 0 where nothing moves.
    gradient: Vec<L::Real>,
    buffers: Vec<L::Real>,
    batches_tracked: u64,
    loss: f64,
    norm: f64,
}

/// One place on the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinePoint {
    /// Of the same rows, in training mode, mean per row.
    pub loss: f64,
    /// ‖g(θ − η·g) − g(θ)‖, the Euclidean distance of the gradient there from the one at the start.
    pub gradient_change: f64,
}

impl<L: Lanes> GradientLine<L> {
    /// The line of these rows from where the network stands.
    ///
    /// # Shapes
    /// As `Network::train_step`.
    ///
    /// # Errors
    /// A normalisation would have to use the moments of a single row.
    pub fn new(
        mut network: Network<L>,
        x: &[L::Real],
        targets: Targets<'_, L::Real>,
        rows: usize,
    ) -> Result<Self, Error> {
        let start = network.parameters().to_vec();
        let buffers = network.buffers().to_vec();
        let batches_tracked = network.batches_tracked();
        let loss = network.differentiate(x, targets, rows, |_, _| {})?;
        let mut gradient = vec![L::Real::ZERO; start.len()];
        for place in network.learning() {
            gradient[place.clone()].copy_from_slice(&network.gradients()[place.clone()]);
        }
        let norm = gradient.iter().map(|g| g.to_f64() * g.to_f64());
        Ok(Self {
            norm: norm.sum::<f64>().sqrt(),
            loss: loss.to_f64(),
            network,
            start,
            gradient,
            buffers,
            batches_tracked,
        })
    }

    /// The loss at the start: that which the next training step on these rows has.
    pub fn loss(&self) -> f64 {
        self.loss
    }

    /// ‖g‖, Euclidean. The derivative of the loss by η at the start is −‖g‖², but with Batch Renormalization, whose
    /// gradient takes r and d for constants.
    pub fn gradient_norm(&self) -> f64 {
        self.norm
    }

    /// At so many times the gradient from the start, on the rows that the line is of.
    ///
    /// # Panics
    /// If these are other rows than the line takes.
    pub fn at(
        &mut self,
        eta: f64,
        x: &[L::Real],
        targets: Targets<'_, L::Real>,
        rows: usize,
    ) -> LinePoint {
        let network = &mut self.network;
        let step = L::Real::from_f64(eta);
        let along = self.start.iter().zip(&self.gradient);
        for (parameter, (start, g)) in network.parameters_mut().iter_mut().zip(along) {
            *parameter = *start - step * *g;
        }
        // Running averages move in training mode, and Batch Renormalization looks at them.
        network.buffers_mut().copy_from_slice(&self.buffers);
        network.set_batches_tracked(self.batches_tracked);
        let loss = network
            .differentiate(x, targets, rows, |_, _| {})
            .expect("the rows that the line was begun with");
        let mut squares = 0.0;
        for place in network.learning() {
            let now = &network.gradients()[place.clone()];
            for (now, before) in now.iter().zip(&self.gradient[place.clone()]) {
                let change = now.to_f64() - before.to_f64();
                squares += change * change;
            }
        }
        LinePoint {
            loss: loss.to_f64(),
            gradient_change: squares.sqrt(),
        }
    }
}
