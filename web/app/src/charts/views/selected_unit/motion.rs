//! Where every point of the selected unit is at a moment of its way from rail to rail. Draws nothing.

use super::SelectedUnitChart;
use crate::charts::frame::axis::Axis;
use crate::charts::frame::plot::Plot;
use crate::charts::paint::painter::Point;
use crate::small_sort::Bound;

/// Points drawn at most; of a larger batch every second, third, … is shown.
const DOTS: usize = 96;
/// When each operation takes place within the movement.
pub(super) const OPERATIONS: [(f64, f64); 4] =
    [(0.06, 0.26), (0.26, 0.48), (0.56, 0.74), (0.74, 0.94)];
/// Share of an operation by which the last point starts later than the first.
const STAGGER: f64 = 0.35;

/// Where the rails lie.
pub(super) struct RailLayout {
    pub plot: Plot,
    pub x: Axis,
    pub rails: usize,
    /// Of one rail, device pixels.
    pub height: f64,
    mark_room: f64,
}

impl RailLayout {
    pub(super) fn new(data: &SelectedUnitChart, size: Point, scale: f64) -> Self {
        let plot = Plot::within(size, scale, [4.0, 10.0, 20.0, 10.0]);
        let rails = if data.points.normalized.is_empty() {
            1
        } else {
            3
        };
        let limit = if data.points.limit > 0.0 {
            f64::from(data.points.limit)
        } else {
            1.0
        };
        Self {
            plot,
            x: Axis::linear(-limit, limit, plot.left, plot.right),
            rails,
            height: plot.height() / rails as f64,
            mark_room: 12.0 * scale,
        }
    }

    /// Where the dots of a rail stand; below it is room for its mean and deviation.
    pub(super) fn base(&self, rail: f64) -> f64 {
        self.plot.top + self.height * (rail + 1.0) - self.mark_room
    }
}

/// The points that are shown, their values on each rail and their place in each pile.
pub(super) struct Motion<'a> {
    data: &'a SelectedUnitChart<'a>,
    layout: &'a RailLayout,
    phase: f64,
    stride: usize,
    rails: [Vec<f64>; 3],
    heights: [Vec<f64>; 3],
    /// Of a dot, css pixels.
    pub radius: f64,
}

impl<'a> Motion<'a> {
    pub(super) fn new(data: &'a SelectedUnitChart<'a>, layout: &'a RailLayout, scale: f64) -> Self {
        let points = data.points;
        let stride = points.before.len().div_ceil(DOTS).max(1);
        let count = points.before.len().div_ceil(stride);
        let take = |values: &[f32]| -> Vec<f64> {
            let value = |i: usize| values.get(i * stride).map_or(f64::NAN, |v| f64::from(*v));
            (0..count).map(value).collect()
        };
        let rails = [&points.before, &points.normalized, &points.after].map(|v| take(v));
        let room = layout.plot.width() / scale * (layout.height / scale - 24.0).max(8.0);
        let radius = (room / (count.max(1) as f64 * 60.0)).sqrt().bound(1.5, 3.5);
        let heights = rails
            .each_ref()
            .map(|values| piles(values, layout, radius * scale, scale));
        let phase = match data.phase {
            phase if phase.is_finite() => phase.bound(0.0, 1.0),
            _ => 1.0,
        };
        Self {
            data,
            layout,
            // Without normalisation there is nowhere to go.
            phase: if layout.rails == 1 { 0.0 } else { phase },
            stride,
            rails,
            heights,
            radius,
        }
    }

    /// Number of points shown.
    pub(super) fn len(&self) -> usize {
        self.rails[0].len()
    }

    /// The row of the batch that a shown point is.
    pub(super) fn row(&self, place: usize) -> usize {
        place * self.stride
    }

    /// How many operations a point has behind it, 0 to 4; points start one after the other.
    pub(super) fn progress(&self, place: usize) -> f64 {
        progress(self.phase, place as f64 / self.len().max(1) as f64)
    }

    /// Where a point lies in the pile of a rail.
    pub(super) fn resting(&self, place: usize, rail: usize) -> Point {
        let y = self.layout.base(rail as f64) - self.heights[rail][place];
        (self.layout.x.px(self.rails[rail][place]), y)
    }

    /// Where a point is after so many operations; between two rails it lifts off one pile and settles on the next.
    pub(super) fn at(&self, place: usize, progress: f64) -> Point {
        let from = ((progress / 2.0) as usize).min(2);
        let to = (from + 1).min(2);
        let way = progress / 2.0 - from as f64;
        let height = self.heights[from][place] * (1.0 - way) + self.heights[to][place] * way;
        let x = self.layout.x.px(self.value(place, progress));
        (x, self.layout.base(from as f64 + way) - height)
    }

    /// What the operations have made of a value so far.
    fn value(&self, place: usize, progress: f64) -> f64 {
        let [before, normalized, after] = self.rails.each_ref().map(|values| values[place]);
        let stops = [
            before,
            before - f64::from(self.data.points.mean),
            normalized,
            f64::from(self.data.points.gamma) * normalized,
            after,
        ];
        let operation = (progress.floor() as usize).min(4);
        let (share, std) = (progress - operation as f64, f64::from(self.data.points.std));
        match stops.get(operation + 1) {
            None => stops[operation],
            Some(_) if share == 0.0 => stops[operation],
            // A division is a steady change of scale.
            Some(_) if operation == 1 && std > 0.0 => stops[1] * (-share * std.ln()).exp(),
            Some(next) => stops[operation] + (next - stops[operation]) * share,
        }
    }
}

fn progress(phase: f64, late: f64) -> f64 {
    OPERATIONS
        .iter()
        .map(|(from, to)| {
            let length = (to - from) * (1.0 - STAGGER);
            let start = from + (to - from) * STAGGER * late;
            ease(((phase - start) / length).bound(0.0, 1.0))
        })
        .sum()
}

/// Slow at both ends.
fn ease(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

/// How high each point lies: those of one column pile up in their order, closer together where a pile is too high.
fn piles(values: &[f64], layout: &RailLayout, radius_px: f64, scale: f64) -> Vec<f64> {
    let column_px = 2.0 * radius_px;
    let column = |v: &f64| (layout.x.px(*v) / column_px).floor() as i64;
    let columns: Vec<i64> = values.iter().map(column).collect();
    let below = |index: usize| {
        let earlier = columns[..index].iter();
        earlier.filter(|other| **other == columns[index]).count()
    };
    let order: Vec<usize> = (0..columns.len()).map(below).collect();
    let highest = order.iter().max().map_or(1, |below| below + 1);
    let room = layout.height - layout.mark_room - 16.0 * scale - column_px;
    let pitch = column_px.min((room / highest as f64).max(0.5));
    let height = |below: usize| radius_px + below as f64 * pitch;
    order.into_iter().map(height).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use batchnorm_lab::protocol::SelectedUnit;

    #[test]
    fn points_go_through_all_operations_one_after_the_other() {
        for late in [0.0, 0.5, 0.95] {
            assert_eq!(progress(0.0, late), 0.0);
            assert_eq!(progress(0.52, late), 2.0);
            assert_eq!(progress(1.0, late), 4.0);
        }
        assert!(progress(0.15, 0.0) > progress(0.15, 0.9));
    }

    #[test]
    fn a_point_passes_every_stop_of_its_way() {
        let points = SelectedUnit {
            labels: vec![0],
            before: vec![5.0],
            normalized: vec![1.5],
            after: vec![4.0],
            limit: 8.0,
            mean: 2.0,
            std: 2.0,
            gamma: 2.0,
            ..SelectedUnit::default()
        };
        let data = SelectedUnitChart {
            points: &points,
            phase: 0.0,
            rails: [""; 3],
            operations: [""; 4],
        };
        let layout = RailLayout::new(&data, (300.0, 240.0), 1.0);
        let motion = Motion::new(&data, &layout, 1.0);
        for (progress, value) in [(0.0, 5.0), (1.0, 3.0), (2.0, 1.5), (3.0, 3.0), (4.0, 4.0)] {
            assert_eq!(motion.value(0, progress), value);
        }
        // No jump anywhere on the way.
        let mut last = motion.at(0, 0.0);
        for step in 1..=4000 {
            let now = motion.at(0, f64::from(step) / 1000.0);
            assert!(
                (now.0 - last.0).hypot(now.1 - last.1) < 0.5,
                "{step}: {last:?} {now:?}"
            );
            last = now;
        }
        assert_eq!(last, motion.resting(0, 2));
    }
}
