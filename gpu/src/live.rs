//! What may be set between steps: the state, the share of a new batch, what stands still. Starts no step.

use super::layers::batch_norm;
use super::network::GpuNetwork;
use super::record::bytes_of;
use super::step::STRIDE;
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::Network;

impl GpuNetwork {
    /// Puts the state of the same network here there.
    pub fn write_state(&self, network: &Network<Best>) {
        let targets = [
            (&self.parameters, network.parameters()),
            (&self.memory, network.optimizer_memory()),
            (&self.buffers, network.buffers()),
        ];
        for (buffer, values) in targets {
            self.gpu.queue.write_buffer(buffer, 0, &bytes_of(values));
        }
    }

    /// Share of the new batch in the running averages, from the next command buffer on.
    pub(super) fn set_batch_norm_momentum(&mut self, momentum: Option<f64>) {
        for (_, at, kept) in &mut self.batch_norms {
            kept.rule.momentum = momentum;
            let (call, word) = kept.share;
            let offset = STRIDE * (*at + call) as u64 + 4 * word as u64;
            let share = (batch_norm::share(&kept.rule) as f32).to_le_bytes();
            self.gpu
                .queue
                .write_buffer(&self.forward.calls, offset, &share);
        }
    }
}

/// 1 for every γ and β, 0 for every other parameter.
pub fn marks(plan: &Network<Best>) -> Vec<f32> {
    let mut marks = vec![0.0; plan.parameters().len()];
    for (name, place) in plan.views() {
        if name.ends_with(".gamma") || name.ends_with(".beta") {
            marks[place.clone()].fill(1.0);
        }
    }
    marks
}

/// The largest buffers go at once: a browser would keep them until it collects garbage, which knows nothing of what they
/// hold, and a reader who drags a size makes many networks.
impl Drop for GpuNetwork {
    fn drop(&mut self) {
        let own = [
            &self.staged,
            &self.parameters,
            &self.gradients,
            &self.memory,
        ];
        let activations = self.activations.iter().flatten();
        for buffer in own.into_iter().chain(&self.d).chain(activations) {
            buffer.destroy();
        }
    }
}
