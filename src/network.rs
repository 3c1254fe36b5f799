//! Tiny feed-forward networks: a list of layers, one flat buffer of parameters, everything allocated at the start.
//! Knows no data set, no settings, no clock and no kind of layer: those are the table in `layers`.
//!
//! Parameters, gradients and the optimiser's memory have the same flat order, layer by layer as listed, with the
//! names `<layer>.weight`, `<layer>.bias`, `<layer>.gamma`, `<layer>.beta`. Running averages stand in the
//! buffers as `<layer>.running_mean`, `<layer>.running_variance`. Activations are feature-major (see `kernels`)
//! and are read through `Table`.

use std::ops::Range;

use crate::error::Error;
use crate::lanes::{Best, Lanes, Real};
use crate::settings::choice::Frozen;

mod batch_moments;
mod batch_passes;
mod device_norm;
mod device_step;
mod differentiate;
mod infer;
mod initialize;
pub mod layer;
mod layers;
mod mask;
mod objective;
mod places;
mod plan;
mod shape;
mod step;
mod table;
mod within_row;

pub use crate::kernels::optimizer::{Hyper, Rule};
pub use batch_moments::{BatchMoments, Scale};
pub use device_norm::{DeviceBatchNorm, DeviceNorm, Pooling};
pub use infer::{Moments, Scratch};
pub use layer::Layer;
pub use layers::*;
pub use objective::{Objective, Targets};
pub use places::LayerPlace;
pub use plan::LayerContext;
pub use shape::Shape;
pub use table::Table;
pub use within_row::WithinRow;

use mask::Mask;
use plan::Plan;

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
    plan: Plan<L>,
    objective: Objective,
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
    /// The gradient on its way back, and room for the next.
    d_current: Vec<L::Real>,
    d_next: Vec<L::Real>,
    /// Which steps of the next batch's sequences there are.
    mask: Mask<L::Real>,
    /// Whether any layer keeps running averages that move.
    tracks_any: bool,
    /// The parameters that updates move, and whether γ and β are left out.
    learning: Vec<Range<usize>>,
    freezes_affine: bool,
}

impl<L: Lanes> Network<L> {
    /// A network with room for training batches of up to `max_rows`, for the input that its first layer names.
    /// Weights and biases are 0, γ 1, β 0, running means 0, running variances 1.
    ///
    /// # Errors
    /// A layer cannot take what the one before it gives, or the loss not what the last gives.
    pub fn new(
        layers: &[Layer<L>],
        objective: impl Into<Objective>,
        max_rows: usize,
    ) -> Result<Self, Error> {
        Self::with_input(plan::first_shape(layers)?, layers, objective, max_rows)
    }

    /// The same for rows of any shape: images and sequences need this.
    ///
    /// # Errors
    /// As `new`.
    pub fn with_input(
        input: Shape,
        layers: &[Layer<L>],
        objective: impl Into<Objective>,
        max_rows: usize,
    ) -> Result<Self, Error> {
        let plan = Plan::new(input, layers, max_rows)?;
        shape::require_some("network", input.units())?;
        let objective = objective.into();
        objective.check(plan.output())?;
        let zeros = |n: usize| vec![L::Real::ZERO; n];
        let widest = plan.widest();
        let mut network = Self {
            objective,
            max_rows,
            parameters: zeros(plan.parameters.len),
            gradients: zeros(plan.parameters.len),
            memory: zeros(2 * plan.parameters.len),
            updates: 0,
            buffers: zeros(plan.buffers.len),
            batches_tracked: 0,
            rows: 0,
            activations: zeros(plan.units * max_rows),
            d_current: zeros(widest * max_rows),
            d_next: zeros(widest * max_rows),
            mask: Mask::with_room(input.positions(), max_rows),
            tracks_any: plan.tracks_any(),
            learning: std::iter::once(0..plan.parameters.len).collect(),
            freezes_affine: false,
            plan,
        };
        for node in &network.plan.nodes {
            if let Some(operation) = &node.operation {
                let parameters = &mut network.parameters[node.parameters.clone()];
                operation.start(parameters, &mut network.buffers[node.buffers.clone()]);
            }
        }
        Ok(network)
    }

    /// Of the next batches' sequences, row n has the first `lengths[n]` steps; `None` for all steps of every row.
    ///
    /// Recurrence keeps its state over missing steps, attention looks at none and pooling counts none. Statistics of
    /// Batch Normalization do count them, as PyTorch's do.
    ///
    /// # Panics
    /// If the network takes no sequences, or a length is 0 or more than their steps.
    pub fn set_lengths(&mut self, lengths: Option<&[usize]>) {
        match lengths {
            Some(lengths) => self.mask.set(lengths, self.steps()),
            None => self.mask.clear(),
        }
    }

    fn steps(&self) -> usize {
        match self.plan.input {
            Shape::Sequence { steps, .. } => steps,
            Shape::Features(_) | Shape::Image { .. } => panic!("lengths of what is no sequence"),
        }
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
            let operation = node.operation.as_mut();
            if let Some(moments) = operation.and_then(|o| o.batch_moments_mut()) {
                moments.rule.momentum = momentum;
            }
        }
    }

    /// What of the normalisations stands still from the next step on: γ and β, which then take no update at all, and
    /// the running averages of those over the batch, which then normalise in training too.
    pub fn set_frozen(&mut self, frozen: Frozen) {
        let (affine, statistics) = (frozen.affine(), frozen.statistics());
        for node in &mut self.plan.nodes {
            let operation = node.operation.as_mut();
            if let Some(moments) = operation.and_then(|o| o.batch_moments_mut()) {
                moments.rule.freezes_statistics = statistics;
            }
        }
        self.tracks_any = self.plan.tracks_any();
        if affine == self.freezes_affine {
            return;
        }
        self.freezes_affine = affine;
        self.learning.clear();
        for (name, place) in &self.plan.parameters.views {
            let is_frozen = affine && (name.ends_with(".gamma") || name.ends_with(".beta"));
            match self.learning.last_mut() {
                _ if is_frozen => {}
                Some(last) if last.end == place.start => last.end = place.end,
                _ => self.learning.push(place.clone()),
            }
        }
    }

    /// Names of all parameters with their places, in order.
    pub fn views(&self) -> &[(String, Range<usize>)] {
        &self.plan.parameters.views
    }

    /// Names of all buffers with their places, in order.
    pub fn buffer_views(&self) -> &[(String, Range<usize>)] {
        &self.plan.buffers.views
    }

    /// The place of a parameter in the flat buffers, e.g. of `fc1.weight`.
    ///
    /// # Panics
    /// If there is no parameter of that name.
    pub fn view(&self, name: &str) -> Range<usize> {
        find(&self.plan.parameters.views, name)
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

    /// Places of the parameters that updates move, in order.
    pub fn learning(&self) -> &[Range<usize>] {
        &self.learning
    }

    /// Rows of the last forward pass.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// What layer number `layer` (from 0, as listed) gave in the last forward pass: a row of the table for each row of
    /// the batch, and for each position of an image or step of a sequence.
    pub fn activation(&self, layer: usize) -> Table<'_, L::Real> {
        let node = &self.plan.nodes[layer];
        let start = node.output_at * self.rows;
        let values = &self.activations[start..][..node.output.units() * self.rows];
        Table::new(values, self.rows * node.output.positions())
    }

    /// Positions of an image, or steps of a sequence, in what a layer gives for one row; 1 for features.
    pub fn positions(&self, layer: usize) -> usize {
        self.plan.nodes[layer].output.positions()
    }

    /// What the last layer gave in the last forward pass.
    pub fn output(&self) -> Table<'_, L::Real> {
        self.activation(self.plan.nodes.len() - 1)
    }

    /// Where the last layer's output starts, in units.
    fn output_at(&self) -> usize {
        self.plan.nodes.last().map_or(0, |node| node.output_at)
    }

    /// x̂ of normalisation `layer` in the last forward pass, before γ and β.
    ///
    /// # Panics
    /// If that layer normalises nothing.
    pub fn x_hat(&self, layer: usize) -> Table<'_, L::Real> {
        let node = &self.plan.nodes[layer];
        let operation = node.operation.as_ref();
        let Some(x_hat) = operation.and_then(|operation| operation.x_hat()) else {
            panic!("layer {layer} normalises nothing");
        };
        let rows = node.output.positions() * self.rows;
        Table::new(&x_hat[..node.output.units() * self.rows], rows)
    }

    /// Mean and biased variance of the input of normalisation `layer` in the last forward pass, whichever moments
    /// it used.
    ///
    /// # Panics
    /// If that layer normalises over no batch.
    pub fn batch_moments(&self, layer: usize) -> (&[L::Real], &[L::Real]) {
        let kept = self.plan.batch_moments(layer);
        (&kept.own.mean, &kept.own.variance)
    }

    /// Running mean and running (unbiased) variance of normalisation `layer`; empty if it tracks none.
    ///
    /// # Panics
    /// If that layer normalises over no batch.
    pub fn running(&self, layer: usize) -> (&[L::Real], &[L::Real]) {
        let kept = self.plan.batch_moments(layer);
        kept.running(&self.buffers[self.plan.nodes[layer].buffers.clone()])
    }

    /// Features of one row of input.
    pub fn inputs(&self) -> usize {
        self.plan.input.units()
    }

    /// Values of one row of output.
    pub fn outputs(&self) -> usize {
        self.plan.output().units()
    }
}

fn find(views: &[(String, Range<usize>)], name: &str) -> Range<usize> {
    let found = views.iter().find(|(known, _)| known == name);
    match found {
        Some((_, range)) => range.clone(),
        None => panic!("no view `{name}`"),
    }
}
