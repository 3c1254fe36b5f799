//! Accuracy against batch size: the same network trained afresh at each size for equally many steps. Touches no
//! running run.

use std::sync::Arc;

use crate::architecture::NetworkFactory;
use crate::data::Dataset;
use crate::network::Mode;
use crate::protocol::{SweepReport, SweepRow};
use crate::settings::Settings;
use crate::settings::choice::{Norm, View};
use crate::training::{SideRun, Solo};

/// Updates that each network gets.
const STEPS: u32 = 400;
/// Multiplications in one piece of work: about a millisecond.
const WORK_A_PIECE: usize = 2_000_000;
/// Multiplications of the heaviest step that is measured: about ten milliseconds, in which a pause is not heard.
const HEAVIEST_STEP: usize = 20_000_000;
/// Batch sizes, as far as the training set and `HEAVIEST_STEP` go; the whole set closes the sweep.
const BATCHES: [usize; 8] = [2, 4, 8, 16, 32, 64, 128, 256];

/// A measurement under way: a few steps at a time.
pub struct BatchSizeSweep {
    settings: Settings,
    factory: NetworkFactory,
    dataset: Arc<Dataset>,
    plan: Vec<(usize, u8)>,
    current: Option<Solo>,
    report: SweepReport,
}

impl BatchSizeSweep {
    /// Every batch size for every run shown, small batches first.
    pub fn new(now: &Settings, dataset: Arc<Dataset>, run: u32, factory: NetworkFactory) -> Self {
        let points = dataset.train.len();
        let work = (factory.network)(now.norm_a, now).map_or(0, |plan| plan.work);
        let is_light = |batch: &usize| 3 * work * batch <= HEAVIEST_STEP;
        let mut sizes: Vec<usize> = BATCHES.iter().copied().filter(|b| *b < points).collect();
        sizes.push(points);
        sizes.retain(is_light);
        let sides: &[u8] = match now.view {
            View::Twin => &[0, 1],
            View::A => &[0],
            View::B => &[1],
        };
        let plan: Vec<_> = sizes
            .iter()
            .flat_map(|size| sides.iter().map(move |side| (*size, *side)))
            .collect();
        Self {
            settings: now.clone(),
            factory,
            report: SweepReport {
                run,
                steps: STEPS,
                total: plan.len() as u32,
                ..SweepReport::default()
            },
            dataset,
            plan,
            current: None,
        }
    }

    /// What is known so far.
    pub fn report(&self) -> SweepReport {
        self.report.clone()
    }

    /// A few steps; whether a network was finished by them.
    pub fn measure(&mut self) -> bool {
        let Some((batch, side)) = self.plan.get(self.report.done as usize).copied() else {
            return false;
        };
        let settings = Settings {
            batch: batch as u32,
            ..self.settings.clone()
        };
        let current = self.current.get_or_insert_with(|| {
            let norm: Norm = [settings.norm_a, settings.norm_b][usize::from(side)];
            let run = SideRun::new(side, norm, &settings, self.factory);
            let run = run.expect("the settings of a run that exists");
            Solo::new(run, settings.seed, self.dataset.train.len())
        });
        // Forward and backward touch each weight three times a row; a step costs about 16 rows besides.
        let work_a_step = 3 * current.run.observed.architecture.work * (batch + 16);
        for _ in 0..WORK_A_PIECE.div_ceil(work_a_step) {
            current.step(&self.dataset.train, batch, &settings);
            if current.steps == u64::from(STEPS) || current.run.diverged_at().is_some() {
                let row = sweep_row(&mut current.run, &self.dataset, &settings);
                self.report.rows.push(row);
                self.report.done += 1;
                self.current = None;
                return true;
            }
        }
        false
    }
}

fn sweep_row(run: &mut SideRun, dataset: &Dataset, settings: &Settings) -> SweepRow {
    let full = run.observed.full_moments(&dataset.train);
    let running = run.observed.score(&dataset.test, Mode::Running, settings);
    let full = run
        .observed
        .score(&dataset.test, Mode::Given(&full), settings);
    SweepRow {
        batch: settings.batch,
        side: run.index(),
        accuracy_running: running.accuracy,
        accuracy_full: full.accuracy,
        diverged: run.diverged_at().is_some(),
    }
}
