//! Kernels as they stand in the `.wgsl` files, and their pipelines, each made once. Knows no layer.

use std::collections::BTreeMap;

use super::device::Gpu;

/// Invocations of a workgroup in kernels that have one dimension.
pub const WORKGROUP: u32 = 64;
/// Invocations along each side of a workgroup of a product.
pub const PRODUCT_SIDE: u32 = 8;
/// Rows and columns that a workgroup of a product computes.
pub const PRODUCT_TILE: u32 = 32;
/// Terms of a product's sums that lie in workgroup memory at once.
pub const PRODUCT_INNER: u32 = 16;
/// Values that one workgroup of a normalisation over the batch adds up.
pub const MOMENTS_CHUNK: u32 = 4096;
/// Values that one workgroup normalises: four an invocation.
pub const APPLY_SPAN: u32 = 4 * WORKGROUP;
/// Rows that a workgroup of a normalisation within rows takes.
pub const WITHIN_COLUMNS: u32 = 16;
/// Invocations that share such a row.
pub const WITHIN_LANES: u32 = 4;
/// The widest state of a recurrence: it lies in workgroup memory twice.
pub const MOST_HIDDEN: u32 = 512;

/// The constants that Rust and WGSL share, as WGSL: written once, so that the two cannot disagree.
fn constants() -> String {
    [
        ("WORKGROUP", WORKGROUP),
        ("PRODUCT_SIDE", PRODUCT_SIDE),
        ("PRODUCT_TILE", PRODUCT_TILE),
        ("PRODUCT_INNER", PRODUCT_INNER),
        ("MOMENTS_CHUNK", MOMENTS_CHUNK),
        ("APPLY_SPAN", APPLY_SPAN),
        ("WITHIN_COLUMNS", WITHIN_COLUMNS),
        ("WITHIN_LANES", WITHIN_LANES),
        ("MOST_HIDDEN", MOST_HIDDEN),
        ("BINS", batchnorm_lab::protocol::BINS as u32),
    ]
    .iter()
    .map(|(name, value)| format!("const {name}: u32 = {value}u;\n"))
    .collect()
}

/// An entry point of some files put one after another.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// The entry point; no two kernels have the same.
    pub entry: &'static str,
    /// Texts after the common ones of every kernel.
    pub files: &'static [&'static str],
    /// Storage buffers that it reads, bound first.
    pub reads: usize,
    /// Storage buffers that it writes.
    pub writes: usize,
}

impl Kernel {
    /// All its text.
    pub fn source(&self) -> String {
        let common = [include_str!("step.wgsl"), include_str!("numbers.wgsl")];
        let own = self.files.iter().copied();
        common
            .into_iter()
            .chain(own)
            .fold(constants(), |mut all, file| {
                all += file;
                all
            })
    }
}

/// Pipelines by what they run, and the layouts by how many buffers they bind.
pub struct Pipelines<'a> {
    gpu: &'a Gpu,
    step_bytes: u64,
    layouts: BTreeMap<(usize, usize), wgpu::BindGroupLayout>,
    made: BTreeMap<String, wgpu::ComputePipeline>,
}

impl<'a> Pipelines<'a> {
    pub fn new(gpu: &'a Gpu, step_bytes: u64) -> Self {
        Self {
            gpu,
            step_bytes,
            layouts: BTreeMap::new(),
            made: BTreeMap::new(),
        }
    }

    /// Step and call, then what is read, then what is written.
    pub fn layout(&mut self, reads: usize, writes: usize) -> &wgpu::BindGroupLayout {
        let (device, step_bytes) = (&self.gpu.device, self.step_bytes);
        self.layouts.entry((reads, writes)).or_insert_with(|| {
            let entry =
                |binding: usize, ty, has_dynamic_offset, min: u64| wgpu::BindGroupLayoutEntry {
                    binding: binding as u32,
                    visibility: wgpu::ShaderStages::COMPUTE,
                    ty: wgpu::BindingType::Buffer {
                        ty,
                        has_dynamic_offset,
                        min_binding_size: std::num::NonZeroU64::new(min),
                    },
                    count: None,
                };
            let mut entries = vec![
                entry(0, wgpu::BufferBindingType::Uniform, true, step_bytes),
                entry(1, wgpu::BufferBindingType::Uniform, false, 0),
            ];
            for number in 0..reads + writes {
                let read_only = number < reads;
                let ty = wgpu::BufferBindingType::Storage { read_only };
                entries.push(entry(2 + number, ty, false, 0));
            }
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: None,
                entries: &entries,
            })
        })
    }

    /// The pipeline of a kernel; a file list tells two kernels of one entry point apart.
    pub fn pipeline(&mut self, kernel: &Kernel) -> wgpu::ComputePipeline {
        let source = kernel.source();
        let key = format!("{}\n{source}", kernel.entry);
        if let Some(made) = self.made.get(&key) {
            return made.clone();
        }
        let layout = self.layout(kernel.reads, kernel.writes).clone();
        let device = &self.gpu.device;
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(kernel.entry),
            source: wgpu::ShaderSource::Wgsl(source.into()),
        });
        let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(kernel.entry),
            layout: Some(&layout),
            module: &module,
            entry_point: Some(kernel.entry),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        });
        self.made.insert(key, pipeline.clone());
        pipeline
    }
}
