//! Training: forward with everything kept, loss, backward, update. Allocates nothing.

use super::infer::Source;
use super::plan::{BatchNorm, Operation};
use super::{Mode, Network};
use crate::choice::Loss;
use crate::error::Error;
use crate::kernels::norm::batch;
use crate::kernels::optimizer::{self, Hyper};
use crate::kernels::{activation, affine, layout, loss};
use crate::lanes::{Lanes, Real};

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
        self.forward(x, rows, Mode::Train)?;
        let loss = self.loss(labels);
        self.backward_through(false);
        self.updates += 1;
        let (first, second) = self.memory.split_at_mut(self.parameters.len());
        optimizer::update::<L>(
            &mut self.parameters,
            &self.gradients,
            first,
            second,
            hyper,
            self.updates,
        );
        Ok(loss)
    }

    /// Runs these rows through all layers and keeps what each gave.
    ///
    /// # Shapes
    /// `x` `[rows, inputs]`, row-major.
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
        self.plan.check_rows(rows, mode)?;
        self.rows = rows;
        let inputs = self.plan.inputs();
        layout::transpose(x, &mut self.activations[..inputs * rows], rows, inputs);
        if matches!(mode, Mode::Train) {
            self.batches_tracked += u64::from(self.plan.moves_any());
        }
        for place in 0..self.plan.nodes.len() {
            let node = &self.plan.nodes[place];
            let (before, after) = self.activations.split_at_mut(node.output_at * rows);
            let x = &before[node.input_at() * rows..];
            let y = &mut after[..node.outputs * rows];
            match &node.operation {
                Operation::Affine { weight, bias } => affine::forward::<L>(
                    x,
                    &self.parameters[weight.range()],
                    bias.map(|bias| &self.parameters[bias.range()]),
                    y,
                    affine::Size {
                        inputs: node.inputs,
                        outputs: node.outputs,
                        rows,
                    },
                ),
                Operation::Activation(function) => activation::forward::<L>(*function, x, y),
                Operation::BatchNorm(norm) => {
                    let units = norm.units();
                    let x_hat = norm.unit_at * rows..(norm.unit_at + norm.features) * rows;
                    Normalization::<L> {
                        norm,
                        parameters: &self.parameters,
                        batches_tracked: self.batches_tracked,
                        running: &mut self.buffers,
                        batch_mean: &mut self.batch_mean[units.clone()],
                        batch_variance: &mut self.batch_variance[units.clone()],
                        used_variance: &mut self.used_variance[units],
                        used_batch: &mut self.used_batch[norm.index],
                    }
                    .forward(x, rows, mode, &mut self.normalized[x_hat], y);
                }
            }
        }
        Ok(())
    }

    /// Loss of the last forward pass against these labels; its gradient becomes the current one.
    fn loss(&mut self, labels: &[u8]) -> L::Real {
        assert_eq!(labels.len(), self.rows, "labels and rows");
        let outputs = self.plan.outputs() * self.rows;
        let start = (self.plan.units - self.plan.outputs()) * self.rows;
        let logits = &self.activations[start..][..outputs];
        let d = &mut self.d_current[..outputs];
        let one = L::Real::ONE;
        match self.loss {
            Loss::BinaryCrossEntropy => loss::binary_cross_entropy::<L>(logits, labels, one, d),
            Loss::CrossEntropy => loss::cross_entropy::<L>(logits, labels, one, d),
        }
    }

    /// Gradients of Σ output·d_output after `forward`; all parameters' and the input's.
    ///
    /// # Shapes
    /// `d_output` `[rows, outputs]`, row-major.
    pub fn backward(&mut self, d_output: &[L::Real]) {
        let outputs = self.plan.outputs();
        let d = &mut self.d_current[..outputs * self.rows];
        layout::transpose(d_output, d, self.rows, outputs);
        self.backward_through(true);
    }

    /// Gradient towards the input, after `backward`.
    pub fn input_gradient(&self) -> super::Table<'_, L::Real> {
        super::Table::new(&self.d_current[..self.plan.inputs() * self.rows], self.rows)
    }

    fn backward_through(&mut self, to_input: bool) {
        let rows = self.rows;
        for place in (0..self.plan.nodes.len()).rev() {
            let node = &self.plan.nodes[place];
            let x = &self.activations[node.input_at() * rows..][..node.inputs * rows];
            let y = &self.activations[node.output_at * rows..][..node.outputs * rows];
            let d = &mut self.d_current[..node.outputs * rows];
            match &node.operation {
                Operation::Affine { weight, bias } => {
                    let size = affine::Size {
                        inputs: node.inputs,
                        outputs: node.outputs,
                        rows,
                    };
                    let (d_weight, d_bias) = self.gradients.split_at_mut(weight.range().end);
                    let d_weight = &mut d_weight[weight.range()];
                    // A bias follows its weight.
                    let d_bias = bias.map(|_| &mut d_bias[..node.outputs]);
                    affine::backward_parameters::<L>(x, d, d_weight, d_bias, size);
                    if place > 0 || to_input {
                        let d_x = &mut self.d_next[..node.inputs * rows];
                        let weight = &self.parameters[weight.range()];
                        affine::backward_input::<L>(d, weight, d_x, size);
                        std::mem::swap(&mut self.d_current, &mut self.d_next);
                    }
                }
                Operation::Activation(function) => activation::backward::<L>(*function, x, y, d),
                Operation::BatchNorm(norm) => {
                    let (d_gamma, d_beta) = match norm.affine {
                        // β follows γ.
                        Some((gamma, _)) => self.gradients[gamma.range().start..]
                            [..2 * norm.features]
                            .split_at_mut(norm.features),
                        None => self.spare[..2 * norm.features].split_at_mut(norm.features),
                    };
                    let backward = if self.used_batch[norm.index] {
                        batch::backward_batch::<L>
                    } else {
                        batch::backward_fixed::<L>
                    };
                    backward(
                        d,
                        &self.normalized[norm.unit_at * rows..][..norm.features * rows],
                        rows,
                        &self.used_variance[norm.units()],
                        norm.rule.epsilon,
                        norm.affine
                            .map(|(gamma, _)| &self.parameters[gamma.range()]),
                        d_gamma,
                        d_beta,
                    );
                }
            }
        }
    }
}

/// One normalisation with its slices out of the network's buffers.
struct Normalization<'a, L: Lanes> {
    norm: &'a BatchNorm,
    parameters: &'a [L::Real],
    batches_tracked: u64,
    running: &'a mut [L::Real],
    batch_mean: &'a mut [L::Real],
    batch_variance: &'a mut [L::Real],
    used_variance: &'a mut [L::Real],
    used_batch: &'a mut bool,
}

impl<L: Lanes> Normalization<'_, L> {
    fn forward(
        self,
        x: &[L::Real],
        rows: usize,
        mode: Mode<'_, L::Real>,
        x_hat: &mut [L::Real],
        y: &mut [L::Real],
    ) {
        let norm = self.norm;
        batch::moments::<L>(x, rows, self.batch_mean, self.batch_variance);
        let running = norm.running_mean.range();
        let (mean, variance) = match norm.source(mode) {
            Source::Batch => (&*self.batch_mean, &*self.batch_variance),
            Source::Running => (
                &self.running[running],
                &self.running[norm.running_variance.range()],
            ),
            Source::Given(moments) => (&moments.mean[..], &moments.variance[..]),
        };
        *self.used_batch = matches!(norm.source(mode), Source::Batch);
        self.used_variance.copy_from_slice(variance);
        let affine = norm.affine_of(self.parameters);
        batch::normalize::<L>(x, rows, mean, variance, norm.rule.epsilon, affine, x_hat, y);
        if matches!(mode, Mode::Train) && norm.rule.moves(true) {
            let (running_mean, running_variance) = norm.running_of(self.running);
            batch::move_running::<L>(
                running_mean,
                running_variance,
                self.batch_mean,
                self.batch_variance,
                rows,
                norm.rule.new_share(self.batches_tracked),
                norm.rule.convention,
            );
        }
    }
}
