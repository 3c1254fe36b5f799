//! Tiny feed-forward networks: a list of layers, one flat buffer of parameters, everything allocated at the start.
//! Knows no data set, no settings and no clock.
//!
//! Parameters, gradients and the optimiser's memory have the same flat order, layer by layer as listed, with the
//! names `<layer>.weight`, `<layer>.bias`, `<layer>.gamma`, `<layer>.beta`. Running averages stand in the
//! buffers as `<layer>.running_mean`, `<layer>.running_variance`. Activations are feature-major (see `kernels`)
//! and are read through `Table`.

use std::ops::Range;

use crate::choice::Loss;
use crate::error::Error;
use crate::kernels::norm::batch;
use crate::lanes::{Best, Lanes, Real};

mod infer;
mod initialize;
mod layer;
mod plan;
mod step;
mod table;

pub use crate::kernels::optimizer::{Hyper, Rule};
pub use infer::{Moments, Scratch};
pub use layer::Layer;
pub use table::Table;

use plan::{Operation, Plan};

/// Which moments the normalisations use.
#[derive(Clone, Copy, Debug)]
pub enum Mode<'a, R = f32> {
    /// Those of the batch; the running averages move.
    Train,
    /// Those of the batch; nothing moves.
    Batch,
    /// The running averages: inference.
    Running,
    /// These, one per `Scratch::moments`; nothing moves.
    Given(&'a [Moments<R>]),
}

/// A network, its learned state, and room for one training batch.
#[derive(Clone, Debug)]
pub struct Network<L: Lanes = Best> {
    plan: Plan,
    loss: Loss,
    max_rows: usize,
    parameters: Vec<L::Real>,
    gradients: Vec<L::Real>,
    memory: Vec<L::Real>,
    updates: u64,
    buffers: Vec<L::Real>,
    batches_tracked: u64,
    /// Rows of the last forward pass.
    rows: usize,
    /// The input, then what each layer gave, all `[F, N]`.
    activations: Vec<L::Real>,
    /// What each normalisation made of its input, before γ and β.
    normalized: Vec<L::Real>,
    batch_mean: Vec<L::Real>,
    batch_variance: Vec<L::Real>,
    /// The variances that the last forward pass divided by.
    used_variance: Vec<L::Real>,
    /// Whether each normalisation used the batch's own moments in the last forward pass.
    used_batch: Vec<bool>,
    /// The gradient on its way back, and room for the next.
    d_current: Vec<L::Real>,
    d_next: Vec<L::Real>,
    /// Where the gradients of parameters that do not exist go.
    spare: Vec<L::Real>,
}

impl<L: Lanes> Network<L> {
    /// A network with room for training batches of up to `max_rows`. Weights and biases are 0, γ 1, β 0, running
    /// means 0, running variances 1.
    ///
    /// # Errors
    /// A layer cannot take what the one before it gives, or the loss not what the last gives.
    pub fn new(layers: &[Layer], loss: Loss, max_rows: usize) -> Result<Self, Error> {
        let plan = Plan::new(layers)?;
        plan.check_loss(loss)?;
        let zeros = |n: usize| vec![L::Real::ZERO; n];
        let widest = plan.widest();
        let mut network = Self {
            loss,
            max_rows,
            parameters: zeros(plan.parameters),
            gradients: zeros(plan.parameters),
            memory: zeros(2 * plan.parameters),
            updates: 0,
            buffers: zeros(plan.buffers),
            batches_tracked: 0,
            rows: 0,
            activations: zeros(plan.units * max_rows),
            normalized: zeros(plan.normalized_units * max_rows),
            batch_mean: zeros(plan.normalized_units),
            batch_variance: zeros(plan.normalized_units),
            used_variance: zeros(plan.normalized_units),
            used_batch: vec![false; plan.normalizations],
            d_current: zeros(widest * max_rows),
            d_next: zeros(widest * max_rows),
            spare: zeros(2 * widest),
            plan,
        };
        for node in &network.plan.nodes {
            if let Operation::BatchNorm(norm) = &node.operation {
                if let Some((gamma, _)) = norm.affine {
                    network.parameters[gamma.range()].fill(L::Real::ONE);
                }
                network.buffers[norm.running_variance.range()].fill(L::Real::ONE);
            }
        }
        Ok(network)
    }

    /// All parameters, flat.
    pub fn parameters(&self) -> &[L::Real] {
        &self.parameters
    }

    /// All parameters, flat.
    pub fn parameters_mut(&mut self) -> &mut [L::Real] {
        &mut self.parameters
    }

    /// Gradients of the last backward pass, in the order of the parameters.
    pub fn gradients(&self) -> &[L::Real] {
        &self.gradients
    }

    /// Velocity, or averaged gradient and averaged square: twice as many numbers as parameters.
    pub fn optimizer_memory(&self) -> &[L::Real] {
        &self.memory
    }

    /// See `optimizer_memory`.
    pub fn optimizer_memory_mut(&mut self) -> &mut [L::Real] {
        &mut self.memory
    }

    /// Updates the optimiser has made.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// Sets the count of updates, with a restored optimiser memory.
    pub fn set_updates(&mut self, updates: u64) {
        self.updates = updates;
    }

    /// Running means and variances, flat.
    pub fn buffers(&self) -> &[L::Real] {
        &self.buffers
    }

    /// Running means and variances, flat.
    pub fn buffers_mut(&mut self) -> &mut [L::Real] {
        &mut self.buffers
    }

    /// Batches in the running averages.
    pub fn batches_tracked(&self) -> u64 {
        self.batches_tracked
    }

    /// Sets the count of batches, with restored buffers.
    pub fn set_batches_tracked(&mut self, batches: u64) {
        self.batches_tracked = batches;
    }

    /// Share of the new batch in the running averages of every normalisation, from the next step on.
    pub fn set_batch_norm_momentum(&mut self, momentum: Option<f64>) {
        for node in &mut self.plan.nodes {
            if let Operation::BatchNorm(norm) = &mut node.operation {
                norm.rule.momentum = momentum;
            }
        }
    }

    /// Names of all parameters with their places, in order.
    pub fn views(&self) -> &[(String, Range<usize>)] {
        &self.plan.parameter_views
    }

    /// Names of all buffers with their places, in order.
    pub fn buffer_views(&self) -> &[(String, Range<usize>)] {
        &self.plan.buffer_views
    }

    /// The place of a parameter in the flat buffers, e.g. of `fc1.weight`.
    ///
    /// # Panics
    /// If there is no parameter of that name.
    pub fn view(&self, name: &str) -> Range<usize> {
        find(&self.plan.parameter_views, name)
    }

    /// A parameter by its name.
    ///
    /// # Panics
    /// If there is none of that name.
    pub fn parameter(&self, name: &str) -> &[L::Real] {
        &self.parameters[self.view(name)]
    }

    /// A parameter's gradient in the last backward pass.
    ///
    /// # Panics
    /// If there is no parameter of that name.
    pub fn gradient(&self, name: &str) -> &[L::Real] {
        &self.gradients[self.view(name)]
    }

    /// Rows of the last forward pass.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// What layer number `layer` (from 0, as listed) gave in the last forward pass.
    pub fn activation(&self, layer: usize) -> Table<'_, L::Real> {
        let node = &self.plan.nodes[layer];
        let start = node.output_at * self.rows;
        Table::new(
            &self.activations[start..][..node.outputs * self.rows],
            self.rows,
        )
    }

    /// What the last layer gave in the last forward pass.
    pub fn output(&self) -> Table<'_, L::Real> {
        self.activation(self.plan.nodes.len() - 1)
    }

    /// x̂ of normalisation `layer` in the last forward pass, before γ and β.
    ///
    /// # Panics
    /// If that layer is no normalisation.
    pub fn x_hat(&self, layer: usize) -> Table<'_, L::Real> {
        let norm = self.plan.batch_norm(layer);
        let start = norm.unit_at * self.rows;
        Table::new(
            &self.normalized[start..][..norm.features * self.rows],
            self.rows,
        )
    }

    /// Mean and biased variance of the input of normalisation `layer` in the last forward pass, whichever moments
    /// it used.
    ///
    /// # Panics
    /// If that layer is no normalisation.
    pub fn batch_moments(&self, layer: usize) -> (&[L::Real], &[L::Real]) {
        let units = self.plan.batch_norm(layer).units();
        (&self.batch_mean[units.clone()], &self.batch_variance[units])
    }

    /// Running mean and running (unbiased) variance of normalisation `layer`.
    ///
    /// # Panics
    /// If that layer is no normalisation.
    pub fn running(&self, layer: usize) -> (&[L::Real], &[L::Real]) {
        let norm = self.plan.batch_norm(layer);
        (
            &self.buffers[norm.running_mean.range()],
            &self.buffers[norm.running_variance.range()],
        )
    }

    /// How normalisation `layer` normalises.
    ///
    /// # Panics
    /// If that layer is no normalisation.
    pub fn batch_norm_rule(&self, layer: usize) -> batch::Rule {
        self.plan.batch_norm(layer).rule
    }

    /// Features of one row of input.
    pub fn inputs(&self) -> usize {
        self.plan.inputs()
    }

    /// Values of one row of output.
    pub fn outputs(&self) -> usize {
        self.plan.outputs()
    }
}

fn find(views: &[(String, Range<usize>)], name: &str) -> Range<usize> {
    let found = views.iter().find(|(known, _)| known == name);
    match found {
        Some((_, range)) => range.clone(),
        None => panic!("no view `{name}`"),
    }
}
