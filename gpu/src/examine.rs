//! Passes and updates by themselves, with all that they give: for measurements and tests. Trains nothing.

use super::network::GpuNetwork;
use super::readback::Readback;
use super::record::bytes_of;
use super::step::{Step, StepMode};
use batchnorm_lab::error::Error;
use batchnorm_lab::kernels::optimizer::Hyper;
use batchnorm_lab::network::Targets;

/// One pass by itself, for measurements and tests.
#[derive(Clone, Copy, Debug)]
pub struct Pass<'a> {
    /// `[rows, inputs]`, row-major.
    pub x: &'a [f32],
    /// N, the rows of the batch.
    pub rows: usize,
    /// Whose moments normalise.
    pub mode: StepMode,
    /// Updates made before.
    pub updates: u64,
    /// Batches in the running averages, this one among them.
    pub batches_tracked: u64,
    /// What goes back.
    pub back: Back<'a>,
}

/// Where a way back starts.
#[derive(Clone, Copy, Debug)]
pub enum Back<'a> {
    /// There is none.
    Nowhere,
    /// At this gradient, `[outputs, N]`.
    Output(&'a [f32]),
    /// At the loss against these targets, times a factor.
    Loss(Targets<'a, f32>, f64),
}

/// What a pass gave, all with rows innermost.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    /// `[outputs, N]`.
    pub output: Vec<f32>,
    /// `[inputs, N]`, after a way back.
    pub d_input: Vec<f32>,
    /// Of the parameters, after a way back.
    pub gradients: Vec<f32>,
    /// Running averages.
    pub buffers: Vec<f32>,
    /// Of the last loss on the GPU.
    pub loss: f32,
    /// Of the first normalisation over the batch, if any: for each feature and group mean and inverse deviation in
    /// use, mean and variance of the batch and the two ways back; then for each feature γ′, β′, r and d.
    pub batch_norm: Vec<f32>,
}

impl GpuNetwork {
    /// Starts one pass by itself; `Examination::poll` gives what came of it.
    ///
    /// # Panics
    /// If there are more rows than room.
    pub fn examine(&mut self, pass: Pass<'_>) -> Examination {
        let (rows, most) = (pass.rows, self.max_rows);
        assert!(rows > 0 && rows <= most, "{rows} rows, room for {most}");
        assert_eq!(
            pass.x.len(),
            rows * self.input.units(),
            "inputs of {rows} rows"
        );
        let step = Step {
            rows,
            mode: pass.mode,
            slot: 0,
            x_at: 0,
            targets_at: 0,
            lengths_at: None,
            updates: pass.updates,
            batches_tracked: pass.batches_tracked,
            upstream: 1.0,
            hyper: Hyper::sgd(0.0, 0.0),
            frozen: None,
        };
        let mut staged = pass.x.to_vec();
        let step = Step {
            targets_at: staged.len(),
            upstream: match pass.back {
                Back::Loss(_, factor) => factor,
                Back::Nowhere | Back::Output(_) => 1.0,
            },
            ..step
        };
        let queue = &self.gpu.queue;
        match pass.back {
            Back::Nowhere => {}
            Back::Output(d) => queue.write_buffer(&self.d[0], 0, &bytes_of(d)),
            Back::Loss(targets, _) => self.stage_targets(targets, rows, &mut staged),
        }
        queue.write_buffer(&self.staged, 0, &bytes_of(&staged));
        queue.write_buffer(&self.steps, 0, &step.bytes());
        let mut encoder = self.encoder();
        let mut commands = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        self.forward.encode(&mut commands, 0, rows, true);
        if matches!(pass.back, Back::Loss(..)) {
            self.loss.encode(&mut commands, 0, rows, true);
        }
        let back = !matches!(pass.back, Back::Nowhere);
        if back {
            self.backward.encode(&mut commands, 0, rows, true);
        }
        drop(commands);
        let (count, kept) = self.sizes;
        let (outputs, inputs) = (self.outputs * rows, self.input.units() * rows);
        let normalized = self.batch_norms.first().map(|(_, _, kept)| &kept.values);
        let in_norm = normalized.map_or(0, |values| values.size() as usize / 4);
        let mut readback = Readback::new(&self.gpu, outputs + inputs + count + kept + 1 + in_norm);
        readback.copy(&mut encoder, &self.output, outputs);
        readback.copy(&mut encoder, &self.buffers, kept);
        readback.copy(&mut encoder, &self.losses, 1);
        if let Some(values) = normalized {
            readback.copy(&mut encoder, values, in_norm);
        }
        if back {
            readback.copy(&mut encoder, &self.gradients, count);
            readback.copy(&mut encoder, &self.d[self.d_input], inputs);
        }
        self.gpu.queue.submit([encoder.finish()]);
        readback.ask();
        Examination {
            readback,
            sizes: [outputs, kept, 1, in_norm, if back { count } else { 0 }],
        }
    }

    /// Starts so many passes there and back over what the last `examine` left, without loading it again; nothing comes
    /// back but that they are done, which `wgpu::Device::poll` tells.
    ///
    /// # Panics
    /// If there are more rows than room.
    pub fn repeat(&mut self, rows: usize, times: usize) {
        assert!(rows > 0 && rows <= self.max_rows, "{rows} rows");
        let mut encoder = self.encoder();
        let mut commands = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        for _ in 0..times {
            self.forward.encode_layers(&mut commands, 0, rows, true);
            self.backward.encode(&mut commands, 0, rows, true);
        }
        drop(commands);
        self.gpu.queue.submit([encoder.finish()]);
    }

    /// Starts one update by gradients from outside; `collect` gives the state after it.
    ///
    /// # Errors
    /// `Error::Engine`.
    pub fn update_by(
        &mut self,
        gradients: &[f32],
        hyper: &Hyper,
        updates: u64,
    ) -> Result<(), Error> {
        let step = Step {
            rows: 1,
            mode: StepMode::Train,
            slot: 0,
            x_at: 0,
            targets_at: 0,
            lengths_at: None,
            updates,
            batches_tracked: 0,
            upstream: 1.0,
            hyper: *hyper,
            frozen: self.frozen,
        };
        self.gpu
            .queue
            .write_buffer(&self.gradients, 0, &bytes_of(gradients));
        self.gpu.queue.write_buffer(&self.steps, 0, &step.bytes());
        let mut encoder = self.encoder();
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        self.update.encode(&mut pass, 0, 1, false);
        drop(pass);
        self.read_back(encoder, true, None)
    }
}

/// A pass under way.
pub struct Examination {
    readback: Readback,
    /// In the order of `Examined`'s parts in the buffer.
    sizes: [usize; 5],
}

impl Examination {
    /// What came of it, if it is there.
    ///
    /// # Errors
    /// `Error::Engine`.
    pub fn poll(&mut self) -> Result<Option<Examined>, Error> {
        let Some(numbers) = self.readback.take()? else {
            return Ok(None);
        };
        let mut rest = &numbers[..];
        let parts = self.sizes.map(|len| {
            let (part, after) = rest.split_at(len);
            rest = after;
            part.to_vec()
        });
        let [output, buffers, loss, batch_norm, gradients] = parts;
        Ok(Some(Examined {
            output,
            d_input: rest.to_vec(),
            gradients,
            buffers,
            loss: loss[0],
            batch_norm,
        }))
    }
}
