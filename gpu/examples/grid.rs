//! How many steps of small networks a grid on this machine's GPU makes in a second, all networks together, beside one
//! core's lanes: where the GPU overtakes, a grid belongs there. `cargo run --release --package batchnorm-lab-gpu
//! --example grid`, with a link's text behind `--` for other networks than those of the bench grid.

use std::time::Instant;

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::{Job, JobRun, MOST_STEPS, Until};
use batchnorm_lab::lanes::{Best, Lanes};
use batchnorm_lab::settings::Settings;
use batchnorm_lab_gpu::{Gpu, GridRun, MOST_GRID_STEPS, Want};
use pollster::block_on as wait;

const DIGITS: &[u8] = include_bytes!("../../assets/digits/digits.bin");
/// Networks of a grid.
const COUNTS: [usize; 5] = [1, 8, 32, 112, 400];
/// The middle depth of the bench grid, without and with Batch Normalization.
const LINKS: [&str; 2] = [
    "data=spiral&layers=16-16-16-16&act=relu&init=he-normal&batch=32&b=none&lr=0.01",
    "data=spiral&layers=16-16-16-16&act=relu&init=he-normal&batch=32&b=batch&lr=0.01",
];
/// A figure is the best of runs that take so long together: others use the machine too.
const SECONDS: f64 = 1.0;
/// Fewer steps make one dispatch where it would take longer, but never fewer than these.
const LONGEST_SECONDS: f64 = 4.0;
const LEAST_STEPS: u32 = 32;

fn main() -> Result<(), Error> {
    let want = Want {
        large: true,
        ..Want::default()
    };
    let gpu = wait(Gpu::acquire(want))?;
    println!("adapter: {}", gpu.adapter);
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let links: Vec<&str> = match asked.is_empty() {
        true => LINKS.to_vec(),
        false => asked.iter().map(String::as_str).collect(),
    };
    for link in links {
        measure(&gpu, link)?;
    }
    Ok(())
}

fn measure(gpu: &Gpu, link: &str) -> Result<(), Error> {
    let (settings, errors) = Settings::from_text(link);
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    let job = Job {
        settings,
        side: 1,
        steps: MOST_STEPS,
        until: Until::Diverged,
        curve_points: 1,
        measure: Default::default(),
    };
    let mut run = JobRun::new(job.clone(), DIGITS, FULL)?;
    let here = best(|| {
        let before = run.step();
        run.advance(MOST_GRID_STEPS);
        Ok(run.step() - before)
    })?;
    println!("{link}, steps of networks a second:");
    println!("  {:<24} {here:>12.0}", format!("one core, {}", Best::NAME));
    for count in COUNTS {
        let mut grid = wait(GridRun::new(gpu, &vec![job.clone(); count], DIGITS, FULL))?;
        if let Some((_, why)) = grid.refused().first() {
            println!("  {count} networks: {why}");
            continue;
        }
        let steps = steps_at_once(&mut grid)?;
        let there = best(|| advance(&mut grid, steps))?;
        let name = format!("{count} networks by {steps}");
        let (ratio, whole) = (there / here, grid.whole());
        println!("  {name:<24} {there:>12.0}  {ratio:.2} of a core, {whole} whole in workgroups");
    }
    Ok(())
}

/// Steps of a dispatch, judged by one of a single step after one that is not counted.
fn steps_at_once(grid: &mut GridRun) -> Result<u32, Error> {
    advance(grid, 1)?;
    let start = Instant::now();
    advance(grid, 1)?;
    let one = start.elapsed().as_secs_f64();
    let mut steps = MOST_GRID_STEPS;
    while steps > LEAST_STEPS && one * f64::from(steps) > LONGEST_SECONDS {
        steps /= 2;
    }
    Ok(steps)
}

/// One dispatch of so many steps; how many all networks made.
fn advance(grid: &mut GridRun, steps: u32) -> Result<u64, Error> {
    let made = |grid: &GridRun| grid.runs().map(|(_, run)| run.step()).sum::<u64>();
    let before = made(grid);
    grid.start(steps, false)?;
    while !grid.poll(None)? {
        std::thread::yield_now();
    }
    Ok(made(grid) - before)
}

/// Steps a second of the fastest run.
fn best(mut run: impl FnMut() -> Result<u64, Error>) -> Result<f64, Error> {
    let (mut most, begun) = (0.0, Instant::now());
    while begun.elapsed().as_secs_f64() < SECONDS {
        let start = Instant::now();
        let steps = run()?;
        most = f64::max(most, steps as f64 / start.elapsed().as_secs_f64());
    }
    Ok(most)
}
