//! Where the four lines stand and how values lie on them. Draws nothing.

use super::NumberLineChart;
use crate::charts::frame::axis::{Axis, extent};
use crate::charts::paint::painter::Point;
use crate::number_line::STAGES;

/// Room for what a line is called, css pixels.
const GUTTER: f64 = 80.0;
/// Room at the right, so that no mark is cut.
const MARGIN: f64 = 14.0;
/// Half of how wide the second scale is at least.
const LEAST: f64 = 3.0;
/// As far as this the bound of x̂ is always shown.
const NEAR: f64 = 4.2;

/// Where everything stands, device pixels.
pub(super) struct Lines {
    pub axes: [Axis; STAGES],
    pub bases: [f64; STAGES],
    pub left: f64,
    pub right: f64,
    pub row: f64,
    pub has_bound: bool,
}

impl NumberLineChart<'_> {
    pub(super) fn lines(&self, (width, height): Point, scale: f64) -> Lines {
        let left = (GUTTER * scale).min(width * 0.3);
        let right = (width - MARGIN * scale).max(left + 1.0);
        let row = height / STAGES as f64;
        let (first, second) = self.first_windows();
        let most = |stage: usize| {
            let values = self.of.stages[stage].iter();
            values.fold(0.0_f64, |most, v| most.max(f64::from(v.abs())))
        };
        let bound = self.of.bound();
        let reached = most(2);
        let has_bound = bound <= NEAR.max(1.6 * reached);
        // Beyond the bound stands what it is.
        let label = 64.0 * scale / ((right - left) / 2.0).max(1.0);
        let needed = match has_bound {
            true => bound / (1.0 - label).max(0.5),
            false => reached * 1.1,
        };
        let half = LEAST.max(needed).max(most(3) * 1.08);
        let linear = |(low, high)| Axis::linear(low, high, left, right);
        Lines {
            axes: [
                linear(first),
                linear(second),
                linear((-half, half)),
                linear((-half, half)),
            ],
            bases: [0.0, 1.0, 2.0, 3.0].map(|place| (row * (place + 0.45)).round()),
            left,
            right,
            row,
            has_bound,
        }
    }

    /// The ends of the lines of x and of x − μ: the same, unless x is so far from 0 that nothing could be told apart.
    fn first_windows(&self) -> ((f64, f64), (f64, f64)) {
        let of = |stage: usize| {
            let values = self.of.stages[stage].iter().copied().map(f64::from);
            let (low, high) = extent(values).unwrap_or((-1.0, 1.0));
            // A batch of equal numbers still has a line.
            let least = (high - low).max(1e-3 * high.abs()).max(1e-6);
            (low, high, least)
        };
        let ((low, high, spread), (below, above, _)) = (of(0), of(1));
        let wide = |low: f64, high: f64| {
            let pad = 0.12 * (high - low).max(spread);
            (low - pad, high + pad)
        };
        let (least, most) = (low.min(below).min(0.0), high.max(above).max(0.0));
        let is_near = most - least <= 5.0 * spread;
        let own = self.window.unwrap_or(match is_near {
            true => wide(least, most),
            false => wide(low, high),
        });
        match is_near {
            true => (own, own),
            false => (own, wide(below.min(0.0), above.max(0.0))),
        }
    }

    /// The ends of the line of x.
    pub fn window(&self) -> (f64, f64) {
        self.window.unwrap_or_else(|| self.first_windows().0)
    }
}
