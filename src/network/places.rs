//! What an engine that trains a network elsewhere asks of it: shapes, places and whether a batch can be. Computes nothing.

use std::ops::Range;

use super::{Mode, Network, Shape};
use crate::error::Error;
use crate::lanes::Lanes;

/// Where one layer stands.
#[derive(Clone, Debug)]
pub struct LayerPlace {
    /// What comes in.
    pub input: Shape,
    /// What comes out.
    pub output: Shape,
    /// Its parameters in the flat buffer.
    pub parameters: Range<usize>,
    /// Its buffers in the flat buffer.
    pub buffers: Range<usize>,
}

impl<L: Lanes> Network<L> {
    /// The place of every layer, first to last.
    pub fn layer_places(&self) -> Vec<LayerPlace> {
        let places = self.plan.nodes.iter().map(|node| LayerPlace {
            input: node.input,
            output: node.output,
            parameters: node.parameters.clone(),
            buffers: node.buffers.clone(),
        });
        places.collect()
    }

    /// What one row of data is.
    pub fn input_shape(&self) -> Shape {
        self.plan.input
    }

    /// The most rows of a batch.
    pub fn max_rows(&self) -> usize {
        self.max_rows
    }

    /// Gradients of a backward pass made elsewhere are put here; `[parameters]`.
    pub fn gradients_mut(&mut self) -> &mut [L::Real] {
        &mut self.gradients
    }

    /// Whether any layer keeps running averages that move.
    pub fn tracks_any(&self) -> bool {
        self.tracks_any
    }

    /// Refuses what `forward` would refuse.
    ///
    /// # Errors
    /// `Error::TooFewValues`.
    pub fn check_rows(&self, rows: usize, mode: Mode<'_, L::Real>) -> Result<(), Error> {
        self.plan
            .operations()
            .try_for_each(|operation| operation.check_rows(rows, mode))
    }
}
