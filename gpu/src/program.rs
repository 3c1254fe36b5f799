//! Dispatches in their order, with all they need made before: running a program allocates and decides nothing.

use super::device::Gpu;
use super::kernel::{Kernel, Pipelines, WORKGROUP};
use super::record::{Extent, Record};
use super::step::{self, STRIDE};

/// How many workgroups.
#[derive(Clone, Copy, Debug)]
pub enum Grid {
    /// One invocation for each of so many values.
    Values(Extent),
    /// So many along each axis, each extent divided and rounded up.
    Groups([(Extent, u32); 3]),
}

/// The most workgroups along an axis.
const MOST_GROUPS: u32 = 65_535;

impl Grid {
    fn groups(self, rows: usize) -> [u32; 3] {
        match self {
            Grid::Values(values) => {
                let groups = values.at(rows).div_ceil(WORKGROUP);
                let y = groups.div_ceil(MOST_GROUPS).max(1);
                [groups.div_ceil(y), y, 1]
            }
            Grid::Groups(axes) => axes.map(|(extent, share)| extent.at(rows).div_ceil(share)),
        }
    }
}

/// One extent along one axis and one workgroup along the others.
pub const ONE: (Extent, u32) = (
    Extent {
        fixed: 1,
        per_row: 0,
    },
    1,
);

/// A dispatch whose call is not yet in a buffer.
pub struct Pending {
    pub kernel: Kernel,
    pub record: Record,
    /// First those that are read, then those that are written.
    pub buffers: Vec<wgpu::Buffer>,
    pub grid: Grid,
    /// Whether it only serves the gradient towards the input.
    pub is_for_input: bool,
}

/// A dispatch.
struct Dispatch {
    pipeline: wgpu::ComputePipeline,
    bindings: wgpu::BindGroup,
    grid: Grid,
    is_for_input: bool,
}

/// Dispatches, one after another.
pub struct Program {
    dispatches: Vec<Dispatch>,
    /// Every call, `STRIDE` apart.
    pub calls: wgpu::Buffer,
}

impl Program {
    /// Makes pipelines, calls and bindings.
    pub fn new(
        gpu: &Gpu,
        pipelines: &mut Pipelines<'_>,
        steps: &wgpu::Buffer,
        pending: &[Pending],
    ) -> Self {
        let calls = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("calls"),
            size: STRIDE * pending.len().max(1) as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let bind = |(number, pending): (usize, &Pending)| {
            #[cfg(test)]
            crate::check::call(&pending.kernel, &pending.record);
            let bytes = pending.record.bytes();
            assert!(
                bytes.len() as u64 <= STRIDE,
                "a call of {} bytes",
                bytes.len()
            );
            let offset = STRIDE * number as u64;
            gpu.queue.write_buffer(&calls, offset, &bytes);
            let uniform = |buffer, offset, size| {
                wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                    buffer,
                    offset,
                    size: std::num::NonZeroU64::new(size),
                })
            };
            let uniforms = [
                uniform(steps, 0, step::BYTES),
                uniform(&calls, offset, STRIDE),
            ];
            let storage = pending.buffers.iter().map(wgpu::Buffer::as_entire_binding);
            let resources = uniforms.into_iter().chain(storage).enumerate();
            let entries: Vec<_> = resources
                .map(|(binding, resource)| wgpu::BindGroupEntry {
                    binding: binding as u32,
                    resource,
                })
                .collect();
            let Kernel {
                reads,
                writes,
                entry,
                ..
            } = pending.kernel;
            assert_eq!(pending.buffers.len(), reads + writes, "buffers of {entry}");
            let pipeline = pipelines.pipeline(&pending.kernel);
            Dispatch {
                bindings: gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
                    label: Some(entry),
                    layout: pipelines.layout(reads, writes),
                    entries: &entries,
                }),
                pipeline,
                grid: pending.grid,
                is_for_input: pending.is_for_input,
            }
        };
        let dispatches = pending.iter().enumerate().map(bind).collect();
        Self { dispatches, calls }
    }

    /// Writes all dispatches into a pass, for step number `step` of the uniform buffer with so many rows.
    pub fn encode(
        &self,
        pass: &mut wgpu::ComputePass<'_>,
        step: usize,
        rows: usize,
        to_input: bool,
    ) {
        self.encode_from(0, pass, (step, rows), to_input);
    }

    /// The same of a forward program without its first dispatch, which loads the batch.
    pub fn encode_layers(
        &self,
        pass: &mut wgpu::ComputePass<'_>,
        step: usize,
        rows: usize,
        to_input: bool,
    ) {
        self.encode_from(1, pass, (step, rows), to_input);
    }

    fn encode_from(
        &self,
        first: usize,
        pass: &mut wgpu::ComputePass<'_>,
        (step, rows): (usize, usize),
        to_input: bool,
    ) {
        for dispatch in &self.dispatches[first..] {
            if dispatch.is_for_input && !to_input {
                continue;
            }
            let [x, y, z] = dispatch.grid.groups(rows);
            pass.set_pipeline(&dispatch.pipeline);
            pass.set_bind_group(0, &dispatch.bindings, &[(STRIDE * step as u64) as u32]);
            pass.dispatch_workgroups(x, y, z);
        }
    }
}
