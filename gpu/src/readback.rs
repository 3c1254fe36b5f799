//! Numbers on their way back: copied to a buffer that can be mapped, asked for, and taken when they are there.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use super::device::Gpu;
use super::record::numbers_of;
use crate::faults::Fault;
use batchnorm_lab::error::Error;
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::Network;
use batchnorm_lab::observe::Observation;

const ASKED: u8 = 0;
const MAPPED: u8 = 1;
const FAILED: u8 = 2;

/// What came back.
pub struct Read {
    /// In the order of the steps, then whatever was there.
    pub losses: Vec<f32>,
    /// Parameters, the optimiser's memory, gradients and buffers, one behind the other; empty where only losses were
    /// asked for.
    pub(super) state: Vec<f32>,
    /// If it was asked for with the state.
    pub observation: Option<Observation>,
}

impl Read {
    /// Puts the state into the same network here; its counts are not the GPU's to know.
    ///
    /// # Panics
    /// If it was not asked for, or is another network's.
    pub fn put_state(&self, network: &mut Network<Best>) {
        let count = network.parameters().len();
        let (parameters, rest) = self.state.split_at(count);
        let (memory, rest) = rest.split_at(2 * count);
        let (gradients, buffers) = rest.split_at(count);
        network.parameters_mut().copy_from_slice(parameters);
        network.optimizer_memory_mut().copy_from_slice(memory);
        network.gradients_mut().copy_from_slice(gradients);
        network.buffers_mut().copy_from_slice(buffers);
    }
}

/// A buffer that can be mapped, with what was last copied into it.
pub struct Readback {
    gpu: Gpu,
    buffer: wgpu::Buffer,
    filled: u64,
    asked: Option<Arc<AtomicU8>>,
}

impl Readback {
    /// Room for so many numbers.
    pub fn new(gpu: &Gpu, values: usize) -> Self {
        Self {
            gpu: gpu.clone(),
            buffer: buffer(gpu, 4 * values.max(1) as u64),
            filled: 0,
            asked: None,
        }
    }

    /// Copies numbers behind those copied before, in the commands under way; where they will stand.
    pub fn copy(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        from: &wgpu::Buffer,
        values: usize,
    ) -> Range<usize> {
        self.copy_part(encoder, from, 0..values)
    }

    /// The same of a part of a buffer.
    pub fn copy_part(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        from: &wgpu::Buffer,
        part: Range<usize>,
    ) -> Range<usize> {
        let start = self.len();
        if !part.is_empty() {
            let (at, bytes) = (4 * part.start as u64, 4 * part.len() as u64);
            encoder.copy_buffer_to_buffer(from, at, &self.buffer, self.filled, bytes);
            self.filled += bytes;
        }
        start..start + part.len()
    }

    /// Numbers copied so far.
    pub fn len(&self) -> usize {
        (self.filled / 4) as usize
    }

    /// Asks for what was copied, after the commands were submitted.
    pub fn ask(&mut self) {
        let answer = Arc::new(AtomicU8::new(ASKED));
        let heard = answer.clone();
        self.buffer
            .map_async(wgpu::MapMode::Read, 0..self.filled, move |result| {
                let outcome = if result.is_ok() { MAPPED } else { FAILED };
                heard.store(outcome, Ordering::Release);
            });
        self.asked = Some(answer);
    }

    /// Forgets what was copied and asked for.
    pub fn give_up(&mut self) {
        if self.asked.take().is_some() {
            // Another buffer, for what wgpu still has to answer about this one would come back as the answer to the
            // next request, before its numbers are there.
            self.buffer = buffer(&self.gpu, self.buffer.size());
        }
        self.filled = 0;
    }

    /// The numbers, if they are there.
    ///
    /// # Errors
    /// `Error::Engine`: the device's own fault if it told one.
    pub fn take(&mut self) -> Result<Option<Vec<f32>>, Error> {
        let Some(answer) = &self.asked else {
            return Ok(None);
        };
        // Natively this hears callbacks; in a browser they come by themselves.
        let polled = self.gpu.device.poll(wgpu::PollType::Poll);
        let answer = answer.load(Ordering::Acquire);
        self.gpu.check()?;
        let lost = |detail: String| Error::Engine {
            code: Fault::DeviceLost.code(),
            detail,
        };
        polled.map_err(|error| lost(error.to_string()))?;
        if answer == ASKED {
            return Ok(None);
        }
        if answer == FAILED {
            return Err(lost("a buffer cannot be read".into()));
        }
        let view = self.buffer.get_mapped_range(0..self.filled);
        let numbers = numbers_of(&view.map_err(|error| lost(error.to_string()))?);
        self.buffer.unmap();
        self.asked = None;
        self.filled = 0;
        Ok(Some(numbers))
    }
}

fn buffer(gpu: &Gpu, size: u64) -> wgpu::Buffer {
    gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("readback"),
        size,
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}
