//! A job's measurements at work, a pass forward and back at a time, on copies of its network. Moves nothing of the run.

use super::measure::{Landscape, LandscapePlan, LandscapePoint, Measure, Measured};
use crate::data::{Batch, Split};
use crate::lanes::Best;
use crate::measure::{BackwardOf, Distributions, GradientLine, depth_profile, unit_backward};
use crate::network::Network;
use crate::settings::Settings;
use crate::training::Solo;

/// See the module.
pub(super) struct Measuring {
    plan: Measure,
    /// The next state whose landscape is due.
    next_landscape: u64,
    line: Option<Line>,
    points: Vec<LandscapePoint>,
    /// Of the state before; empty before the first.
    distributions: Distributions,
    measured: Measured,
}

/// A landscape under way.
struct Line {
    line: GradientLine<Best>,
    batch: Batch,
    point: LandscapePoint,
}

impl Measuring {
    /// Nothing measured yet.
    pub fn new(plan: Measure) -> Self {
        Self {
            next_landscape: plan.landscape.as_ref().map_or(0, |plan| plan.from),
            plan,
            line: None,
            points: Vec::new(),
            distributions: Distributions::default(),
            measured: Measured::default(),
        }
    }

    /// Whether something is to be measured of the state after so many updates, before the next.
    pub fn is_due(&self, step: u64) -> bool {
        self.is_profile_due(step)
            || self.is_landscape_due(step)
            || self.is_drift_due(step)
            || self.is_backward_due(step)
    }

    fn is_backward_due(&self, step: u64) -> bool {
        let is_due = |at| at == step && self.measured.backward.is_none();
        self.plan.backward.is_some_and(|plan| is_due(plan.at))
    }

    fn is_profile_due(&self, step: u64) -> bool {
        self.plan.profile.get(self.measured.profile.len()) == Some(&step)
    }

    fn is_landscape_due(&self, step: u64) -> bool {
        self.plan.landscape.is_some() && self.next_landscape == step
    }

    fn is_drift_due(&self, step: u64) -> bool {
        let due = |every| self.measured.drift.len() as u64 * every == step;
        self.plan.drift.is_some_and(|plan| due(plan.every))
    }

    /// The distributions of the same first rows at every state.
    fn take_distributions(&mut self, rows: usize, solo: &mut Solo, train: &Split, now: &Settings) {
        let rows = rows.min(train.len());
        solo.run.make_room(rows, now);
        let order: Vec<u32> = (0..rows as u32).collect();
        let features = solo.run.observed.architecture.input.units();
        let mut batch = Batch::default();
        batch.gather(train, &order, features, false);
        let mut network = solo.run.copy_for(&batch, now);
        let hidden = &solo.run.observed.architecture.hidden;
        let taken = Distributions::of(&mut network, hidden, &batch.x, batch.rows);
        let taken = taken.expect("rows enough for any normalisation");
        let is_first = self.measured.drift.is_empty();
        let moved = taken.since(if is_first {
            &taken
        } else {
            &self.distributions
        });
        self.measured.drift.push((solo.steps, moved));
        self.distributions = taken;
    }

    /// What one unit passes back.
    fn take_backward(&mut self, solo: &mut Solo, train: &Split, now: &Settings) {
        let Some(plan) = self.plan.backward else {
            return;
        };
        let (mut network, batch) = next_step(solo, train, now);
        let of = BackwardOf {
            hidden: &solo.run.observed.architecture.hidden[plan.layer],
            unit: plan.unit,
            epsilon: now.epsilon,
            uses_batch: !(now.tracks && now.frozen.statistics()),
        };
        let taken = unit_backward(&mut network, of, &batch.x, batch.targets(), batch.rows);
        let taken = taken.expect("a job that was checked");
        self.measured.backward = Some((solo.steps, taken));
    }

    /// One pass of what is due, under the settings that the next step has.
    pub fn advance(&mut self, solo: &mut Solo, train: &Split, now: &Settings) {
        let step = solo.steps;
        if self.is_profile_due(step) {
            let (mut network, batch) = next_step(solo, train, now);
            let hidden = &solo.run.observed.architecture.hidden;
            let (x, targets) = (&batch.x, batch.targets());
            let profile = depth_profile(&mut network, hidden, x, targets, batch.rows);
            let profile = profile.expect("a job that was checked");
            self.measured.profile.push((step, profile));
            return;
        }
        if self.is_backward_due(step) {
            return self.take_backward(solo, train, now);
        }
        if let Some(plan) = self.plan.drift
            && self.is_drift_due(step)
        {
            return self.take_distributions(plan.rows, solo, train, now);
        }
        let Some(plan) = &self.plan.landscape else {
            return;
        };
        let mut line = match self.line.take() {
            Some(line) => line,
            None => {
                self.line = Some(Line::new(solo, train, now));
                return;
            }
        };
        line.go_on(plan);
        if line.point.losses.len() < plan.factors.len() {
            self.line = Some(line);
        } else {
            self.points.push(line.point);
            self.next_landscape += plan.every;
        }
    }

    /// What is there so far.
    pub fn measured(&self) -> Measured {
        let plan = self.plan.landscape.as_ref();
        Measured {
            landscape: plan.map(|plan| Landscape::new(self.points.clone(), plan.last)),
            ..self.measured.clone()
        }
    }
}

impl Line {
    fn new(solo: &mut Solo, train: &Split, now: &Settings) -> Self {
        let (network, batch) = next_step(solo, train, now);
        let line = GradientLine::new(network, &batch.x, batch.targets(), batch.rows);
        let line = line.expect("a job that was checked");
        Self {
            point: LandscapePoint {
                step: solo.steps,
                rate: now.learning_rate,
                loss: line.loss() as f32,
                gradient_norm: line.gradient_norm() as f32,
                losses: Vec::new(),
                gradient_changes: Vec::new(),
                smoothness: 0.0,
            },
            line,
            batch,
        }
    }

    /// The next step size.
    fn go_on(&mut self, plan: &LandscapePlan) {
        let Self { line, batch, point } = self;
        let eta = plan.factors[point.losses.len()] * point.rate;
        let there = line.at(eta, &batch.x, batch.targets(), batch.rows);
        point.losses.push(there.loss as f32);
        point.gradient_changes.push(there.gradient_change as f32);
        // Of no gradient there is no line; what is no number stays.
        let slope = (there.gradient_change / (eta * line.gradient_norm())) as f32;
        if line.gradient_norm() > 0.0 && (slope > point.smoothness || slope.is_nan()) {
            point.smoothness = slope;
        }
    }
}

/// A copy of the network as the next step finds it, and the batch of that step.
fn next_step(solo: &mut Solo, train: &Split, now: &Settings) -> (Network<Best>, Batch) {
    let size = now.batch_size();
    solo.run.make_room(size, now);
    let batch = solo.next_batch(train, size, now);
    (solo.run.copy_for(&batch, now), batch)
}
