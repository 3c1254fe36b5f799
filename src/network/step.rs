//! Training: forward with everything kept, loss, backward, update. Allocates nothing.

use std::ops::Range;

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
        self.update(hyper);
        Ok(loss)
    }

    /// Moves the parameters that learn against their gradients.
    pub(super) fn update(&mut self, hyper: &Hyper) {
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
        for operation in self.plan.operations() {
            operation.check_rows(rows, mode)?;
        }
        self.take_rows(x, rows);
        if matches!(mode, Mode::Train) {
            self.batches_tracked += u64::from(self.tracks_any);
        }
        self.forward_through(0..self.plan.nodes.len(), mode);
        Ok(())
    }

    /// Takes the rows of a forward pass, row-major.
    pub(super) fn take_rows(&mut self, x: &[L::Real], rows: usize) {
        let most = self.max_rows;
        assert!(rows > 0 && rows <= most, "{rows} rows, room for {most}");
        self.rows = rows;
        let input = self.plan.input;
        let values = input.units() * rows;
        transpose_in(x, &mut self.activations[..values], rows, input);
    }

    /// Has these layers fill what they give.
    pub(super) fn forward_through(&mut self, layers: Range<usize>, mode: Mode<'_, L::Real>) {
        let rows = self.rows;
        let pass = Pass {
            rows,
            mode,
            updates: self.updates,
            batches_tracked: self.batches_tracked,
            mask: self.mask.get(rows),
        };
        for node in &mut self.plan.nodes[layers] {
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
    }

    /// Loss of the last forward pass against these targets; its gradient becomes the current one.
    pub(super) fn loss(&mut self, targets: Targets<'_, L::Real>) -> L::Real {
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
        self.backward_of(0..self.plan.nodes.len(), to_input);
    }

    /// Has these layers, the last first, fill their gradients.
    pub(super) fn backward_of(&mut self, layers: Range<usize>, to_input: bool) {
        let rows = self.rows;
        let pass = Pass {
            rows,
            mode: Mode::Train,
            updates: self.updates,
            batches_tracked: self.batches_tracked,
            mask: self.mask.get(rows),
        };
        for place in layers.rev() {
            let node = &mut self.plan.nodes[place];
            let Some(operation) = &mut node.operation else {
                continue;
            };
            let result = operation.backward(Backward {
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
            if result == ResultPlace::Across {
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
