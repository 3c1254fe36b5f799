//! A network here and the same on a processor.

use batchnorm_lab::engine::State;
use batchnorm_lab::engine::gpu::{Back, Examined, Gpu, GpuNetwork, Pass, StepMode};
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::{Layer, Network, Objective, Shape};

use crate::gpu::wait;
use crate::gpu_answers::until;

/// A network here and the same on the processor.
pub struct Pair {
    pub plan: Network<Best>,
    pub network: GpuNetwork,
}

impl Pair {
    pub fn new(
        gpu: &Gpu,
        shape: Shape,
        layers: &[Layer<Best>],
        objective: Objective,
        rows: usize,
    ) -> Self {
        let plan = Network::with_input(shape, layers, objective, rows).expect("a network");
        let network =
            wait(GpuNetwork::new(gpu, &plan, layers, objective)).expect("a network there");
        Self { plan, network }
    }

    /// Puts the numbers of the network here into the one there.
    pub fn send(&mut self) {
        self.network.write_state(&State {
            parameters: self.plan.parameters().to_vec(),
            memory: self.plan.optimizer_memory().to_vec(),
            buffers: self.plan.buffers().to_vec(),
            ..State::default()
        });
    }

    /// One pass there.
    pub fn pass(
        &mut self,
        x: &[f32],
        rows: usize,
        mode: StepMode,
        tracked: u64,
        back: Back<'_>,
    ) -> Examined {
        let mut examination = self.network.examine(Pass {
            x,
            rows,
            mode,
            updates: 1,
            batches_tracked: tracked,
            back,
        });
        until(|| examination.poll()).expect("an answer")
    }
}
