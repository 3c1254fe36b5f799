//! A network here and the same on a GPU.

use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::{Layer, Network, Objective, Shape};
use batchnorm_lab_gpu::{Back, Described, Examined, Gpu, GpuNetwork, Pass, StepMode, described};

use super::answers::until;
use super::device::wait;

/// A network here and the same on the GPU.
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
        Self::with(gpu, shape, layers, objective, rows, |_| {})
    }

    /// With what is to be different there.
    pub fn with(
        gpu: &Gpu,
        shape: Shape,
        layers: &[Layer<Best>],
        objective: Objective,
        rows: usize,
        change: impl FnOnce(&mut [Described]),
    ) -> Self {
        let plan = Network::with_input(shape, layers, objective, rows).expect("a network");
        let mut layers = described(&plan, layers).expect("kinds that are described");
        change(&mut layers);
        let network = wait(GpuNetwork::new(gpu, &plan, &layers, objective));
        let network = network.expect("a network there");
        Self { plan, network }
    }

    /// Puts the numbers of the network here into the one there.
    pub fn send(&mut self) {
        self.network.write_state(&self.plan);
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
