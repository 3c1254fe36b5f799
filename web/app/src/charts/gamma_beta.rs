//! How γ and β of every unit learn: trajectories over steps, the unit under the lens strong, the others thin.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use crate::history::{LayerHistory, UnitColumn};

use super::lines::{Line, LineChart, LineLayout, Upright};
use super::pen::{Point, Shape, Stroke};
use super::theme::{Theme, mix};
use super::{Drawn, Hover, paint};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AffineKind {
    /// γ, which starts at 1.
    Gamma,
    /// β, which starts at 0.
    Beta,
}

impl AffineKind {
    fn start(self) -> f64 {
        match self {
            AffineKind::Gamma => 1.0,
            AffineKind::Beta => 0.0,
        }
    }

    fn column(self, unit: usize) -> usize {
        match self {
            AffineKind::Gamma => UnitColumn::Gamma.column(unit),
            AffineKind::Beta => UnitColumn::Beta.column(unit),
        }
    }
}

/// γ or β of one layer.
#[derive(Clone, Copy, Debug)]
pub struct GammaBetaData<'a> {
    /// The layer.
    pub layer: &'a LayerHistory,
    /// Which of the two.
    pub kind: AffineKind,
    /// The unit under the lens.
    pub focus: usize,
    /// The unit under the pointer.
    pub hovered: Option<usize>,
    /// The step under the pointer.
    pub cursor: Option<u64>,
    /// Whether there is room for labels at the right.
    pub labelled: bool,
}

/// Texts of γ and β.
#[derive(Clone, Copy, Debug, Default)]
pub struct GammaBetaText<'a> {
    /// Name of the upright axis.
    pub y_name: &'a str,
    /// Name of the step axis.
    pub x_name: &'a str,
    /// Label of the unit under the lens.
    pub focus: &'a str,
    /// Label of the value at which learning starts.
    pub start: &'a str,
}

/// Draws it.
///
/// # Errors
/// The backend's.
pub fn draw_gamma_beta<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    data: &GammaBetaData,
    theme: &Theme,
    text: &GammaBetaText,
    scale: f64,
) -> Drawn<DB> {
    paint(area, theme, scale, |pen| {
        chart(data, theme, text).0.draw(pen)
    })
}

/// The unit whose line is nearest, and the remembered step; `size` and `point` in css pixels.
pub fn locate_gamma_beta(data: &GammaBetaData, size: Point, point: Point) -> Option<Hover> {
    let (chart, units) = chart(data, &Theme::light(), &GammaBetaText::default());
    let layout = LineLayout::new(&chart, size, 1.0);
    let mut reach = layout.plot;
    reach.right += 12.0;
    if !reach.contains(point) {
        return None;
    }
    let (line, row) = chart.nearest(&layout, point)?;
    Some(Hover::Unit {
        unit: units[line],
        row,
        step: data.layer.units.steps()[row],
    })
}

fn chart<'a>(
    data: &GammaBetaData<'a>,
    theme: &Theme,
    text: &GammaBetaText<'a>,
) -> (LineChart<'a>, Vec<usize>) {
    let strong = |unit: &usize| *unit == data.focus || Some(*unit) == data.hovered;
    // The strong lines last, so that they lie on top.
    let mut units: Vec<usize> = (0..data.layer.width).filter(|u| !strong(u)).collect();
    let faint_units = units.len();
    units.extend((0..data.layer.width).filter(strong));
    let lines = units.iter().enumerate().map(|(place, unit)| {
        let is_focus = *unit == data.focus;
        Line {
            table: &data.layer.units,
            column: data.kind.column(*unit),
            color: match place < faint_units {
                true => mix(theme.background, theme.affine, 0.45),
                false => theme.affine,
            },
            width: if is_focus { 2.25 } else { 1.0 },
            stroke: Stroke::Solid,
            label: if is_focus { text.focus } else { "" },
            end: Some(Shape::Circle),
        }
    });
    let chart = LineChart {
        lines: lines.collect(),
        upright: Upright::Around(data.kind.start()),
        reference: Some((data.kind.start(), text.start)),
        x_name: text.x_name,
        y_name: text.y_name,
        cursor: data.cursor,
        labelled: data.labelled,
        beyond: "",
    };
    (chart, units)
}
