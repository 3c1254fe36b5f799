//! Inference over any number of rows, layer by layer through two buffers. Changes nothing in the network.

use super::layer::{Infer, Pass, ResultPlace};
use super::mask::Mask;
use super::plan::Plan;
use super::step::transpose_in;
use super::{Mode, Network, Shape, Table};
use crate::error::Error;
use crate::kernels::norm::batch;
use crate::lanes::{Best, Lanes, Real};

/// Mean and biased variance of each unit of one layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments<R = f32> {
    /// Per unit.
    pub mean: Vec<R>,
    /// Per unit, what rounding took from the mean; may be empty.
    pub mean_low: Vec<R>,
    /// Per unit, Σ(x − μ)²/N.
    pub variance: Vec<R>,
}

impl<R: Real> Moments<R> {
    /// Zeros for so many units.
    pub fn with_room(units: usize) -> Self {
        let mut moments = Self::default();
        moments.make_room(units);
        moments
    }

    fn make_room(&mut self, units: usize) {
        for numbers in [&mut self.mean, &mut self.mean_low, &mut self.variance] {
            numbers.resize(units, R::ZERO);
        }
    }

    /// Of `values` values of each unit: `x` `[units, values]`.
    pub fn measure<L: Lanes<Real = R>>(&mut self, x: &[R], values: usize) {
        let (mean, low) = (&mut self.mean, &mut self.mean_low);
        batch::moments::<L>(x, values, mean, low, &mut self.variance);
    }

    /// As the kernels take them.
    pub fn view(&self) -> batch::Moments<'_, R> {
        batch::Moments {
            mean: &self.mean,
            mean_low: &self.mean_low,
            variance: &self.variance,
        }
    }
}

/// Room that inference works in; it grows to the largest use and is kept.
#[derive(Clone, Debug)]
pub struct Scratch<L: Lanes = Best> {
    current: Vec<L::Real>,
    next: Vec<L::Real>,
    room: Vec<L::Real>,
    moments: Vec<Moments<L::Real>>,
    mask: Mask<L::Real>,
}

impl<L: Lanes> Default for Scratch<L> {
    fn default() -> Self {
        Self {
            current: Vec::new(),
            next: Vec::new(),
            room: Vec::new(),
            moments: Vec::new(),
            mask: Mask::default(),
        }
    }
}

impl<L: Lanes> Scratch<L> {
    /// Moments of the last `infer`: one entry for each layer's output that has weights (affine, convolution,
    /// recurrence, attention), in order, whether or
    /// not a normalisation follows; and, in its place in the order, for what any other normalisation takes.
    pub fn moments(&self) -> &[Moments<L::Real>] {
        &self.moments
    }

    fn make_room(&mut self, plan: &Plan<L>, rows: usize) {
        let values = plan.widest() * rows;
        for buffer in [&mut self.current, &mut self.next] {
            if buffer.len() < values {
                buffer.resize(values, L::Real::ZERO);
            }
        }
        self.moments.resize_with(plan.measured, Moments::default);
        let input = plan.measures_input.then(|| plan.input.channels());
        let outputs = plan.nodes.iter().filter(|node| node.is_measured);
        let widths = input
            .into_iter()
            .chain(outputs.map(|node| node.output.channels()));
        for (moments, width) in self.moments.iter_mut().zip(widths) {
            moments.make_room(width);
        }
    }

    fn measure(&mut self, index: usize, shape: Shape, rows: usize) {
        let values = &self.current[..shape.units() * rows];
        self.moments[index].measure::<L>(values, rows * shape.positions());
    }
}

impl<L: Lanes> Network<L> {
    /// Mean 0 and variance 1 wherever inference measures: given to it, they normalise nothing.
    pub fn standard_moments(&self) -> Vec<Moments<L::Real>> {
        let mut scratch = Scratch::default();
        scratch.make_room(&self.plan, 1);
        for moments in &mut scratch.moments {
            moments.variance.fill(L::Real::ONE);
        }
        scratch.moments
    }

    /// What the last layer gives for these rows, in memory for two layers' activations only.
    ///
    /// `Mode::Batch` takes the moments of all these rows together; `Mode::Train` is the same, as nothing moves here.
    ///
    /// # Shapes
    /// `x` `[rows, inputs]`, row-major as for `forward`, with any number of rows from 1.
    ///
    /// # Errors
    /// A normalisation would have to use the moments of a single row.
    pub fn infer<'s>(
        &self,
        x: &[L::Real],
        rows: usize,
        mode: Mode<'_, L::Real>,
        scratch: &'s mut Scratch<L>,
    ) -> Result<Table<'s, L::Real>, Error> {
        scratch.mask.clear();
        self.infer_masked(x, rows, mode, scratch)
    }

    /// As `infer`, for sequences of which row n has the first `lengths[n]` steps.
    ///
    /// # Errors
    /// As `infer`.
    ///
    /// # Panics
    /// If the network takes no sequences, or a length is 0 or more than their steps.
    pub fn infer_lengths<'s>(
        &self,
        x: &[L::Real],
        lengths: &[usize],
        mode: Mode<'_, L::Real>,
        scratch: &'s mut Scratch<L>,
    ) -> Result<Table<'s, L::Real>, Error> {
        scratch.mask.set(lengths, self.steps());
        self.infer_masked(x, lengths.len(), mode, scratch)
    }

    #[inline(never)]
    fn infer_masked<'s>(
        &self,
        x: &[L::Real],
        rows: usize,
        mode: Mode<'_, L::Real>,
        scratch: &'s mut Scratch<L>,
    ) -> Result<Table<'s, L::Real>, Error> {
        assert!(rows > 0, "inference on no rows");
        for operation in self.plan.operations() {
            operation.check_rows(rows, mode)?;
        }
        scratch.make_room(&self.plan, rows);
        let input = self.plan.input;
        transpose_in(x, &mut scratch.current[..input.units() * rows], rows, input);
        let mut measured = 0;
        if self.plan.measures_input {
            scratch.measure(measured, input, rows);
            measured += 1;
        }
        for node in &self.plan.nodes {
            let Some(operation) = &node.operation else {
                continue;
            };
            let place = operation.infer(Infer {
                x: &mut scratch.current[..node.input.units() * rows],
                y: &mut scratch.next[..node.output.units() * rows],
                parameters: &self.parameters[node.parameters.clone()],
                buffers: &self.buffers[node.buffers.clone()],
                moments: &scratch.moments,
                room: &mut scratch.room,
                pass: Pass {
                    rows,
                    mode,
                    updates: self.updates,
                    batches_tracked: self.batches_tracked,
                    mask: scratch.mask.get(rows),
                },
            });
            if place == ResultPlace::Across {
                std::mem::swap(&mut scratch.current, &mut scratch.next);
            }
            if node.is_measured {
                scratch.measure(measured, node.output, rows);
                measured += 1;
            }
        }
        let outputs = self.plan.output().units() * rows;
        Ok(Table::new(&scratch.current[..outputs], rows))
    }
}
