//! A network on the GPU: every object made once, a step only dispatches. Waits for nothing and keeps no clock.

use super::compile::{self, Context};
use super::device::Gpu;
use super::histogram::Histograms;
use super::kernel::Pipelines;
use super::layers::{batch_norm, loss};
use super::live;
use super::observe::{self, Requested};
use super::program::Program;
use super::readback::{Read, Readback};
use super::record::bytes_of;
use super::step::{self, STRIDE, Step, StepMode};
use crate::description::Described;
use batchnorm_lab::data::Batch;
use batchnorm_lab::engine::{MOST_STEPS, ObservationRequest, Slice};
use batchnorm_lab::error::Error;
use batchnorm_lab::kernels::optimizer::Hyper;
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::{Network, Objective, Shape, Targets};
use batchnorm_lab::settings::choice::Frozen;

/// The most steps of one command buffer.
const STEPS_AT_ONCE: usize = 64;
/// Numbers staged for one command buffer, unless one batch has more.
const STAGED: usize = 1 << 22;

/// See the module; passes by themselves are in `examine`.
pub struct GpuNetwork {
    pub(super) gpu: Gpu,
    pub(super) input: Shape,
    pub(super) outputs: usize,
    pub(super) max_rows: usize,
    /// Parameters and buffers.
    pub(super) sizes: (usize, usize),
    pub(super) steps_at_once: usize,
    pub(super) steps: wgpu::Buffer,
    pub(super) staged: wgpu::Buffer,
    pub(super) parameters: wgpu::Buffer,
    pub(super) gradients: wgpu::Buffer,
    pub(super) memory: wgpu::Buffer,
    pub(super) buffers: wgpu::Buffer,
    pub(super) losses: wgpu::Buffer,
    pub(super) output: wgpu::Buffer,
    pub(super) d: [wgpu::Buffer; 2],
    pub(super) d_input: usize,
    pub(super) forward: Program,
    pub(super) loss: Program,
    pub(super) backward: Program,
    pub(super) update: Program,
    pub(super) batch_norms: Vec<(usize, usize, batch_norm::KeptMoments)>,
    /// x̂ of the layers that normalise within rows.
    pub(super) x_hats: Vec<(usize, wgpu::Buffer)>,
    pub(super) histograms: Histograms,
    /// What the state on its way brings along.
    pub(super) requested: Option<Requested>,
    pub(super) readback: Readback,
    /// What each layer gave, the batch first; `None` where an activation is taken over.
    pub(super) activations: Vec<Option<wgpu::Buffer>>,
    pub(super) frozen: Option<Frozen>,
}

/// Buffers that need no layer to be made.
struct NetworkBuffers {
    steps: wgpu::Buffer,
    staged: wgpu::Buffer,
    parameters: wgpu::Buffer,
    gradients: wgpu::Buffer,
    memory: wgpu::Buffer,
    buffers: wgpu::Buffer,
    /// 1 for every γ and β.
    is_affine: wgpu::Buffer,
    losses: wgpu::Buffer,
    terms: wgpu::Buffer,
}

impl NetworkBuffers {
    fn new(gpu: &Gpu, plan: &Network<Best>, (steps_at_once, per_step): (usize, usize)) -> Self {
        let count = plan.parameters().len();
        let made = Self {
            steps: gpu.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("steps"),
                // An observation has two.
                size: STRIDE * steps_at_once.max(2) as u64,
                usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            }),
            staged: gpu.storage("staged", per_step * steps_at_once),
            parameters: gpu.storage("parameters", count),
            gradients: gpu.storage("gradients", count),
            memory: gpu.storage("memory", 2 * count),
            buffers: gpu.storage("buffers", plan.buffers().len()),
            is_affine: gpu.storage("gammas and betas", count),
            losses: gpu.storage("losses", MOST_STEPS),
            terms: gpu.storage("terms", plan.max_rows()),
        };
        let marks = bytes_of(&live::marks(plan));
        gpu.queue.write_buffer(&made.is_affine, 0, &marks);
        made
    }
}

impl GpuNetwork {
    /// Makes everything for the shape of `plan`.
    ///
    /// # Errors
    /// `Error::Engine`: no room, a kernel that is refused, a layer beyond the kernels.
    pub async fn new(
        gpu: &Gpu,
        plan: &Network<Best>,
        layers: &[Described],
        objective: Objective,
    ) -> Result<Self, Error> {
        gpu.make(|| Self::make(gpu, plan, layers, objective)).await
    }

    fn make(
        gpu: &Gpu,
        plan: &Network<Best>,
        layers: &[Described],
        objective: Objective,
    ) -> Result<Self, Error> {
        let (input, max_rows, outputs) = (plan.input_shape(), plan.max_rows(), plan.outputs());
        let per_step = (input.units() + outputs + 1) * max_rows;
        let steps_at_once = (STAGED / per_step).clamp(1, STEPS_AT_ONCE);
        compile::check_room(gpu, plan, layers, per_step * steps_at_once)?;
        let (count, kept) = (plan.parameters().len(), plan.buffers().len());
        let made = NetworkBuffers::new(gpu, plan, (steps_at_once, per_step));
        let context = Context {
            gpu,
            max_rows,
            staged: &made.staged,
            parameters: &made.parameters,
            gradients: &made.gradients,
            buffers: &made.buffers,
        };
        let compiled = compile::compile(&context, layers, input)?;
        let last = compiled.activations.last().cloned().flatten();
        let output = last.expect("the last layer's output is always kept");
        let mut pipelines = Pipelines::new(gpu, step::BYTES);
        let of_loss = loss::loss(
            objective,
            outputs,
            &made.staged,
            &output,
            &compiled.d[0],
            (&made.terms, &made.losses),
        );
        let of_update = loss::update(
            count,
            (&made.gradients, &made.is_affine),
            &made.parameters,
            &made.memory,
        );
        let histograms = Histograms::new(
            gpu,
            &mut pipelines,
            &made.steps,
            layers,
            &compiled,
            max_rows,
        );
        let observed = observe::most_observed(&histograms, &compiled.batch_norms, max_rows);
        let mut program = |pending: &[_]| Program::new(gpu, &mut pipelines, &made.steps, pending);
        Ok(Self {
            forward: program(&compiled.forward),
            loss: program(&of_loss),
            backward: program(&compiled.backward),
            update: program(&[of_update]),
            gpu: gpu.clone(),
            input,
            outputs,
            max_rows,
            sizes: (count, kept),
            steps_at_once,
            readback: Readback::new(gpu, MOST_STEPS + 4 * count + kept + observed),
            steps: made.steps,
            staged: made.staged,
            parameters: made.parameters,
            gradients: made.gradients,
            memory: made.memory,
            buffers: made.buffers,
            losses: made.losses,
            output,
            d: compiled.d,
            d_input: compiled.d_input,
            batch_norms: compiled.batch_norms,
            x_hats: compiled.x_hats,
            histograms,
            requested: None,
            activations: compiled.activations,
            frozen: None,
        })
    }

    /// The device's first fault so far.
    ///
    /// # Errors
    /// `Error::Engine`.
    pub fn check(&self) -> Result<(), Error> {
        self.gpu.check()
    }

    /// What was started will not be collected.
    pub(super) fn give_up(&mut self) {
        self.readback.give_up();
        self.requested = None;
    }

    /// Starts one update on each batch.
    ///
    /// # Errors
    /// `Error::Engine`.
    pub(super) fn train(
        &mut self,
        slice: &Slice<'_>,
        updates: u64,
        (tracks, tracked): (bool, u64),
    ) -> Result<(), Error> {
        let (batches, rules) = (slice.batches, &slice.rules);
        self.set_batch_norm_momentum(rules.momentum);
        self.frozen = Some(rules.frozen);
        let steps = batches.len();
        assert!(steps <= MOST_STEPS, "{steps} steps at once");
        let mut encoder = self.encoder();
        for (number, chunk) in batches.chunks(self.steps_at_once).enumerate() {
            let first = number * self.steps_at_once;
            let (mut staged, mut numbers) = (Vec::new(), Vec::new());
            for (place, batch) in chunk.iter().enumerate() {
                let done = (first + place) as u64;
                let step = Step {
                    slot: first + place,
                    updates: updates + done,
                    batches_tracked: tracked + if tracks { done + 1 } else { 0 },
                    ..self.stage(batch, &rules.hyper, &mut staged)
                };
                numbers.extend(step.bytes());
                numbers.resize((place + 1) * STRIDE as usize, 0);
            }
            self.gpu
                .queue
                .write_buffer(&self.staged, 0, &bytes_of(&staged));
            self.gpu.queue.write_buffer(&self.steps, 0, &numbers);
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for (place, batch) in chunk.iter().enumerate() {
                self.forward.encode(&mut pass, place, batch.rows, false);
                self.loss.encode(&mut pass, place, batch.rows, false);
                self.backward.encode(&mut pass, place, batch.rows, false);
                self.update.encode(&mut pass, place, batch.rows, false);
            }
            drop(pass);
            if first + chunk.len() < steps {
                // Staged numbers are written over only after what reads them was submitted.
                let next = self.encoder();
                self.gpu
                    .queue
                    .submit([std::mem::replace(&mut encoder, next).finish()]);
            }
        }
        self.read_back(encoder, slice.wants_state, slice.observation.as_ref())
    }

    /// What `train` gave, if it is there. A state's counts are 0: the GPU does not keep them.
    ///
    /// # Errors
    /// `Error::Engine`.
    pub fn collect(&mut self) -> Result<Option<Read>, Error> {
        let Some(mut numbers) = self.readback.take()? else {
            return Ok(None);
        };
        let requested = self.requested.take();
        let observation = requested.map(|requested| self.observation(&requested, &numbers));
        let of_state = observation.as_ref().map(|_| MOST_STEPS + self.state_len());
        numbers.truncate(of_state.unwrap_or(numbers.len()));
        let state = numbers.split_off(MOST_STEPS);
        Ok(Some(Read {
            losses: numbers,
            state,
            observation,
        }))
    }

    /// A batch behind what is staged already.
    pub(super) fn stage(&self, batch: &Batch, hyper: &Hyper, staged: &mut Vec<f32>) -> Step {
        let (rows, most) = (batch.rows, self.max_rows);
        assert!(rows > 0 && rows <= most, "{rows} rows, room for {most}");
        assert_eq!(
            batch.x.len(),
            rows * self.input.units(),
            "inputs of {rows} rows"
        );
        let x_at = staged.len();
        staged.extend(&batch.x);
        let targets_at = staged.len();
        self.stage_targets(batch.targets(), rows, staged);
        let lengths_at = (!batch.lengths.is_empty()).then(|| {
            let (steps, lengths) = (self.input.positions(), &batch.lengths);
            assert_eq!(lengths.len(), rows, "lengths and rows");
            assert!(
                lengths.iter().all(|length| (1..=steps).contains(length)),
                "lengths of {steps} steps"
            );
            let at = staged.len();
            staged.extend(lengths.iter().map(|length| *length as f32));
            at
        });
        Step {
            rows,
            mode: StepMode::Train,
            slot: 0,
            x_at,
            targets_at,
            lengths_at,
            updates: 0,
            batches_tracked: 0,
            upstream: 1.0,
            hyper: *hyper,
            frozen: self.frozen,
        }
    }

    pub(super) fn stage_targets(
        &self,
        targets: Targets<'_, f32>,
        rows: usize,
        staged: &mut Vec<f32>,
    ) {
        match targets {
            Targets::Labels(labels) => {
                assert_eq!(labels.len(), rows, "labels and rows");
                let classes = self.outputs.max(2);
                assert!(
                    labels.iter().all(|label| usize::from(*label) < classes),
                    "a label of {classes} classes"
                );
                staged.extend(labels.iter().map(|label| f32::from(*label)));
            }
            Targets::Values(values) => {
                assert_eq!(values.len(), rows * self.outputs, "values of {rows} rows");
                staged.extend(values);
            }
        }
    }

    fn state_len(&self) -> usize {
        let (count, kept) = self.sizes;
        4 * count + kept
    }

    /// Submits, and asks for losses and perhaps the state, with what is to be observed of it.
    pub(super) fn read_back(
        &mut self,
        mut encoder: wgpu::CommandEncoder,
        wants_state: bool,
        observation: Option<&ObservationRequest<'_>>,
    ) -> Result<(), Error> {
        self.readback.copy(&mut encoder, &self.losses, MOST_STEPS);
        if wants_state {
            let (count, kept) = self.sizes;
            self.readback.copy(&mut encoder, &self.parameters, count);
            self.readback.copy(&mut encoder, &self.memory, 2 * count);
            self.readback.copy(&mut encoder, &self.gradients, count);
            self.readback.copy(&mut encoder, &self.buffers, kept);
        }
        if let Some(request) = observation.filter(|_| wants_state) {
            let next = self.encoder();
            let before = std::mem::replace(&mut encoder, next);
            self.gpu.queue.submit([before.finish()]);
            self.requested = Some(self.observe(request, &mut encoder));
        }
        self.gpu.queue.submit([encoder.finish()]);
        self.readback.ask();
        self.check()
    }

    pub(super) fn encoder(&self) -> wgpu::CommandEncoder {
        self.gpu
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default())
    }
}
