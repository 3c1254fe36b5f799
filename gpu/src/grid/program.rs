//! The grid's program on a device: its text, its pipeline, and the buffers that it binds. Knows no job.

use crate::device::Gpu;
use crate::functions::FILE;
use crate::record::Record;

use super::LANES;
use super::records::call;

/// Numbers of a workgroup's memory that its sums take, and the mark of the end.
const KEPT_FREE: usize = 2 * LANES as usize + 4;

/// Numbers of the workgroup's memory that a network may take on this device.
pub fn most_arena(gpu: &Gpu) -> usize {
    let bytes = gpu.device.limits().max_compute_workgroup_storage_size;
    (bytes as usize / 4).saturating_sub(KEPT_FREE)
}

/// The text for a memory of so many numbers, in which a network lies whole or in part.
pub fn source(arena: usize, is_whole: bool) -> String {
    let constants = format!(
        "const LANES: u32 = {LANES}u;\nconst ARENA: u32 = {arena}u;\nconst IS_WHOLE: bool = {is_whole};\n"
    );
    let files = [
        include_str!("../numbers.wgsl"),
        FILE,
        include_str!("../grid.wgsl"),
        include_str!("affine.wgsl"),
        include_str!("norm.wgsl"),
        include_str!("within.wgsl"),
        include_str!("loss.wgsl"),
        include_str!("update.wgsl"),
    ];
    files.iter().fold(constants, |text, file| text + file)
}

/// The buffers of a grid, as the program binds them after `Call`.
pub struct Bound<'a> {
    /// Networks, layers, slices, order, numbers, data: read alone.
    pub read: [&'a wgpu::Buffer; 6],
    /// Room and losses.
    pub written: [&'a wgpu::Buffer; 2],
}

/// A pipeline for the networks of which all or not all lies in the workgroup's memory.
pub struct Program {
    pipeline: wgpu::ComputePipeline,
    layout: wgpu::BindGroupLayout,
    call: wgpu::Buffer,
    /// How many networks.
    pub count: usize,
}

impl Program {
    /// For `count` networks from the `first` on.
    pub fn new(gpu: &Gpu, arena: usize, is_whole: bool, (first, count): (usize, usize)) -> Self {
        let device = &gpu.device;
        let layout = layout(gpu);
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("grid"),
            source: wgpu::ShaderSource::Wgsl(source(arena.max(1), is_whole).into()),
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("grid"),
            layout: Some(&pipeline_layout),
            module: &module,
            entry_point: Some("grid_steps"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        });
        let told: Record = call(first);
        #[cfg(test)]
        crate::check::record("grid_steps", &source(1, is_whole), "Call", &told);
        let call = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("call"),
            size: 16,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        gpu.queue.write_buffer(&call, 0, &told.bytes());
        Self {
            pipeline,
            layout,
            call,
            count,
        }
    }

    /// Writes its dispatch into a pass.
    pub fn encode(&self, gpu: &Gpu, pass: &mut wgpu::ComputePass<'_>, bound: &Bound<'_>) {
        let all = [&self.call].into_iter().chain(bound.read);
        let all = all.chain(bound.written).enumerate();
        let entries: Vec<_> = all
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding: binding as u32,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        let bindings = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("grid"),
            layout: &self.layout,
            entries: &entries,
        });
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &bindings, &[]);
        pass.dispatch_workgroups(self.count as u32, 1, 1);
    }
}

fn layout(gpu: &Gpu) -> wgpu::BindGroupLayout {
    let storage = |read_only| wgpu::BufferBindingType::Storage { read_only };
    let types = [wgpu::BufferBindingType::Uniform]
        .into_iter()
        .chain([storage(true); 6])
        .chain([storage(false); 2]);
    let entries: Vec<_> = types
        .enumerate()
        .map(|(binding, ty)| wgpu::BindGroupLayoutEntry {
            binding: binding as u32,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty,
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        })
        .collect();
    gpu.device
        .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("grid"),
            entries: &entries,
        })
}
