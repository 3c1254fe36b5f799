//! A device for tests, or the word that there is none; and waiting for what a processor gives.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use batchnorm_lab::engine::gpu::{Back, Examined, Gpu, GpuNetwork, Pass, StepMode, Want};
use batchnorm_lab::engine::{Engine, Progress, State};
use batchnorm_lab::error::{Error, Fault};
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::{Layer, Network, Objective, Shape};

/// Long enough for a software adapter on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Natively every future of wgpu is ready almost at once.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        std::thread::yield_now();
    }
}

/// Asks until there is an answer.
pub fn until<T>(mut ask: impl FnMut() -> Result<Option<T>, Error>) -> Result<T, Error> {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        assert!(started.elapsed() < PATIENCE, "no answer within a minute");
        std::thread::yield_now();
    }
}

/// What an engine's last `advance` gave.
pub fn collect(engine: &mut dyn Engine) -> Result<Progress, Error> {
    until(|| engine.poll(None))
}

/// A device; without any adapter the test says so by name and is passed over.
pub fn device(test: &str) -> Option<Gpu> {
    match wait(Gpu::acquire(Want::default())) {
        Ok(gpu) => Some(gpu),
        Err(Error::Engine {
            fault: Fault::NoAdapter,
            ..
        }) => {
            println!("{test}: skipped: no adapter");
            None
        }
        Err(other) => panic!("{test}: {other}"),
    }
}

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
