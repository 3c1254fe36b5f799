//! The history of a run: at its recorded steps what is always observed, and of fewer of them the distributions, kept until
//! it is sent. What is recorded is a function of the run and the step, whenever frames are made.

use super::Trainer;
use crate::observe::View;
use crate::observe::recorded::{
    NUMBERS_A_UNIT, POINTS, RIDGE_ROWS, is_recorded, stride, unit_points,
};
use crate::observe::statistics::{FIRST_AXIS_LIMIT, axis_limits, together};
use crate::protocol::{Event, Frame, LayerStats, Observed, ObservedSet, Side};

/// Numbers in one message: a quarter of a megabyte, so that reading it never holds up the page.
const MESSAGE_NUMBERS: usize = 65_536;

/// What was recorded and has not been sent.
#[derive(Default)]
pub(super) struct Recording {
    /// Oldest first.
    points: Vec<Frame>,
    /// Distance between points, between rows of ridgelines and between points of per-unit curves, when a point was
    /// last added.
    strides: [u64; 3],
    /// Whether step 0 was recorded with the settings in force.
    has_start: bool,
}

impl Recording {
    /// Before the first step a setting was changed.
    pub(super) fn forget_start(&mut self) {
        self.has_start = false;
    }

    /// Adds a point; what waits is thinned out as the page thins out what it has.
    fn add(&mut self, point: Frame, strides: [u64; 3]) {
        if self.strides != strides {
            self.strides = strides;
            self.points
                .retain(|point| point.step.is_multiple_of(strides[0]));
            self.points
                .iter_mut()
                .for_each(|point| thin(point, strides));
        }
        self.points.push(point);
        if let Some(point) = self.points.last_mut() {
            thin(point, strides);
        }
    }
}

impl Trainer {
    /// What was recorded since it was last sent, in messages of bounded size, oldest first. To be sent before a frame and
    /// before a checkpoint: then whoever has these has all points up to their step.
    pub fn recorded(&mut self) -> Option<Event> {
        let points = &mut self.recording.points;
        if points.is_empty() {
            return None;
        }
        let mut numbers = 0;
        let most = points.iter().position(|point| {
            numbers += size(point);
            numbers > MESSAGE_NUMBERS
        });
        let count = most.unwrap_or(points.len()).max(1);
        Some(Event::Recorded(points.drain(..count).collect()))
    }

    /// Records step 0, under the settings that the first step will see.
    pub(super) fn record_start(&mut self) {
        if self.step > 0 || self.recording.has_start || self.sides.is_empty() {
            return;
        }
        self.recording = Recording::default();
        self.recording.has_start = true;
        self.axis_limits = [FIRST_AXIS_LIMIT; 3];
        self.record();
    }

    /// Records the state that the networks here stand at, if it is one that is recorded.
    pub(super) fn record(&mut self) {
        if !is_recorded(self.step, POINTS) {
            return;
        }
        let units: usize = self.sides.iter().map(|side| side.units()).sum();
        let capacities = [POINTS, RIDGE_ROWS, unit_points(units)];
        let mut wanted = ObservedSet::NONE;
        let has_rows = is_recorded(self.step, RIDGE_ROWS);
        if has_rows {
            wanted = wanted.with(Observed::Layers);
        }
        let mut view = self.view(wanted, false);
        let mut sides = self.recorded_sides(view);
        if has_rows {
            // What has diverged is beyond any axis; the other run keeps a readable one.
            let layers = sides.iter().flat_map(|side| &side.layers);
            self.axis_limits = axis_limits(self.axis_limits, layers);
            if view.limits != together(self.axis_limits) {
                view = self.view(wanted, false);
                sides = self.recorded_sides(view);
            }
        }
        let point = self.frame_with(view, sides);
        let strides = capacities.map(|capacity| stride(self.step, capacity));
        self.recording.add(point, strides);
    }

    /// `wanted` on the axes of the moment.
    pub(super) fn view(&self, wanted: ObservedSet, is_whole: bool) -> View {
        View {
            limits: together(self.axis_limits),
            wanted,
            is_whole,
        }
    }

    fn recorded_sides(&mut self, view: View) -> Vec<Side> {
        let (data, now, rows) = (&self.dataset, &self.now, &self.restore_point.last_batch);
        let sides = self.sides.iter_mut();
        sides
            .map(|side| match side.diverged_at() {
                Some(_) => side.ended(),
                None => side.side_frame(data, rows, now, view),
            })
            .collect()
    }
}

/// Leaves out what curves and ridgelines have no place for at this step.
fn thin(point: &mut Frame, [_, of_rows, of_units]: [u64; 3]) {
    let has_rows = point.step.is_multiple_of(of_rows);
    let has_units = point.step.is_multiple_of(of_units);
    for layer in point.sides.iter_mut().flat_map(|side| &mut side.layers) {
        let kept = std::mem::take(layer);
        *layer = LayerStats {
            name: kept.name,
            kind: kept.kind,
            gradient_norm: kept.gradient_norm,
            ..LayerStats::default()
        };
        if has_rows {
            layer.before = kept.before;
            layer.normalized = kept.normalized;
            layer.after = kept.after;
            layer.output = kept.output;
            layer.saturated = kept.saturated;
        }
        if has_units {
            layer.gamma = kept.gamma;
            layer.beta = kept.beta;
            layer.batch_mean = kept.batch_mean;
            layer.batch_var = kept.batch_var;
            layer.running_mean = kept.running_mean;
            layer.running_var = kept.running_var;
            layer.full_mean = kept.full_mean;
            layer.full_var = kept.full_var;
        }
    }
}

/// Numbers in a point, about.
fn size(point: &Frame) -> usize {
    let layers = point.sides.iter().flat_map(|side| &side.layers);
    let of_layer = |layer: &LayerStats| {
        let bins = layer.before.histogram.len() + layer.output.histogram.len();
        layer.batch_mean.len() * NUMBERS_A_UNIT + 2 * bins + 16
    };
    layers.map(of_layer).sum()
}
