//! The networks of a grid trained here, one after the other: the jobs that a pool gets from the page. In no page.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{self, JobReport, JobRun};
use batchnorm_lab::settings::Settings;

use super::{CellState, Grid, GridOptions, Trained, base, middle};

/// Trains all of it.
///
/// # Panics
/// If it is none that can be trained.
pub fn train(settings: &Settings, options: &GridOptions, digits: &[u8]) -> Grid {
    let axes: Vec<_> = options.axes().cloned().collect();
    let mut plan = jobs::Grid::new(&base(settings, &axes, "")).expect("a base");
    for axis in &axes {
        plan.add_axis(&axis.setting, &axis.values).expect("an axis");
    }
    let cells = plan
        .cells(options.steps, options.seeds, FULL)
        .expect("a grid");
    let mut grid = waiting(settings, options);
    let seeds = cells.chunks(options.seeds as usize);
    for (state, jobs) in grid.cells.iter_mut().zip(seeds) {
        let trained = jobs.iter().map(|cell| {
            let mut run = JobRun::new(cell.job.clone(), digits, FULL).expect("a job of the plan");
            while !run.advance(1000) {}
            trained(run.report())
        });
        if let Some(one) = middle(trained.collect()) {
            *state = CellState::Done(Box::new(one));
        }
    }
    grid
}

/// The grid before anything of it is trained.
pub fn waiting(settings: &Settings, options: &GridOptions) -> Grid {
    let mut grid = Grid::new(
        options.x.clone(),
        options.y.clone(),
        options.sides(settings),
        options.steps,
        options.seeds,
    );
    grid.chance = 1.0 / settings.data.classes() as f32;
    grid
}

fn trained(report: JobReport) -> Trained {
    let accuracy = &report.accuracy;
    Trained {
        step: report.step,
        accuracy: [
            accuracy.eval_batch,
            accuracy.eval_running,
            accuracy.eval_full,
        ],
        loss: report.loss.train,
        diverged_at: report.diverged_at,
        state: report.state,
        losses: report.curve.losses,
        stride: report.curve.stride,
        range: None,
    }
}
