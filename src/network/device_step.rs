//! A training step on one of several devices, in parts: it stands still before each normalisation that waits for the other
//! devices (`device_norm`). Knows no message's way and no device but its own.

use std::ops::Range;

use super::device_norm::DeviceNorm;
use super::{Mode, Network, Targets};
use crate::kernels::optimizer::Hyper;
use crate::lanes::{Lanes, Real};

impl<L: Lanes> Network<L> {
    /// How many layers there are, as listed.
    pub fn layer_count(&self) -> usize {
        self.plan.nodes.len()
    }

    /// The layers before which a step on several devices stands still, the first first.
    pub fn waiting_layers(&mut self) -> Vec<usize> {
        let nodes = self.plan.nodes.iter_mut().enumerate();
        let waiting = nodes.filter_map(|(layer, node)| {
            let norm = node.operation.as_mut()?.device_norm()?;
            norm.waits().then_some(layer)
        });
        waiting.collect()
    }

    /// The normalisation of that layer.
    ///
    /// # Panics
    /// If that layer is none over several devices.
    pub fn device_norm(&mut self, layer: usize) -> &mut DeviceNorm<L> {
        let operation = self.plan.nodes[layer].operation.as_mut();
        match operation.and_then(|operation| operation.device_norm()) {
            Some(norm) => norm,
            None => panic!("layer {layer} waits for no device"),
        }
    }

    /// Counts a batch in the running averages, as every training step does, whether or not this device has rows of it.
    pub fn count_batch(&mut self) {
        self.batches_tracked += u64::from(self.tracks_any);
    }

    /// Takes this device's rows, `[rows, inputs]`, row-major, and runs them through the layers before the first that waits,
    /// or through all.
    ///
    /// # Panics
    /// If there are more than `max_rows`, or none.
    pub fn begin_rows(&mut self, x: &[L::Real], rows: usize, until: usize) {
        self.take_rows(x, rows);
        self.forward_through(0..until, Mode::Train);
    }

    /// Runs the rows through these layers.
    pub fn forward_layers(&mut self, layers: Range<usize>) {
        self.forward_through(layers, Mode::Train);
    }

    /// Moves the running averages of normalisation `layer`, which has heard all moments, where this device has no rows.
    pub fn move_averages(&mut self, layer: usize) {
        let node = &mut self.plan.nodes[layer];
        let buffers = &mut self.buffers[node.buffers.clone()];
        let operation = node.operation.as_mut();
        if let Some(norm) = operation.and_then(|operation| operation.device_norm()) {
            norm.move_averages(buffers, self.batches_tracked);
        }
    }

    /// What normalisation `layer` sends of the rows before it.
    pub fn send_moments(&mut self, layer: usize, message: &mut Vec<f32>) {
        let node = &mut self.plan.nodes[layer];
        let x = &self.activations[node.input_at * self.rows..][..node.input.units() * self.rows];
        let operation = node.operation.as_mut();
        if let Some(norm) = operation.and_then(|operation| operation.device_norm()) {
            norm.send_moments(x, self.rows, message);
        }
    }

    /// The loss of this device's rows, their mean; the gradient that goes back is `share` of it.
    pub fn loss_of_share(&mut self, targets: Targets<'_, L::Real>, share: f64) -> L::Real {
        let loss = self.loss(targets);
        let share_of = L::Real::from_f64(share);
        let values = self.plan.output().units() * self.rows;
        for d in &mut self.d_current[..values] {
            *d = *d * share_of;
        }
        loss
    }

    /// What normalisation `layer` sends of the gradients behind it.
    pub fn send_sums(&mut self, layer: usize, message: &mut Vec<f32>) {
        let node = &mut self.plan.nodes[layer];
        let d = &self.d_current[..node.output.units() * self.rows];
        let operation = node.operation.as_mut();
        if let Some(norm) = operation.and_then(|operation| operation.device_norm()) {
            norm.send_sums(d, self.rows, message);
        }
    }

    /// Brings the gradient back through these layers, the last first.
    pub fn backward_layers(&mut self, layers: Range<usize>) {
        self.backward_of(layers, false);
    }

    /// One update by the sum of all devices' gradients, `[R, parameters]`, which are added in their order.
    ///
    /// # Panics
    /// If they are of another length.
    pub fn update_by(&mut self, gradients: &[f32], hyper: &Hyper) {
        let each = self.gradients.len();
        assert_eq!(gradients.len() % each, 0, "gradients of {each} parameters");
        self.gradients.fill(L::Real::ZERO);
        for of_device in gradients.chunks_exact(each) {
            for (sum, value) in self.gradients.iter_mut().zip(of_device) {
                *sum += L::Real::from_f64(f64::from(*value));
            }
        }
        self.update(hyper);
    }
}
