//! How a step goes on through a device's network: forward and back from one normalisation that waits to the next.

use std::ops::Range;

use super::device::{Device, Stage};

impl Device {
    /// From waiting normalisation `norm` on, itself among them, up to the next.
    pub(super) fn forward_range(&self, norm: usize) -> Range<usize> {
        let end = self.observed.network.layer_count();
        self.waits[norm]..self.waits.get(norm + 1).copied().unwrap_or(end)
    }

    /// Stands still before waiting normalisation `norm`; where there is none of that number, turns back.
    pub(super) fn stop_forward(&mut self, norm: usize) {
        self.message.clear();
        let network = &mut self.observed.network;
        let Some(layer) = self.waits.get(norm) else {
            self.turn_back();
            return;
        };
        self.stage = Stage::Moments(norm);
        match self.batch.rows {
            0 => network
                .device_norm(*layer)
                .send_moments(&[], 0, &mut self.message),
            _ => network.send_moments(*layer, &mut self.message),
        }
    }

    /// The loss, and back to the last normalisation that waits.
    fn turn_back(&mut self) {
        let rows = self.batch.rows;
        self.loss = f32::NAN;
        if rows > 0 {
            let share = rows as f64 / self.total_rows as f64;
            let targets = self.batch.targets();
            self.loss = self.observed.network.loss_of_share(targets, share);
        }
        self.go_back(self.waits.len());
        self.stop_backward(self.waits.len());
    }

    /// Brings the gradient back through waiting normalisation `norm`, from the output where there is none of that number, and
    /// through the layers before it, down to what the one before it gave.
    pub(super) fn go_back(&mut self, norm: usize) {
        if self.batch.rows == 0 {
            return;
        }
        let end = self.observed.network.layer_count();
        let start = norm
            .checked_sub(1)
            .map_or(0, |before| self.waits[before] + 1);
        let end = self.waits.get(norm).map_or(end, |layer| layer + 1);
        self.observed.network.backward_layers(start..end);
    }

    /// Stands still at the normalisation before number `norm`, or at the end with all gradients.
    pub(super) fn stop_backward(&mut self, norm: usize) {
        self.message.clear();
        let network = &mut self.observed.network;
        let Some(before) = norm.checked_sub(1) else {
            self.stage = Stage::Gradients;
            match self.batch.rows {
                0 => self.message.resize(network.parameters().len(), 0.0),
                _ => self.message.extend_from_slice(network.gradients()),
            }
            return;
        };
        self.stage = Stage::Sums(before);
        let layer = self.waits[before];
        match self.batch.rows {
            0 => network
                .device_norm(layer)
                .send_sums(&[], 0, &mut self.message),
            _ => network.send_sums(layer, &mut self.message),
        }
    }
}
