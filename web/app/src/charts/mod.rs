//! Every drawing of the lab on any plotters backend: data, theme and texts in, marks out. Computes no statistic, knows
//! no browser, no language and no lesson.
//!
//! Each chart has a `…Data` that borrows history or frames, a `…Text` with the words to show, `draw_…` and, where it
//! can be pointed at, `locate_…` over the same layout. `scale` is device pixels per css pixel; all sizes multiply by it.
//! plotters places marks on whole device pixels: on a display of one device pixel per css pixel a canvas of twice the
//! size, `scale` 2 and shrunk by css, looks smoother.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::prelude::DrawingBackend;

mod axis;
mod boundary;
mod contour;
mod curves;
mod digits;
mod gamma_beta;
mod gradients;
mod ink;
mod ladder;
mod lens;
mod letters;
mod lines;
mod moments;
mod noise;
mod pen;
mod plot;
mod ridgeline;
mod sequences;
#[cfg(test)]
mod tests;
mod theme;

pub use boundary::{
    BoundaryData, BoundaryText, draw_boundary, draw_boundary_map, draw_boundary_points,
    locate_boundary,
};
pub use curves::{
    CurveKind, CurvesData, CurvesText, draw_curves, draw_three_accuracies, locate_curves,
    locate_three_accuracies,
};
pub use digits::{DigitsData, draw_digits, locate_digits};
pub use gamma_beta::{
    AffineKind, GammaBetaData, GammaBetaText, draw_gamma_beta, locate_gamma_beta,
};
pub use gradients::{GradientsData, GradientsText, draw_gradients, locate_gradients};
pub use ladder::{LadderData, LadderText, draw_ladder, locate_ladder};
pub use lens::{LensData, LensText, draw_lens};
pub use moments::{
    Moment, MomentsData, MomentsText, SnapshotData, draw_moments, draw_snapshot, locate_moments,
    locate_snapshot,
};
pub use noise::{
    NoiseData, NoiseKind, NoiseText, draw_noise, draw_x_hat_noise, locate_noise, locate_x_hat_noise,
};
pub use ridgeline::{RidgeForm, RidgelineData, RidgelineText, draw_ridgeline, locate_ridgeline};
pub use sequences::{SequencesData, draw_sequences, locate_sequences};
pub use theme::{Rgb, Theme, mix};

/// What drawing gives: nothing, or the backend's error.
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// What lies under the pointer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hover {
    /// A remembered row of a ridgeline.
    Distribution {
        /// Row of the table.
        row: usize,
        /// Its step.
        step: u64,
        /// The value under the pointer.
        value: f64,
        /// The bin of that value, if there is one.
        bin: Option<usize>,
        /// What the bin counts.
        count: f64,
    },
    /// A remembered step of curves.
    Step {
        /// Row of the table.
        row: usize,
        /// Its step.
        step: u64,
    },
    /// A unit, at a remembered step.
    Unit {
        /// From 0.
        unit: usize,
        /// Row of the table; the newest where the chart has no steps.
        row: usize,
        /// Its step.
        step: u64,
    },
    /// A hidden layer.
    Layer {
        /// From 0.
        layer: usize,
    },
    /// A row of a report: one batch size.
    Batch {
        /// Its place among the batch sizes shown.
        index: usize,
        /// The batch size.
        batch: u32,
    },
    /// A place in the plane of the data.
    Place {
        /// First feature.
        x1: f64,
        /// Second feature.
        x2: f64,
        /// The training point there, if there is one.
        point: Option<usize>,
    },
}

/// Runs a drawing on an area and gives the first error of its backend.
fn paint<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    theme: &Theme,
    scale: f64,
    draw: impl FnOnce(&mut pen::Pen),
) -> Drawn<DB> {
    let mut ink = ink::AreaInk::new(area);
    let size = area.dim_in_pixel();
    draw(&mut pen::Pen::new(&mut ink, theme, size, scale));
    ink.finish()
}
