//! Training: forward with everything kept, loss, backward, update. Allocates nothing.

use super::layer::{Backward, Forward, Pass, ResultPlace};
use super::{Mode, Network, Shape, Table, Targets};
use crate::error::Error;
use crate::kernels::layout;
use crate::kernels::optimizer::{self, Hyper};
use crate::lanes::Lanes;

impl<L: Lanes> Network<L> {
    /// One update on these rows; gives the loss before it, mean per row.
    ///
    /// # Shapes
    /// `x` `[rows, inputs]`, row-major; `labels` `[rows]`.
    ///
    /// # Errors
    /// A normalisation would have to use the moments of a single row. Nothing has changed then.
    ///
    /// # Panics
    /// If there are more rows than `max_rows`, none, or a label is not below the number of classes.
    pub fn train_step(
        &mut self,
        x: &[L::Real],
        labels: &[u8],
        rows: usize,
        hyper: &Hyper,
    ) -> Result<L::Real, Error> {
        self.train_step_towards(x, Targets::Labels(labels), rows, hyper)
    }

    /// As `train_step`, with the targets that the objective takes.
    ///
    /// # Errors
    /// As `train_step`.
    pub fn train_step_towards(
        &mut self,
        x: &[L::Real],
        targets: Targets<'_, L::Real>,
        rows: usize,
        hyper: &Hyper,
    ) -> Result<L::Real, Error> {
        if let Targets::Labels(labels) = targets {
            assert_eq!(labels.len(), rows, "labels and rows");
        }
        self.forward(x, rows, Mode::Train)?;
        let loss = self.loss(targets);
        self.backward_through(false);
        self.updates += 1;
        let (first, second) = self.memory.split_at_mut(self.parameters.len());
        for place in &self.learning {
            optimizer::update::<L>(
                &mut self.parameters[place.clone()],
                &self.gradients[place.clone()],
                &mut first[place.clone()],
                &mut second[place.clone()],
                hyper,
                self.updates,
            );
        }
        Ok(loss)
    }

    /// Runs these rows through all layers and keeps what each gave.
    ///
    /// # Shapes
    /// `x` `[rows, inputs]`, row-major; an image as `[channels, height, width]`, a sequence as `[steps, features]`.
    ///
    /// # Errors
    /// A normalisation would have to use the moments of a single row. Nothing has changed then.
    ///
    /// # Panics
    /// If there are more rows than `max_rows`, or none.
    pub fn forward(
        &mut self,
        x: &[L::Real],
        rows: usize,
        mode: Mode<'_, L::Real>,
    ) -> Result<(), Error> {
        let most = self.max_rows;
        assert!(rows > 0 && rows <= most, "{rows} rows, room for {most}");
        for operation in self.plan.operations() {
            operation.check_rows(rows, mode)?;
        }
        self.rows = rows;
        let input = self.plan.input;
        transpose_in(
            x,
            &mut self.activations[..input.units() * rows],
            rows,
            input,
        );
        if matches!(mode, Mode::Train) {
            self.batches_tracked += u64::from(self.tracks_any);
        }
        let pass = Pass {
            rows,
            mode,
            updates: self.updates,
            batches_tracked: self.batches_tracked,
            mask: self.mask.get(rows),
        };
        for node in &mut self.plan.nodes {
            let Some(operation) = &mut node.operation else {
                continue;
            };
            let (before, after) = self.activations.split_at_mut(node.output_at * rows);
            operation.forward(Forward {
                x: &before[node.input_at * rows..][..node.input.units() * rows],
                y: &mut after[..node.output.units() * rows],
                parameters: &self.parameters[node.parameters.clone()],
                buffers: &mut self.buffers[node.buffers.clone()],
                pass,
            });
        }
        Ok(())
    }

    /// Loss of the last forward pass against these targets; its gradient becomes the current one.
    fn loss(&mut self, targets: Targets<'_, L::Real>) -> L::Real {
        let outputs = self.plan.output().units() * self.rows;
        let start = self.output_at() * self.rows;
        let logits = &self.activations[start..][..outputs];
        let d = &mut self.d_current[..outputs];
        self.objective.evaluate::<L>(logits, targets, d)
    }

    /// Gradients of Σ output·d_output after `forward`; all parameters' and the input's.
    ///
    /// # Shapes
    /// `d_output` `[rows, outputs]`, row-major.
    pub fn backward(&mut self, d_output: &[L::Real]) {
        let outputs = self.plan.output().units();
        let d = &mut self.d_current[..outputs * self.rows];
        layout::transpose(d_output, d, self.rows, outputs);
        self.backward_through(true);
    }

    /// Gradient towards the input, after `backward`: of an image `[C·H·W, N]`, of a sequence `[features·T, N]`.
    pub fn input_gradient(&self) -> Table<'_, L::Real> {
        let values = self.plan.input.units() * self.rows;
        Table::new(&self.d_current[..values], self.rows)
    }

    fn backward_through(&mut self, to_input: bool) {
        let rows = self.rows;
        let pass = Pass {
            rows,
            mode: Mode::Train,
            updates: self.updates,
            batches_tracked: self.batches_tracked,
            mask: self.mask.get(rows),
        };
        for (place, node) in self.plan.nodes.iter_mut().enumerate().rev() {
            let Some(operation) = &mut node.operation else {
                continue;
            };
            let place = operation.backward(Backward {
                x: &self.activations[node.input_at * rows..][..node.input.units() * rows],
                y: &self.activations[node.output_at * rows..][..node.output.units() * rows],
                d: &mut self.d_current[..node.output.units() * rows],
                d_x: &mut self.d_next[..node.input.units() * rows],
                wants_input: place > 0 || to_input,
                parameters: &self.parameters[node.parameters.clone()],
                buffers: &self.buffers[node.buffers.clone()],
                gradients: &mut self.gradients[node.parameters.clone()],
                pass,
            });
            if place == ResultPlace::Across {
                std::mem::swap(&mut self.d_current, &mut self.d_next);
            }
        }
    }
}

/// Row-major data into feature-major activations with rows innermost.
pub(super) fn transpose_in<R: Copy>(x: &[R], into: &mut [R], rows: usize, shape: Shape) {
    match shape {
        Shape::Sequence { steps, features } => {
            layout::transpose_sequences(x, into, rows, steps, features);
        }
        // A row of an image is [C, H, W]: transposed it is [C, H, W, N].
        Shape::Features(_) | Shape::Image { .. } => {
            layout::transpose(x, into, rows, shape.units());
        }
    }
}
