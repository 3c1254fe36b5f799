//! A job's measurements at work, a pass forward and back at a time, on copies of its network. Moves nothing of the run.

use super::landscape::{Landscape, LandscapePoint};
use super::measure::{
    COMING, DriftPlan, LandscapePlan, Measure, Measured, UnitPlan, ValuesPlan, Weighed,
};
use crate::architecture::renorm_bounds;
use crate::data::{Batch, Split};
use crate::equivalences::{effective_rate, weight_norm};
use crate::error::Error;
use crate::lanes::Best;
use crate::measure::{
    BackwardOf, ByClass, Company, Distributions, GradientLine, LayerValues, Values, correction,
    depth_profile, scaled, unit_backward,
};
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
    /// Of the state that the next is held against, and its updates; nothing before the first.
    distributions: Option<(u64, Distributions)>,
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
            distributions: None,
            measured: Measured::default(),
        }
    }

    /// Whether something is to be measured of the state after so many updates, before the next.
    pub fn is_due(&self, step: u64) -> bool {
        self.is_profile_due(step)
            || self.is_landscape_due(step)
            || self.is_drift_due(step)
            || self.is_correction_due(step)
            || self.is_weighing_due(step)
            || self.is_scaling_due(step)
            || self.is_by_class_due(step)
            || self.is_company_due(step)
            || self.are_values_due(step)
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

    fn is_by_class_due(&self, step: u64) -> bool {
        self.measured.by_class.is_none() && self.plan.by_class.is_some_and(|plan| plan.at == step)
    }

    fn is_company_due(&self, step: u64) -> bool {
        self.measured.company.is_none() && self.plan.company == Some(step)
    }

    fn is_drift_due(&self, step: u64) -> bool {
        self.plan.drift.is_some_and(|plan| {
            let next = self.next_drift(plan);
            let taken = self.distributions.as_ref().map(|(at, _)| *at);
            // Where the state before it lies further back than that, another is taken on the way.
            next == step || (step + plan.back == next && taken != Some(step))
        })
    }

    fn next_drift(&self, plan: DriftPlan) -> u64 {
        self.measured.drift.len() as u64 * plan.every
    }

    fn is_weighing_due(&self, step: u64) -> bool {
        let due = |every| self.measured.weights.len() as u64 * every == step;
        self.plan.weigh.is_some_and(due)
    }

    fn is_scaling_due(&self, step: u64) -> bool {
        self.measured.scaled.is_none() && self.plan.scale.is_some_and(|plan| plan.at == step)
    }

    fn is_correction_due(&self, step: u64) -> bool {
        let due = |every| self.measured.corrections.len() as u64 * every == step;
        self.plan.corrections.is_some_and(due)
    }

    /// r and d of the selected unit, on the batch of the next step.
    fn take_correction(&mut self, solo: &mut Solo, train: &Split, now: &Settings) {
        let (mut network, batch) = next_step(solo, train, now);
        let hidden = &solo.run.observed.architecture.hidden;
        let layer = (now.selected_layer as usize).min(hidden.len() - 1);
        let unit = (now.selected_unit as usize).min(hidden[layer].width - 1);
        let norm = hidden[layer].norm.expect("a job that was checked");
        let (mean, variance) = network.running(norm);
        let running = [mean.to_vec(), variance.to_vec()];
        let bounds = renorm_bounds(now, network.updates());
        // The profile's pass, of which nothing else is read: another way forward would be compiled for this alone.
        let (x, targets) = (&batch.x, batch.targets());
        let pass = depth_profile(&mut network, &[], x, targets, batch.rows);
        pass.expect("a job that was checked");
        let found = correction(&network, &running, norm, unit, bounds, now.epsilon);
        self.measured.corrections.push((solo.steps, found));
    }

    fn are_values_due(&self, step: u64) -> bool {
        let due = |plan: ValuesPlan| plan.step == step;
        self.plan.values.is_some_and(due) && self.measured.values.is_none()
    }

    /// The distributions of the same first rows at every state.
    fn take_distributions(
        &mut self,
        plan: DriftPlan,
        solo: &mut Solo,
        train: &Split,
        now: &Settings,
    ) {
        let rows = plan.rows.min(train.len());
        solo.run.make_room(rows, now);
        let order: Vec<u32> = (0..rows as u32).collect();
        let features = solo.run.observed.architecture.input.units();
        let mut batch = Batch::default();
        batch.gather(train, &order, features, false);
        let mut network = solo.run.copy_for(&batch, now);
        let hidden = &solo.run.observed.architecture.hidden;
        let taken = Distributions::of(&mut network, hidden, &batch.x, batch.rows);
        let taken = taken.expect("rows enough for any normalisation");
        if self.next_drift(plan) == solo.steps {
            let earlier = self.distributions.as_ref();
            let moved = taken.since(earlier.map_or(&taken, |(_, earlier)| earlier));
            self.measured.drift.push((solo.steps, moved));
        }
        self.distributions = Some((solo.steps, taken));
    }

    fn weigh(&mut self, solo: &Solo, now: &Settings) {
        let of = &solo.run.observed;
        let norm = weight_norm(&of.network, &of.architecture.hidden);
        self.measured.weights.push(Weighed {
            step: solo.steps,
            norm: norm as f32,
            rate: effective_rate(now.learning_rate, norm) as f32,
        });
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
        if self.is_correction_due(step) {
            return self.take_correction(solo, train, now);
        }
        if self.is_backward_due(step) {
            return self.take_backward(solo, train, now);
        }
        if let Some(plan) = self.plan.drift
            && self.is_drift_due(step)
        {
            return self.take_distributions(plan, solo, train, now);
        }
        if self.is_weighing_due(step) {
            return self.weigh(solo, now);
        }
        if let Some(plan) = self.plan.scale
            && self.is_scaling_due(step)
        {
            let (network, batch) = next_step(solo, train, now);
            let hidden = &solo.run.observed.architecture.hidden;
            let (x, targets) = (&batch.x, batch.targets());
            let scaled = scaled(network, hidden, x, targets, batch.rows, plan.factor);
            self.measured.scaled = Some(scaled.expect("a job that was checked"));
            return;
        }
        if let Some(plan) = self.plan.by_class
            && self.is_by_class_due(step)
        {
            // Ghost batches may have no statistics: then there is nothing to show.
            let of = by_class(plan, solo, train, now).unwrap_or_default();
            self.measured.by_class = Some(of);
            return;
        }
        if self.is_company_due(step) {
            let of = company(solo, train, now).unwrap_or_default();
            self.measured.company = Some(of);
            return;
        }
        if let Some(plan) = self.plan.values
            && self.are_values_due(step)
        {
            let (mut network, batch) = next_step(solo, train, now);
            let layer = &solo.run.observed.architecture.hidden[0];
            let values = LayerValues::of(&mut network, layer, &batch.x, batch.rows, plan.rows);
            self.measured.values = Some(values.expect("a job that was checked"));
            return;
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

/// A unit's values on the coming batches, and on the first points of the training set together.
fn by_class(
    plan: UnitPlan,
    solo: &mut Solo,
    train: &Split,
    now: &Settings,
) -> Result<ByClass, Error> {
    let (mut network, all) = together(solo, train, now);
    let hidden = &solo.run.observed.architecture.hidden;
    let layer = &hidden[(plan.layer as usize).min(hidden.len() - 1)];
    let of = (layer, (plan.unit as usize).min(layer.width - 1));
    let classes = now.data.classes();
    let mut training = Values::new(classes);
    for batch in solo.coming(train, now, COMING) {
        let mut network = solo.run.copy_for(&batch, now);
        training.add(&mut network, of, &batch)?;
    }
    let mut evaluated = Values::new(classes);
    evaluated.add(&mut network, of, &all)?;
    Ok(ByClass::of(&training, &evaluated))
}

/// What the sequences of the coming batches share at each step of the first hidden layer.
fn company(solo: &mut Solo, train: &Split, now: &Settings) -> Result<Company, Error> {
    let (mut network, all) = together(solo, train, now);
    let coming = solo.coming(train, now, COMING).into_iter();
    let mut coming: Vec<_> = coming
        .map(|batch| (solo.run.copy_for(&batch, now), batch))
        .collect();
    let layer = &solo.run.observed.architecture.hidden[0];
    Company::of(layer, (&mut network, &all), &mut coming)
}

/// A copy of the network, and the training points on which evaluations are made in one batch.
fn together(solo: &mut Solo, train: &Split, now: &Settings) -> (Network<Best>, Batch) {
    let rows = solo.run.observed.sample(train);
    solo.run.make_room(rows.max(now.batch_size()), now);
    let order: Vec<u32> = (0..rows as u32).collect();
    let features = solo.run.observed.architecture.input.units();
    let mut batch = Batch::default();
    batch.gather(train, &order, features, false);
    (solo.run.copy_for(&batch, now), batch)
}

/// A copy of the network as the next step finds it, and the batch of that step.
fn next_step(solo: &mut Solo, train: &Split, now: &Settings) -> (Network<Best>, Batch) {
    let size = now.batch_size();
    solo.run.make_room(size, now);
    let batch = solo.next_batch(train, size, now);
    (solo.run.copy_for(&batch, now), batch)
}
