//! Jobs trained by the browser's GPU, all that wait at once (`GridRun`). What the GPU's program cannot train goes to the
//! lanes of this worker. Reads the time through its caller and posts nothing itself.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::{Job, Measure, Until};
use batchnorm_lab_gpu::{Gpu, GridRun, MOST_GRID_STEPS, Want};
use wasm_bindgen_futures::spawn_local;

use crate::queue::{Did, Jobs, Next, PROGRESS_MILLIS, Queue};

/// Time until the GPU is asked again whether it is done.
const POLL_MILLIS: f64 = 1.0;

/// Where a grid that is being made will lie, with the GPU that it is on.
type Made = Rc<RefCell<Option<Result<(Gpu, GridRun), Error>>>>;

/// Jobs on the GPU, by the number that the page gave each.
#[derive(Default)]
pub struct GpuQueue {
    lanes: Queue,
    waiting: Vec<(f64, Job)>,
    told: VecDeque<Did>,
    gpu: Option<Gpu>,
    stage: Stage,
}

#[derive(Default)]
enum Stage {
    #[default]
    Idle,
    /// Buffers and programs are being made for these jobs.
    Making(Vec<(f64, Job)>, Made),
    Training(Box<Training>),
}

struct Training {
    /// Those of the page, by the place in the grid's list; none of a job that is not wanted any more.
    numbers: Vec<Option<f64>>,
    grid: GridRun,
    /// Whether the states of all, which have ended, were asked for, and whether they are here.
    asked_states: bool,
    has_states: bool,
    /// How many reports were given.
    reported: usize,
    next_progress_at: f64,
}

impl Jobs for GpuQueue {
    fn set_digits(&mut self, bytes: Vec<u8>) {
        self.lanes.set_digits(bytes);
    }

    fn digits(&self) -> &[u8] {
        self.lanes.digits()
    }

    fn add(&mut self, number: f64, job: Job) {
        let is_plain = job.until == Until::Diverged && job.measure == Measure::default();
        match is_plain {
            true => self.waiting.push((number, job)),
            false => self.lanes.add(number, job),
        }
    }

    fn cancel(&mut self, number: f64) {
        self.lanes.cancel(number);
        self.waiting.retain(|(waiting, _)| *waiting != number);
        self.told.retain(|did| did.number() != Some(number));
        match &mut self.stage {
            Stage::Idle => {}
            // What is made meanwhile is dropped with its place.
            Stage::Making(jobs, _) => {
                if let Some(place) = jobs.iter().position(|(making, _)| *making == number) {
                    // The others are made again, without it.
                    jobs.remove(place);
                    self.waiting.splice(0..0, std::mem::take(jobs));
                    self.stage = Stage::Idle;
                }
            }
            Stage::Training(training) => {
                for one in &mut training.numbers {
                    one.take_if(|own| *own == number);
                }
                if training.numbers.iter().all(Option::is_none) {
                    self.stage = Stage::Idle;
                }
            }
        }
    }

    fn next(&self) -> Next {
        match (&self.stage, self.told.is_empty()) {
            (_, false) => Next::Soon,
            (Stage::Training(training), _) if training.has_states => Next::Soon,
            (Stage::Making(..) | Stage::Training(_), _) => Next::After(POLL_MILLIS),
            // What follows in further messages belongs to the same grid.
            (Stage::Idle, _) if !self.waiting.is_empty() => Next::After(POLL_MILLIS),
            (Stage::Idle, _) => self.lanes.next(),
        }
    }

    fn work(&mut self, now: &dyn Fn() -> f64) -> Did {
        if let Some(did) = self.told.pop_front() {
            return did;
        }
        match std::mem::take(&mut self.stage) {
            Stage::Idle if self.waiting.is_empty() => return self.lanes.work(now),
            Stage::Idle => self.make(),
            Stage::Making(jobs, made) => {
                let there = made.borrow_mut().take();
                match there {
                    None => self.stage = Stage::Making(jobs, made),
                    Some(made) => self.begin(jobs, made, now()),
                }
            }
            Stage::Training(training) => self.train(training, now()),
        }
        self.told.pop_front().unwrap_or(Did::Steps)
    }
}

impl GpuQueue {
    /// Makes a grid of all that wait, on the first GPU there is.
    fn make(&mut self) {
        let jobs = std::mem::take(&mut self.waiting);
        let list: Vec<Job> = jobs.iter().map(|(_, job)| job.clone()).collect();
        let (gpu, digits) = (self.gpu.clone(), self.digits().to_vec());
        let made = Made::default();
        let into = made.clone();
        spawn_local(async move {
            let result = on_gpu(gpu, &list, &digits).await;
            *into.borrow_mut() = Some(result);
        });
        self.stage = Stage::Making(jobs, made);
    }

    fn begin(
        &mut self,
        jobs: Vec<(f64, Job)>,
        made: Result<(Gpu, GridRun), Error>,
        now_millis: f64,
    ) {
        let (gpu, grid) = match made {
            Ok(made) => made,
            Err(error) => return self.refuse(jobs.iter().map(|(number, _)| *number), &error),
        };
        self.gpu = Some(gpu);
        let mut numbers: Vec<Option<f64>> = jobs.iter().map(|(number, _)| Some(*number)).collect();
        for (place, _) in grid.refused() {
            let (number, job) = &jobs[*place];
            numbers[*place] = None;
            self.lanes.add(*number, job.clone());
        }
        if numbers.iter().any(Option::is_some) {
            self.stage = Stage::Training(Box::new(Training {
                numbers,
                grid,
                asked_states: false,
                has_states: false,
                reported: 0,
                next_progress_at: now_millis + PROGRESS_MILLIS,
            }));
        }
    }

    /// Collects a dispatch and starts the next; after the last one tells a report a call.
    fn train(&mut self, mut training: Box<Training>, now_millis: f64) {
        match training.step(now_millis, &mut self.told) {
            Ok(true) => self.stage = Stage::Training(training),
            Ok(false) => {}
            Err(error) => {
                // A device that is lost is looked for again by the next grid.
                self.gpu = None;
                self.refuse(training.numbers.into_iter().flatten(), &error);
            }
        }
    }

    fn refuse(&mut self, numbers: impl Iterator<Item = f64>, error: &Error) {
        self.told
            .extend(numbers.map(|number| Did::Refused(number, error.clone())));
    }
}

/// The grid of these jobs.
///
/// # Errors
/// As `Gpu::acquire` and `GridRun::new`.
async fn on_gpu(gpu: Option<Gpu>, jobs: &[Job], digits: &[u8]) -> Result<(Gpu, GridRun), Error> {
    let want = Want {
        large: true,
        ..Want::default()
    };
    let gpu = match gpu {
        Some(gpu) => gpu,
        None => Gpu::acquire(want).await?,
    };
    let grid = GridRun::new(&gpu, jobs, digits, FULL).await?;
    Ok((gpu, grid))
}

impl Training {
    /// Whether there is more to do.
    ///
    /// # Errors
    /// `Error::Engine`.
    fn step(&mut self, now_millis: f64, told: &mut VecDeque<Did>) -> Result<bool, Error> {
        if !self.grid.poll(Some(now_millis))? {
            return Ok(true);
        }
        if !self.grid.is_done() {
            if now_millis >= self.next_progress_at {
                self.next_progress_at = now_millis + PROGRESS_MILLIS;
                let steps = self.grid.runs().map(|(place, run)| (place, run.step()));
                told.extend(steps.filter_map(|(place, step)| {
                    self.numbers[place].map(|number| Did::Progress(number, step))
                }));
            }
            self.grid.start(MOST_GRID_STEPS, false)?;
            return Ok(true);
        }
        if !self.asked_states {
            self.asked_states = true;
            self.grid.start(1, true)?;
            return Ok(true);
        }
        self.has_states = true;
        // The figures of one network are a few milliseconds' work: messages are looked at in between.
        let Some((place, mut report)) = self.grid.report(self.reported) else {
            return Ok(false);
        };
        self.reported += 1;
        // Its bits are its own: what opens this run names the engine.
        report.state.push_str("&engine=webgpu");
        if let Some(number) = self.numbers[place].take() {
            told.push_back(Did::Finished(number, Box::new(report)));
        }
        Ok(true)
    }
}
