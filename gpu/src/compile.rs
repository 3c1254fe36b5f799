//! From layers in their places to dispatches. Makes every buffer and writes no number.

use super::device::Gpu;
use super::layers;
use super::program::Pending;
use crate::description::{Described, Description};
use crate::faults::Fault;
use batchnorm_lab::error::Error;
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::{Network, Shape};

/// What all layers share.
pub struct Context<'a> {
    pub gpu: &'a Gpu,
    pub max_rows: usize,
    /// Batches, targets and lengths.
    pub staged: &'a wgpu::Buffer,
    pub parameters: &'a wgpu::Buffer,
    pub gradients: &'a wgpu::Buffer,
    pub buffers: &'a wgpu::Buffer,
}

/// From the gradient from above and room for the next one to the way back.
pub type Backward = Box<dyn FnOnce(&wgpu::Buffer, &wgpu::Buffer) -> Vec<Pending>>;

/// One layer, or two that are one kernel.
pub struct Stage {
    pub forward: Vec<Pending>,
    pub backward: Backward,
    /// Of a normalisation over the batch.
    pub batch_norm: Option<layers::batch_norm::KeptMoments>,
    /// Of a normalisation within rows.
    pub x_hat: Option<wgpu::Buffer>,
}

impl Stage {
    pub fn new(forward: Vec<Pending>, backward: Backward) -> Self {
        Self {
            forward,
            backward,
            batch_norm: None,
            x_hat: None,
        }
    }
}

/// A compiled list of layers.
pub struct Compiled {
    /// The first loads the batch.
    pub forward: Vec<Pending>,
    pub backward: Vec<Pending>,
    /// Of the input, then what each layer gave; `None` where the next layer's kernel took it over.
    pub activations: Vec<Option<wgpu::Buffer>>,
    /// Of the layers that normalise over the batch: which layer, and where its calls stand in `forward`.
    pub batch_norms: Vec<(usize, usize, layers::batch_norm::KeptMoments)>,
    /// x̂ of the layers that normalise within rows.
    pub x_hats: Vec<(usize, wgpu::Buffer)>,
    /// The two places of the gradient on its way back; the first takes the loss's.
    pub d: [wgpu::Buffer; 2],
    /// In which of them it ends.
    pub d_input: usize,
}

/// Compiles all layers.
///
/// # Errors
/// `Error::Engine` for a layer beyond the kernels.
pub fn compile(
    context: &Context<'_>,
    described: &[Described],
    input: Shape,
) -> Result<Compiled, Error> {
    let rows = context.max_rows;
    let widest = described.iter().map(|layer| layer.output.units());
    let widest = widest.fold(input.units(), usize::max);
    let room = |label| context.gpu.storage(label, widest * rows);
    let d = [room("gradient 0"), room("gradient 1")];
    let shape = input;
    let input = context.gpu.storage("input", shape.units() * rows);
    let mut compiled = Compiled {
        forward: vec![layers::loss::load(shape, context.staged, &input)],
        backward: Vec::new(),
        activations: vec![Some(input.clone())],
        batch_norms: Vec::new(),
        x_hats: Vec::new(),
        d,
        d_input: 0,
    };
    let mut x = input;
    let mut ways_back = Vec::new();
    let mut place = 0;
    while place < described.len() {
        let layer = &described[place];
        if matches!(layer.description, Description::Flatten) {
            compiled.activations.push(Some(x.clone()));
            place += 1;
            continue;
        }
        // Normalise, scale, shift and activate are one kernel.
        let activation = match (
            &layer.description,
            described.get(place + 1).map(|next| &next.description),
        ) {
            (Description::BatchNorm { .. }, Some(Description::Elementwise(function))) => {
                Some(*function)
            }
            _ => None,
        };
        let y = context
            .gpu
            .storage("activations", layer.output.units() * rows);
        let stage = layers::stage(context, layer, activation, &x, &y)?;
        if let Some(kept) = stage.batch_norm {
            compiled
                .batch_norms
                .push((place, compiled.forward.len(), kept));
        }
        compiled
            .x_hats
            .extend(stage.x_hat.map(|x_hat| (place, x_hat)));
        compiled.forward.extend(stage.forward);
        ways_back.push((place == 0, stage.backward));
        if activation.is_some() {
            compiled.activations.push(None);
            place += 1;
        }
        compiled.activations.push(Some(y.clone()));
        x = y;
        place += 1;
    }
    for (is_first, backward) in ways_back.into_iter().rev() {
        let current = compiled.d_input;
        let dispatches = backward(&compiled.d[current], &compiled.d[1 - current]);
        let needed = dispatches.into_iter().map(|mut pending| {
            // Nobody reads the gradient towards the data.
            pending.is_for_input &= is_first;
            pending
        });
        compiled.backward.extend(needed);
        compiled.d_input = 1 - current;
    }
    Ok(compiled)
}

/// Refuses before anything is made what no buffer of this device can hold.
pub fn check_room(
    gpu: &Gpu,
    plan: &Network<Best>,
    described: &[Described],
    staged: usize,
) -> Result<(), Error> {
    let limits = gpu.device.limits();
    let most = limits
        .max_storage_buffer_binding_size
        .min(limits.max_buffer_size);
    let widest = described
        .iter()
        .map(|layer| layer.output.units())
        .max()
        .unwrap_or(0);
    let largest = (widest * plan.max_rows())
        .max(2 * plan.parameters().len())
        .max(staged);
    let needed = 4 * largest as u64;
    if needed <= most {
        return Ok(());
    }
    Err(Error::Engine {
        code: Fault::OutOfMemory.code(),
        detail: format!("a buffer of {needed} bytes, of at most {most}"),
    })
}
