//! Many small dense networks trained at once, a workgroup each: many steps of all in one dispatch. What the program
//! cannot train is told, and left to whoever has lanes. Waits for nothing: what was started is collected when it is there.

mod buffers;
mod data;
mod net;
mod places;
mod plan;
mod program;
mod records;
mod upload;

use batchnorm_lab::architecture::NetworkFactory;
use batchnorm_lab::engine::PATIENCE_MILLIS;
use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::{Job, JobReport, JobRun};

use crate::device::Gpu;
use crate::patience::Patience;
use crate::readback::Readback;
use buffers::GridBuffers;
use data::DataSets;
use net::Net;
use program::{Program, most_arena};
use upload::Upload;

/// Invocations of a workgroup: as many as the widest layer has units, for a unit's sums take one lane at least.
const LANES: u32 = 128;
const _: () = assert!(LANES >= batchnorm_lab::settings::MAX_WIDTH);

/// The most steps of one dispatch.
pub const MOST_GRID_STEPS: u32 = 128;

/// Numbers that a network tells of a dispatch: its losses, then how many steps it made.
const TOLD: usize = MOST_GRID_STEPS as usize + 1;

/// Jobs under way on a GPU.
pub struct GridRun {
    gpu: Gpu,
    nets: Vec<Net>,
    refused: Vec<(usize, Error)>,
    programs: Vec<Program>,
    buffers: GridBuffers,
    readback: Readback,
    in_flight: Option<Patience>,
    patience_millis: f64,
}

impl GridRun {
    /// These jobs at step 0, but for those that `refused` tells of. `digits` are the bytes of `assets/digits/digits.bin`.
    ///
    /// # Errors
    /// As `JobRun::new`; `Error::Engine` where the GPU refuses.
    pub async fn new(
        gpu: &Gpu,
        jobs: &[Job],
        digits: &[u8],
        factory: NetworkFactory,
    ) -> Result<Self, Error> {
        gpu.make(|| Self::make(gpu, jobs, digits, factory)).await
    }

    fn make(
        gpu: &Gpu,
        jobs: &[Job],
        digits: &[u8],
        factory: NetworkFactory,
    ) -> Result<Self, Error> {
        let (mut nets, mut refused, mut sets) = (Vec::new(), Vec::new(), DataSets::default());
        let (arena, most) = (most_arena(gpu), most_numbers(gpu));
        let mut in_room = 0;
        for (index, job) in jobs.iter().enumerate() {
            if let Err(why) = plan::check(job) {
                refused.push((index, why));
                continue;
            }
            let set = sets.of(job, digits, factory)?;
            let run = JobRun::on(job.clone(), set, factory)?;
            let mut net = Net::new(index, run, arena)?;
            let places = match in_room + net.places.in_room <= most {
                true => sets.place(net.run.dataset(), most),
                false => None,
            };
            let Some(places) = places else {
                refused.push((index, too_large(nets.len())));
                continue;
            };
            in_room += net.places.in_room;
            net.data = places;
            nets.push(net);
        }
        // Those that lie whole in the workgroup's memory first: they have a program of their own.
        nets.sort_by_key(|net| !net.is_whole());
        let buffers = GridBuffers::new(gpu, &mut nets, arena, &sets.numbers);
        let states: usize = nets.iter().map(Net::state_len).sum();
        let losses = nets.len() * TOLD;
        Ok(Self {
            gpu: gpu.clone(),
            programs: programs(gpu, &nets, arena),
            readback: Readback::new(gpu, losses + states),
            nets,
            refused,
            buffers,
            in_flight: None,
            patience_millis: PATIENCE_MILLIS,
        })
    }

    /// The jobs that are not trained here, by their place in the list: which setting, what it is, what it may be.
    pub fn refused(&self) -> &[(usize, Error)] {
        &self.refused
    }

    /// The runs of all others, by their place in the list. Their figures are those of the last states that came.
    pub fn runs(&self) -> impl Iterator<Item = (usize, &JobRun)> {
        self.nets.iter().map(|net| (net.index, &net.run))
    }

    /// Whether all have ended.
    pub fn is_done(&self) -> bool {
        self.nets.iter().all(|net| net.run.is_done())
    }

    /// How many networks lie whole in the memory of their workgroups.
    pub fn whole(&self) -> usize {
        self.nets.iter().filter(|net| net.is_whole()).count()
    }

    /// Gives up sooner or later than `PATIENCE_MILLIS`.
    pub fn set_patience(&mut self, millis: f64) {
        self.patience_millis = millis;
    }

    /// Starts so many steps at most of each network that has not ended, in one dispatch: `MOST_GRID_STEPS`, its last one,
    /// or the next change of its settings end them sooner. Losses come back; with `wants_states` all else too.
    ///
    /// # Errors
    /// `Error::Engine`.
    ///
    /// # Panics
    /// If what was started before has not come.
    pub fn start(&mut self, steps: u32, wants_states: bool) -> Result<(), Error> {
        assert!(self.in_flight.is_none(), "work was not taken");
        if self.nets.is_empty() {
            return Ok(());
        }
        let rows: usize = self.nets.iter().map(|net| net.plan.most_rows).sum();
        let room_for = most_numbers(&self.gpu) / rows.max(1);
        let steps = steps.min(MOST_GRID_STEPS).min(room_for as u32).max(1);
        let mut upload = Upload::default();
        for (place, net) in self.nets.iter_mut().enumerate() {
            let stretch = net.run.ahead(steps.min(most_steps(&self.gpu, &net.plan)));
            net.steps = stretch.steps;
            net.is_behind |= stretch.steps > 0;
            upload.add(&net.plan, stretch, place);
        }
        self.buffers.fill(&self.gpu, &upload);
        let mut encoder = self
            .gpu
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        for program in &self.programs {
            program.encode(&self.gpu, &mut pass, &self.buffers.bound());
        }
        drop(pass);
        let losses = self.nets.len() * TOLD;
        self.readback
            .copy(&mut encoder, &self.buffers.losses, losses);
        for net in &mut self.nets {
            net.comes_back = wants_states && net.is_behind;
            if net.comes_back {
                let part = net.state_place();
                self.readback
                    .copy_part(&mut encoder, &self.buffers.room, part);
            }
        }
        self.gpu.queue.submit([encoder.finish()]);
        self.readback.ask();
        self.in_flight = Some(Patience::default());
        self.gpu.check()
    }

    /// Whether what was started has come; the runs know of it then. `now_millis` is any clock that goes forward; without
    /// one nobody gives up.
    ///
    /// # Errors
    /// `Error::Engine`, and the grid is of no more use.
    pub fn poll(&mut self, now_millis: Option<f64>) -> Result<bool, Error> {
        let Some(patience) = &mut self.in_flight else {
            return Ok(true);
        };
        let Some(numbers) = self.readback.take()? else {
            patience.look(now_millis, self.patience_millis)?;
            return Ok(false);
        };
        self.in_flight = None;
        let (told, mut states) = numbers.split_at(self.nets.len() * TOLD);
        for (net, told) in self.nets.iter_mut().zip(told.chunks(TOLD)) {
            net.hear(told)?;
            if net.comes_back {
                let (state, rest) = states.split_at(net.state_len());
                net.put(state)?;
                states = rest;
            }
        }
        Ok(true)
    }

    /// What the jobs have come to, by their place in the list, as a job of the lanes tells it. The fingerprint is that of
    /// this engine's bits, which are not those of the lanes.
    ///
    /// # Panics
    /// If the states were not asked for with the last steps.
    pub fn reports(&mut self) -> Vec<(usize, JobReport)> {
        (0..self.nets.len())
            .filter_map(|number| self.report(number))
            .collect()
    }

    /// The same of one alone, 0 for the first of `runs`; `None` beyond the last.
    ///
    /// # Panics
    /// As `reports`.
    pub fn report(&mut self, number: usize) -> Option<(usize, JobReport)> {
        let net = self.nets.get_mut(number)?;
        assert!(!net.is_behind, "the states of the last steps are not here");
        Some((net.index, net.run.report()))
    }
}

/// There is no room beside those that fit.
fn too_large(fit: usize) -> Error {
    Error::InvalidSetting {
        name: "cells",
        value: (fit + 1).to_string(),
        allowed: format!("{fit} of such size in the GPU's memory"),
    }
}

/// Numbers that one buffer may have.
fn most_numbers(gpu: &Gpu) -> usize {
    let limits = gpu.device.limits();
    let bytes = limits.max_storage_buffer_binding_size;
    (bytes.min(limits.max_buffer_size) / 4) as usize
}

/// Rounds of all loops together that a lane may make in one dispatch, lest the system takes the GPU for lost: some tenths
/// of a second.
const MOST_ROUNDS: usize = 4_000_000;
/// The same where a CPU plays the GPU: Mesa's shaders stop in silence at 65535; `Plan::rounds` is no exact count.
const MOST_ROUNDS_ON_CPU: usize = 50_000;

/// Steps that a network may make in one dispatch.
fn most_steps(gpu: &Gpu, plan: &plan::Plan) -> u32 {
    let rounds = match gpu.is_cpu {
        true => MOST_ROUNDS_ON_CPU,
        false => MOST_ROUNDS,
    };
    (rounds / plan.rounds()).clamp(1, MOST_GRID_STEPS as usize) as u32
}

/// One for the networks that lie whole in the workgroup's memory, one for the others, where there are any.
fn programs(gpu: &Gpu, nets: &[Net], arena: usize) -> Vec<Program> {
    let whole = nets.iter().filter(|net| net.is_whole());
    let (count, used) = whole.fold((0, 0), |(count, used), net| {
        (count + 1, used.max(net.places.in_arena))
    });
    let parts = [
        (0, count, used, true),
        (count, nets.len() - count, arena, false),
    ];
    let parts = parts.into_iter().filter(|(_, count, ..)| *count > 0);
    parts
        .map(|(first, count, arena, is_whole)| Program::new(gpu, arena, is_whole, (first, count)))
        .collect()
}
