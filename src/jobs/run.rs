//! A job at work: a few steps at a time, by the path by which the lab trains a side. Adds no way of training.

mod elsewhere;
mod folding;

pub use elsewhere::Stretch;

use std::sync::Arc;

use self::folding::Folding;
use super::curve::CurveBuilder;
use super::measuring::Measuring;
use super::{Job, JobReport, LOOK_EVERY, Measured, Score, Until};
use crate::architecture::{HiddenLayer, NetworkFactory};
use crate::data::Dataset;
use crate::engine::network_state;
use crate::error::Error;
use crate::lanes::Best;
use crate::network::{Layer, Mode, Network};
use crate::protocol::NetworkState;
use crate::settings::Settings;
use crate::training::{SideRun, Solo};

/// See the module.
pub struct JobRun {
    job: Job,
    /// As drawn, and where the domain is now.
    drawn: Arc<Dataset>,
    dataset: Arc<Dataset>,
    /// What is in force now.
    now: Settings,
    solo: Solo,
    curve: CurveBuilder,
    measuring: Measuring,
    scores: Vec<Score>,
    folding: Option<Folding>,
    has_reached: bool,
}

impl JobRun {
    /// The job at step 0. `digits` are the bytes of `assets/digits/digits.bin`, of which only digits take any.
    ///
    /// # Errors
    /// As `Job::check`, or the bytes are no digits.
    pub fn new(job: Job, digits: &[u8], factory: NetworkFactory) -> Result<Self, Error> {
        let dataset = Arc::new((factory.data)(&job.settings, digits)?);
        Self::on(job, dataset, factory)
    }

    /// The same where the data set is there already, as it was drawn.
    ///
    /// # Errors
    /// As `Job::check`.
    pub fn on(job: Job, dataset: Arc<Dataset>, factory: NetworkFactory) -> Result<Self, Error> {
        job.check(factory)?;
        let now = job.settings.in_force(0);
        let run = SideRun::new(job.side, job.norm(), &now, factory)?;
        Ok(Self {
            solo: Solo::new(run, job.settings.seed, dataset.train.len()),
            dataset: domain(&dataset, &now),
            drawn: dataset,
            curve: CurveBuilder::new(job.steps, job.curve_points),
            measuring: Measuring::new(job.measure.clone()),
            scores: Vec::new(),
            folding: job.measure.fold.map(|plan| Folding::new(plan, factory)),
            has_reached: false,
            job,
            now,
        })
    }

    /// Updates made.
    pub fn step(&self) -> u64 {
        self.solo.steps
    }

    /// Whether it has ended.
    pub fn is_done(&self) -> bool {
        let is_last = self.has_reached || self.solo.steps >= self.job.steps;
        let is_due =
            self.is_score_due() || self.is_fold_due() || self.measuring.is_due(self.solo.steps);
        self.has_diverged() || (is_last && !is_due)
    }

    /// So many steps, or passes of measurements, at most; whether it has ended. Slices of any size give the same bits.
    pub fn advance(&mut self, most: u32) -> bool {
        for _ in 0..most {
            if self.is_done() {
                break;
            }
            if self.is_score_due() {
                self.score();
                continue;
            }
            if self.is_fold_due() {
                self.fold();
                continue;
            }
            if self.measuring.is_due(self.solo.steps) {
                // Also at the end, where no step reaches the changes that hold from there on.
                let next = self.job.settings.in_force(self.solo.steps);
                let train = &self.dataset.train;
                self.measuring.advance(&mut self.solo, train, &next);
                continue;
            }
            self.reach_changes();
            let size = self.now.batch_size();
            self.solo.step(&self.dataset.train, size, &self.now);
            self.curve.add(self.solo.run.loss_batch());
            self.look();
        }
        self.is_done()
    }

    /// Once it has ended: a slice of what is to be timed, by this clock in milliseconds; whether that was all. Nobody need.
    pub fn time(&mut self, now: &dyn Fn() -> f64) -> bool {
        self.folding.as_mut().is_none_or(|of| of.time(now))
    }

    /// What it has come to.
    pub fn report(&mut self) -> JobReport {
        // As the lab shows it: a change at the step where a run stands holds from the next on.
        let (loss, accuracy) = self.solo.run.figures(&self.dataset, &self.now);
        let step = self.solo.steps;
        JobReport {
            step,
            loss,
            accuracy,
            diverged_at: self.solo.run.diverged_at(),
            fingerprint: self.solo.run.fingerprint(),
            state: self.job.state(step),
            curve: self.curve.curve(),
            measured: Measured {
                scores: self.scores.clone(),
                folded: self.folding.as_ref().and_then(Folding::folded),
                ..self.measuring.measured()
            },
        }
    }

    /// What it trains.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// What it is trained on.
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// All that it has learned.
    pub fn state(&self) -> NetworkState {
        network_state(self.network())
    }

    /// The network, which stands at the last state that is known here.
    pub fn network(&self) -> &Network<Best> {
        &self.solo.run.observed.network
    }

    /// Its hidden layers, first to last.
    pub fn hidden(&self) -> &[HiddenLayer] {
        &self.solo.run.observed.architecture.hidden
    }

    /// The layers of which it was made.
    pub fn layers(&self) -> &[Layer] {
        &self.solo.run.observed.architecture.layers
    }

    fn has_diverged(&self) -> bool {
        self.solo.run.diverged_at().is_some()
    }

    fn is_score_due(&self) -> bool {
        let due = |every| self.scores.len() as u64 * every == self.solo.steps;
        self.job.measure.scores.is_some_and(due)
    }

    fn is_fold_due(&self) -> bool {
        let folding = self.folding.as_ref();
        folding.is_some_and(|folding| folding.is_due(self.solo.steps))
    }

    fn fold(&mut self) {
        let (of, test) = (&self.solo.run.observed, &self.dataset.test);
        if let Some(folding) = &mut self.folding {
            folding.take(&of.network, &of.architecture.hidden, test, &self.now);
        }
    }

    /// As it stands, before what changes at this step.
    fn score(&mut self) {
        let (loss, accuracy) = self.solo.run.figures(&self.dataset, &self.now);
        self.scores.push(Score {
            step: self.solo.steps,
            loss,
            accuracy,
        });
    }

    fn reach_changes(&mut self) {
        let steps = self.solo.steps;
        let changes = self.job.settings.changes.iter();
        for change in changes.filter(|change| change.step == steps) {
            change.setting.put(&mut self.now, &change.value);
            if change.setting.name == "shift" {
                self.dataset = domain(&self.drawn, &self.now);
            }
        }
        self.solo.run.make_room(self.now.batch_size(), &self.now);
    }

    fn look(&mut self) {
        if let Until::Accuracy(wanted) = self.job.until
            && self.solo.steps.is_multiple_of(LOOK_EVERY)
        {
            let (run, test) = (&mut self.solo.run, &self.dataset.test);
            let score = run.observed.score(test, Mode::Running, &self.now);
            self.has_reached = score.accuracy >= wanted;
        }
    }
}

/// The points where the domain is now, shared where it has not moved.
fn domain(drawn: &Arc<Dataset>, now: &Settings) -> Arc<Dataset> {
    match now.shift > 0.0 {
        true => Arc::new(Dataset::clone(drawn).in_domain(now)),
        false => drawn.clone(),
    }
}
