//! How large the weight gradient is in each hidden layer, both runs on one logarithmic axis.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use super::axis::{Axis, extent, number};
use super::ink::{Align, Baseline};
use super::letters::{fit, spread};
use super::pen::{Pen, Point, Shape, Stroke};
use super::plot::{
    GUTTER_GAP, LABEL_SIZE, LEFT_MARGIN, NamePlace, Plot, draw_x_ticks, draw_y_axis,
};
use super::theme::{Rgb, Theme};
use super::{Drawn, Hover, paint};
use crate::small_sort::Bound;

/// Gradient norms of the last step.
#[derive(Clone, Copy, Debug)]
pub struct GradientsData<'a> {
    /// `LayerStats::gradient_norm` of each hidden layer, run A and run B; empty where a run is not shown.
    pub norms: [&'a [f32]; 2],
    /// Which runs have diverged: theirs are the last norms before that, and the axis is the other run's.
    pub ended: [bool; 2],
    /// The layer under the lens or the pointer.
    pub focus: Option<usize>,
}

/// Texts of gradients.
#[derive(Clone, Copy, Debug, Default)]
pub struct GradientsText<'a> {
    /// Name of the upright axis.
    pub y_name: &'a str,
    /// Name of the layer axis.
    pub x_name: &'a str,
    /// Labels of run A and run B.
    pub runs: [&'a str; 2],
}

/// Draws it: squares for run A, triangles for run B; without its colour what has diverged, hollow what is beyond the
/// axis.
///
/// # Errors
/// The backend's.
pub fn draw_gradients<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &GradientsData,
    theme: &Theme,
    text: &GradientsText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| gradients(pen, data, text))
}

/// The layer nearest to a point; `size` and `point` in css pixels.
pub fn locate_gradients(data: &GradientsData, size: Point, point: Point) -> Option<Hover> {
    let (plot, x, _) = layout(data, size, 1.0);
    let layers = layers(data);
    if layers == 0 || !plot.contains(point) {
        return None;
    }
    let layer = (x.value(point.0).round() as usize).clamp(1, layers) - 1;
    Some(Hover::Layer { layer })
}

fn layers(data: &GradientsData) -> usize {
    data.norms[0].len().max(data.norms[1].len())
}

fn layout(data: &GradientsData, size: Point, scale: f64) -> (Plot, Axis, Axis) {
    let width_css = size.0 / scale;
    let right = (width_css * 0.24).bound(34.0, 96.0);
    let bottom = NamePlace::for_gutter(right).margin();
    let plot = Plot::within(size, scale, [22.0, right, bottom, LEFT_MARGIN]);
    let layers = layers(data).max(1) as f64;
    let x = Axis::linear(0.6, layers + 0.4, plot.left, plot.right);
    let goes_on = |side: &usize| !data.ended[*side] && !data.norms[*side].is_empty();
    let is_over = !(0..2).any(|side| goes_on(&side));
    let axis_of = (0..2).filter(|side| is_over || goes_on(side));
    let norms = axis_of
        .flat_map(|side| data.norms[side])
        .map(|v| f64::from(*v));
    // Whole decades, so that the axis stands still while norms wander.
    let y = match extent(norms.filter(|v| *v > 0.0)) {
        Some((low, high)) => {
            let high = 10_f64.powi(high.min(1e30).log10().ceil() as i32);
            let low = 10_f64.powi(low.log10().floor() as i32).max(high * 1e-12);
            Axis::logarithmic(low, high, plot.bottom, plot.top)
        }
        None => Axis::logarithmic(1e-3, 1.0, plot.bottom, plot.top),
    };
    (plot, x, y)
}

fn color(theme: &Theme, data: &GradientsData, side: usize) -> Rgb {
    match data.ended[side] {
        true => theme.axis,
        false => theme.run(side).0,
    }
}

fn gradients(pen: &mut Pen, data: &GradientsData, text: &GradientsText) {
    let (plot, x, y) = layout(data, pen.size(), pen.scale);
    let grid = pen.theme.grid;
    let place = NamePlace::for_gutter((pen.width - plot.right) / pen.scale);
    pen.clear();
    if let Some(layer) = data.focus
        && layer < layers(data)
    {
        let middle = x.px(layer as f64 + 1.0);
        let half = pen.px(6.0);
        pen.rectangle(
            (middle - half, plot.top),
            (middle + half, plot.bottom),
            grid,
        );
    }
    draw_y_axis(pen, &plot, &y, text.y_name);
    let ticks: Vec<(f64, String)> = (1..=layers(data))
        .map(|layer| (layer as f64, number(layer as f64, 1.0)))
        .collect();
    draw_x_ticks(pen, &plot, &x, &ticks, text.x_name, place);
    let mut ends = [f64::NAN; 2];
    for side in 0..2 {
        let color = color(pen.theme, data, side);
        let shape = [Shape::Square, Shape::Triangle][side];
        // A logarithmic axis has no place for 0, nor for what is not finite.
        let norms = data.norms[side].iter().map(|norm| f64::from(*norm));
        let norms = (1..)
            .zip(norms)
            .filter(|(_, norm)| *norm > 0.0 && norm.is_finite());
        let place = |layer: u32, norm: f64| (x.px(f64::from(layer)), y.px(norm));
        let points: Vec<Point> = norms
            .clone()
            .map(|(layer, norm)| place(layer, norm))
            .collect();
        pen.line(&points, 1.25, Stroke::Solid, color);
        for (layer, norm) in norms {
            match y.contains(norm) {
                true => pen.mark(shape, place(layer, norm), 3.5, color),
                false => pen.hollow(shape, place(layer, norm), 3.5, 1.25, color),
            }
        }
        ends[side] = points.last().map_or(f64::NAN, |point| point.1);
    }
    let gap = pen.px(LABEL_SIZE + 1.0);
    let left = plot.right + pen.px(GUTTER_GAP);
    let room = pen.width - left;
    for (side, place) in spread(&ends, gap, plot.top, plot.bottom - gap / 2.0)
        .into_iter()
        .enumerate()
    {
        if let Some(at) = place {
            let label = fit(text.runs[side], pen.px(LABEL_SIZE), room);
            let color = color(pen.theme, data, side);
            pen.text(
                &label,
                (left, at),
                LABEL_SIZE,
                color,
                Align::Start,
                Baseline::Middle,
            );
        }
    }
}
