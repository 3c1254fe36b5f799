//! The same training steps on the browser's GPU, started and looked for: it answers later. Has no clock.

use batchnorm_lab::data::Batch;
use batchnorm_lab::engine::{Engine, MOST_STEPS, Slice, UpdateRules};
use batchnorm_lab::error::Error;
use batchnorm_lab::network::Network;
use batchnorm_lab::settings::choice::Frozen;
use batchnorm_lab_gpu::{Gpu, GpuEngine, Want};
use wasm_bindgen::prelude::*;

use crate::TrainCase;
use crate::train::Goal;

/// The first GPU of this browser.
#[wasm_bindgen]
pub struct BrowserGpu(Gpu);

/// Asks for it.
///
/// # Errors
/// There is none, or it refuses; in the core's own words.
#[wasm_bindgen]
pub async fn acquire() -> Result<BrowserGpu, String> {
    let want = Want {
        large: true,
        ..Want::default()
    };
    let gpu = Gpu::acquire(want).await;
    gpu.map(BrowserGpu).map_err(|error| error.to_string())
}

/// A network there, its batches and what it starts from.
#[wasm_bindgen]
pub struct GpuCase {
    engine: GpuEngine,
    start: Network,
    /// What came back of it.
    network: Network,
    /// All of them, in the order in which they come round.
    batches: Vec<Batch>,
    /// The next.
    next: usize,
    /// Those under way.
    started: Vec<Batch>,
    rules: UpdateRules,
    loss: f32,
}

#[wasm_bindgen]
impl GpuCase {
    /// The network of a case, with its batches, on a GPU.
    ///
    /// # Errors
    /// The case is not made, or the GPU refuses.
    pub async fn make(gpu: &BrowserGpu, case: &TrainCase) -> Result<GpuCase, String> {
        let work = case.work.as_ref().ok_or("no network yet")?;
        let (x, hyper) = (work.x.len() / work.batches, work.hyper);
        let batches = work.x.chunks_exact(x).enumerate();
        let batches = batches.map(|(place, x)| {
            let mut batch = Batch {
                x: x.to_vec(),
                rows: work.rows,
                ..Batch::default()
            };
            match &work.targets {
                Goal::Labels(all) => {
                    batch.labels = all[place * work.rows..][..work.rows].to_vec();
                }
                Goal::Values(all) => {
                    let size = all.len() / work.batches;
                    batch.values = all[place * size..][..size].to_vec();
                }
            }
            batch
        });
        let batches = batches.collect();
        let start = work.fresh.clone();
        let engine = GpuEngine::new(&gpu.0, &case.model()?).await;
        let mut engine = engine.map_err(|error| error.to_string())?;
        engine.restore(&start).map_err(|error| error.to_string())?;
        Ok(Self {
            engine,
            network: start.clone(),
            start,
            batches,
            next: 0,
            started: Vec::new(),
            rules: UpdateRules {
                hyper,
                momentum: Some(0.1),
                frozen: Frozen::None,
            },
            loss: f32::NAN,
        })
    }

    /// Back to the first parameters and the first batch.
    ///
    /// # Errors
    /// The GPU is gone.
    pub fn reset(&mut self) -> Result<(), String> {
        self.next = 0;
        let put = self.engine.restore(&self.start);
        put.map_err(|error| error.to_string())
    }

    /// Starts so many steps.
    ///
    /// # Errors
    /// The GPU is gone.
    pub fn start(&mut self, steps: usize) -> Result<(), String> {
        self.started.clear();
        for _ in 0..steps.min(MOST_STEPS) {
            self.started.push(self.batches[self.next].clone());
            self.next = (self.next + 1) % self.batches.len();
        }
        let started = self.advance(self.started.len(), false);
        started.map_err(|error| error.to_string())
    }

    /// Sends the whole state there and asks for it back: parameters, memory of the optimiser, running averages.
    ///
    /// # Errors
    /// The GPU is gone.
    pub fn start_copy(&mut self) -> Result<(), String> {
        let put = self.engine.restore(&self.start);
        let asked = put.and_then(|()| self.advance(0, true));
        asked.map_err(|error| error.to_string())
    }

    /// Bytes that `start_copy` moves, there and back.
    pub fn copy_bytes(&self) -> f64 {
        let (parameters, memory) = (self.start.parameters(), self.start.optimizer_memory());
        let there = parameters.len() + memory.len() + self.start.buffers().len();
        // Gradients come back too.
        (4 * (2 * there + parameters.len())) as f64
    }

    /// Whether what was started is done; `loss` is of its last step then.
    ///
    /// # Errors
    /// The GPU is gone, or does not answer.
    pub fn is_done(&mut self, now_millis: f64) -> Result<bool, String> {
        let is_done = self.engine.poll(Some(now_millis));
        let is_done = is_done.map_err(|error| error.to_string())?;
        if is_done && let Some(loss) = self.engine.take(&mut self.network).losses.last() {
            self.loss = *loss;
        }
        Ok(is_done)
    }

    /// Of the last step, before its update.
    pub fn loss(&self) -> f32 {
        self.loss
    }
}

impl GpuCase {
    /// Starts the first of the batches that are kept.
    fn advance(&mut self, steps: usize, wants_state: bool) -> Result<(), Error> {
        let slice = Slice {
            batches: &self.started[..steps],
            rules: self.rules,
            wants_state,
            observation: None,
        };
        self.engine.advance(&mut self.network, &slice)
    }
}
