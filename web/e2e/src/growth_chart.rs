//! The chart of step time against batch and width, as SVG on paper of any colour. Knows only the figures it is given.

use std::error::Error;

use plotters::prelude::*;

/// A step of one size.
pub struct Point {
    /// Whether the batch grows, else the width does.
    pub is_batch: bool,
    /// Rows.
    pub batch: u64,
    /// Units of each hidden layer.
    pub width: u64,
    /// Of a step.
    pub micros: f64,
    /// Operations of a step.
    pub flops: f64,
}

/// One engine.
pub struct Curve {
    /// Its name.
    pub engine: &'static str,
    /// Operations a second that it can reach at best.
    pub peak: f64,
    /// All sizes.
    pub points: Vec<Point>,
}

const SIZE: (u32, u32) = (960, 460);
/// Read on white and on black.
const INK: RGBColor = RGBColor(128, 128, 128);
const GRID: RGBAColor = RGBAColor(128, 128, 128, 0.25);
const COLOURS: [RGBColor; 3] = [
    RGBColor(176, 122, 56),
    RGBColor(226, 120, 0),
    RGBColor(42, 140, 220),
];

/// Both panels, batch and width: points are measured, dashes are what the peak of the same build would take.
///
/// # Panics
/// If there is no point.
pub fn draw(curves: &[Curve]) -> String {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let (left, right) = root.split_horizontally(SIZE.0 / 2);
        for (area, is_batch) in [(left, true), (right, false)] {
            panel(&area, curves, is_batch).expect("a string takes any drawing");
        }
        root.present().expect("a string takes any drawing");
    }
    svg
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn panel<'a>(area: &Area<'a>, curves: &[Curve], is_batch: bool) -> Result<(), Box<dyn Error + 'a>> {
    let at = |point: &Point| (if is_batch { point.batch } else { point.width }) as f64;
    let shown = |curve: &'_ Curve| -> Vec<(f64, f64, f64)> {
        let points = curve
            .points
            .iter()
            .filter(|point| point.is_batch == is_batch);
        points
            .map(|point| (at(point), point.micros, 1e6 * point.flops / curve.peak))
            .collect()
    };
    let all: Vec<(f64, f64, f64)> = curves.iter().flat_map(&shown).collect();
    let least = |of: fn(&(f64, f64, f64)) -> f64| all.iter().map(of).fold(f64::INFINITY, f64::min);
    let most = |of: fn(&(f64, f64, f64)) -> f64| all.iter().map(of).fold(0.0, f64::max);
    let (name, other) = match is_batch {
        true => ("rows of a batch", "64-100-100-100-10"),
        false => ("units of a hidden layer", "64-n-n-n-10, batch 60"),
    };
    let text = |size: i32| ("sans-serif", size).into_font().color(&INK);
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .caption(format!("µs of one training step: {other}"), text(15))
        .x_label_area_size(38)
        .y_label_area_size(64)
        .build_cartesian_2d(
            (least(|p| p.0)..most(|p| p.0)).log_scale().base(2.0),
            (least(|p| p.1.min(p.2)) / 1.5..most(|p| p.1) * 1.5).log_scale(),
        )?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(INK)
        .x_desc(name)
        .x_labels(12)
        .label_style(text(12))
        .axis_desc_style(text(13))
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| {
            if *y < 1.0 {
                format!("{y}")
            } else {
                format!("{y:.0}")
            }
        })
        .draw()?;
    for (curve, colour) in curves.iter().zip(COLOURS) {
        let points = shown(curve);
        chart.draw_series(DashedLineSeries::new(
            points.iter().map(|p| (p.0, p.2)),
            3,
            3,
            colour.stroke_width(1),
        ))?;
        let line = points.iter().map(|p| (p.0, p.1));
        chart
            .draw_series(LineSeries::new(line.clone(), colour.stroke_width(2)).point_size(3))?
            .label(format!("{}, its peak dashed", curve.engine))
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .label_font(text(12))
        .draw()?;
    Ok(())
}
