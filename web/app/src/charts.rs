//! Every drawing of the lab on any plotters backend: data, words and theme in, marks out. Computes no statistic, knows
//! no browser, no language and no lesson.
//!
//! Each chart is a struct of what it shows: it borrows histories, frames and words, and implements `Chart`. `scale` is
//! device pixels per css pixel; all sizes multiply by it. Marks stand on whole device pixels: on a display of one
//! device pixel per css pixel a canvas of twice the size, `scale` 2 and shrunk by css, looks smoother.

use plotters_backend::DrawingBackend;

mod frame;
mod paint;
#[cfg(test)]
mod support;
mod views;

pub use frame::guess::Guess;
#[cfg(not(any(target_arch = "wasm32", feature = "split")))]
pub(crate) use frame::scale;
pub use paint::painter::{Painter, Point};
pub use paint::surface::DrawResult;
pub(crate) use paint::surface::{Align, Baseline, Surface, TextStyle};
#[cfg(not(any(target_arch = "wasm32", feature = "split")))]
pub(crate) use paint::text_metrics::text_width;
pub use paint::theme::{DARK, LIGHT, Rgb, Theme, mix};
pub use views::backward::Backward;
pub use views::batch_noise::{NoiseStrips, Scatter};
pub use views::boundary::Boundary;
#[cfg(not(any(target_arch = "wasm32", feature = "split")))]
pub(crate) use views::boundary::zero_line;
pub use views::by_class::{COLUMNS, ClassHistograms};
pub use views::cell_curve::CellCurve;
pub use views::cells::CellsChart;
pub use views::corrections::{CorrectionChart, CorrectionKind};
pub use views::curves::{CurveKind, Curves};
pub use views::depth_profile::{DepthProfile, Through};
pub use views::device_boxes::DeviceBoxes;
pub use views::device_lines::DeviceLines;
pub use views::digits::Digits;
pub use views::drift::DriftOverTime;
pub use views::folded::FoldedScores;
pub use views::gamma_beta::{AffineKind, GammaBeta};
pub use views::gradients::Gradients;
pub use views::landscape::LossLandscape;
pub use views::moments::{Moment, Moments};
pub use views::number_line::NumberLineChart;
pub use views::race_grid::RaceGrid;
pub use views::ridgeline::{RidgeForm, Ridgeline};
pub use views::run_bars::RunBars;
pub use views::run_curves::{RunCurve, RunCurves};
pub use views::selected_unit::SelectedUnitChart;
pub use views::sequences::Sequences;
pub use views::sharing::Sharing;
pub use views::snapshot::Snapshot;
pub use views::sweep::Sweep;
pub use views::weight_norm::WeightNorm;
pub use views::x_hat_noise::XHatNoise;

/// A chart: what it shows is in it.
pub trait Chart {
    /// Draws all of it.
    fn draw(&self, painter: &mut Painter);

    /// What lies under a point; `size` and `point` in css pixels. Nothing where a chart is not read out.
    fn locate(&self, _size: Point, _point: Point) -> Option<Hover> {
        None
    }
}

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
        /// What the bin of that value counts; 0 where there is none.
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
    /// A network of a grid.
    Cell {
        /// Its place among the cells.
        place: usize,
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
    /// Test points counted by what they are and what they are taken for: true class, guessed class and count of digits;
    /// length, right ones and all of sequences.
    Answers([u32; 3]),
}

/// Draws a chart on a surface of that size, device pixels.
pub(crate) fn draw_on(
    surface: &mut dyn Surface,
    size: (u32, u32),
    chart: &dyn Chart,
    theme: &Theme,
    scale: f64,
) {
    chart.draw(&mut Painter::new(surface, theme, size, scale));
}

/// Draws a chart on a backend of plotters.
///
/// # Errors
/// The backend's first.
pub fn draw<DB: DrawingBackend>(
    backend: &mut DB,
    chart: &dyn Chart,
    theme: &Theme,
    scale: f64,
) -> DrawResult<DB> {
    let size = backend.get_size();
    let mut surface = paint::surface::BackendSurface::new(backend);
    draw_on(&mut surface, size, chart, theme, scale);
    surface.finish()
}
