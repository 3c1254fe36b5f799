//! Distributions made on the processor: bins, moments and range of what layers gave. Draws nothing and keeps no axis.

use super::device::Gpu;
use super::functions::SUMS;
use super::kernel::{Kernel, MOMENTS_CHUNK, Pipelines};
use super::layers::batch_norm::Kept;
use super::program::{Grid, ONE, Pending, Program};
use super::readback::Readback;
use super::record::{Extent, Record};
use super::step::{Step, StepMode};
use crate::error::Error;
use crate::kernels::optimizer::Hyper;
use crate::network::description::Described;
use crate::protocol::{BINS, Distribution};

const COUNT: Kernel = Kernel {
    entry: "histogram",
    files: &[SUMS, include_str!("histogram.wgsl")],
    reads: 2,
    writes: 2,
};
const FINISH: Kernel = Kernel {
    entry: "histogram_finish",
    files: &[include_str!("histogram_finish.wgsl")],
    reads: 1,
    writes: 1,
};
/// Mean, deviation, least and greatest.
const MOMENTS: usize = 4;
/// Numbers of a distribution: these, then the bins.
const RESULT: usize = MOMENTS + BINS;
/// The word of a call at which half the axis stands.
const LIMIT_WORD: u64 = 6;

/// Values of which a distribution is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// What a layer gave; of a normalisation that its activation took over, see `Shifted`.
    Output(usize),
    /// x̂ of a normalisation over the batch.
    Normalized(usize),
    /// γ·x̂ + β of it.
    Shifted(usize),
}

/// One program for each view.
pub struct Histograms {
    gpu: Gpu,
    views: Vec<(View, Program)>,
    bins: wgpu::Buffer,
    result: wgpu::Buffer,
    steps: wgpu::Buffer,
}

/// Distributions under way.
pub struct Measurement {
    readback: Readback,
    limit: f32,
}

impl Histograms {
    /// Makes the programs of all views that there are.
    pub(super) fn new(
        gpu: &Gpu,
        pipelines: &mut Pipelines<'_>,
        steps: &wgpu::Buffer,
        described: &[Described],
        activations: &[Option<wgpu::Buffer>],
        batch_norms: &[(usize, usize, Kept)],
        max_rows: usize,
    ) -> Self {
        let widest = described
            .iter()
            .map(|layer| layer.output.units())
            .max()
            .unwrap_or(1);
        let chunks = (widest * max_rows).div_ceil(MOMENTS_CHUNK as usize);
        let partials = gpu.storage("histogram partials", 4 * chunks);
        let bins = gpu.storage("bins", BINS);
        let result = gpu.storage("distribution", MOMENTS);
        let mut views = Vec::new();
        let mut add = |view, units: usize, x: &wgpu::Buffer, kept: Option<&Kept>, transform| {
            let (features, positions, groups) = match kept {
                Some(kept) => (kept.features, kept.positions, kept.most_groups),
                None => (1, units, 1),
            };
            let record = Record::default()
                .count(units)
                .count(transform)
                .count(features)
                .count(positions)
                .count(groups)
                .count(kept.map_or(1, |kept| kept.group_rows))
                .number(1.0);
            let values = kept.map_or(x, |kept| &kept.values);
            let count = Pending {
                kernel: COUNT,
                record: record.clone(),
                buffers: vec![x.clone(), values.clone(), partials.clone(), bins.clone()],
                grid: Grid::Groups([(Extent::per_row(units), MOMENTS_CHUNK), ONE, ONE]),
                is_for_input: false,
            };
            let finish = Pending {
                kernel: FINISH,
                record,
                buffers: vec![partials.clone(), result.clone()],
                grid: Grid::Groups([ONE, ONE, ONE]),
                is_for_input: false,
            };
            views.push((view, Program::new(gpu, pipelines, steps, &[count, finish])));
        };
        for (place, (activation, layer)) in activations[1..].iter().zip(described).enumerate() {
            if let Some(x) = activation {
                add(View::Output(place), layer.output.units(), x, None, 0);
            }
        }
        for (place, _, kept) in batch_norms {
            let units = kept.features * kept.positions;
            add(View::Normalized(*place), units, &kept.x, Some(kept), 1);
            add(View::Shifted(*place), units, &kept.x, Some(kept), 2);
        }
        Self {
            gpu: gpu.clone(),
            views,
            bins,
            result,
            steps: steps.clone(),
        }
    }

    /// Starts the distributions of these views of the last pass, of so many rows, in bins from `-limit` to `limit`.
    ///
    /// # Panics
    /// If there is no such view.
    pub fn measure(&self, views: &[View], rows: usize, limit: f32) -> Measurement {
        let step = Step {
            rows,
            mode: StepMode::Batch,
            slot: 0,
            x_at: 0,
            targets_at: 0,
            lengths_at: None,
            updates: 0,
            batches_tracked: 0,
            upstream: 1.0,
            hyper: Hyper::sgd(0.0, 0.0),
            frozen: None,
        };
        self.gpu.queue.write_buffer(&self.steps, 0, &step.bytes());
        let mut readback = Readback::new(&self.gpu, RESULT * views.len());
        let mut encoder = self
            .gpu
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        for view in views {
            let found = self.views.iter().find(|(known, _)| known == view);
            let Some((_, program)) = found else {
                panic!("no view {view:?}");
            };
            for call in 0..2 {
                let offset = call * super::step::STRIDE + 4 * LIMIT_WORD;
                self.gpu
                    .queue
                    .write_buffer(&program.calls, offset, &limit.to_le_bytes());
            }
            encoder.clear_buffer(&self.bins, 0, None);
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            program.encode(&mut pass, 0, rows, false);
            drop(pass);
            readback.copy(&mut encoder, &self.result, MOMENTS);
            readback.copy(&mut encoder, &self.bins, BINS);
        }
        self.gpu.queue.submit([encoder.finish()]);
        readback.ask();
        Measurement { readback, limit }
    }
}

impl Measurement {
    /// The distributions, in the order in which they were asked for, if they are there.
    ///
    /// # Errors
    /// `Error::Engine`.
    pub fn poll(&mut self) -> Result<Option<Vec<Distribution>>, Error> {
        let Some(numbers) = self.readback.take()? else {
            return Ok(None);
        };
        let one = |result: &[f32]| Distribution {
            mean: result[0],
            std: result[1],
            min: result[2],
            max: result[3],
            low: -self.limit,
            high: self.limit,
            histogram: result[MOMENTS..]
                .iter()
                .map(|count| count.to_bits())
                .collect(),
        };
        Ok(Some(numbers.chunks_exact(RESULT).map(one).collect()))
    }
}
