//! How γ and β of every unit learn: trajectories over steps, the selected unit strong, the others thin.

use super::line_chart::{Line, LineChart, LineLayout, Upright};
use crate::charts::paint::painter::{Painter, Point, Shape, Stroke};
use crate::charts::paint::theme::{LIGHT, Theme, mix};
use crate::charts::{Chart, Hover};
use crate::history::{LayerHistory, UnitColumn};

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
pub struct GammaBeta<'a> {
    /// The layer.
    pub layer: &'a LayerHistory,
    /// Which of the two.
    pub kind: AffineKind,
    /// The selected unit.
    pub unit: usize,
    /// The unit under the pointer.
    pub hovered: Option<usize>,
    /// The step under the pointer.
    pub cursor: Option<u64>,
    /// Name of the step axis.
    pub x_name: &'a str,
}

impl Chart for GammaBeta<'_> {
    fn draw(&self, painter: &mut Painter) {
        self.lines(painter.theme).0.draw(painter);
    }

    /// The unit whose line is nearest, and the remembered step.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let (chart, units) = self.lines(&LIGHT);
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
            step: self.layer.units.steps()[row],
        })
    }
}

impl GammaBeta<'_> {
    /// The lines, and which unit each of them is.
    fn lines(&self, theme: &Theme) -> (LineChart<'_>, Vec<usize>) {
        let strong = |unit: &usize| *unit == self.unit || Some(*unit) == self.hovered;
        // The strong lines last, so that they lie on top.
        let mut units: Vec<usize> = (0..self.layer.width).filter(|u| !strong(u)).collect();
        let faint_units = units.len();
        units.extend((0..self.layer.width).filter(strong));
        let lines = units.iter().enumerate().map(|(place, unit)| Line {
            table: &self.layer.units,
            column: self.kind.column(*unit),
            color: match place < faint_units {
                true => mix(theme.background, theme.affine, 0.45),
                false => theme.affine,
            },
            width: if *unit == self.unit { 2.25 } else { 1.0 },
            stroke: Stroke::Solid,
            end: Some(Shape::Circle),
        });
        let chart = LineChart {
            lines: lines.collect(),
            upright: Upright::Around(self.kind.start()),
            reference: Some(self.kind.start()),
            x_name: self.x_name,
            cursor: self.cursor,
            beyond: "",
        };
        (chart, units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::support::{Case, check};

    fn chart(layer: &LayerHistory, kind: AffineKind) -> GammaBeta<'_> {
        GammaBeta {
            layer,
            kind,
            unit: 0,
            hovered: Some(1),
            cursor: Some(70),
            x_name: "step",
        }
    }

    #[test]
    fn any_gamma_and_beta_are_drawn_within() {
        check(120, &["step"], |case, show| {
            let layer = case.layer(1);
            show(&chart(&layer, AffineKind::Gamma));
            show(&chart(&layer, AffineKind::Beta));
        });
    }

    /// The unit under the pointer is the one whose newest dot was drawn there.
    #[test]
    fn pointing_at_a_dot_of_gamma_finds_its_unit() {
        let layer = Case::regular().layer(1);
        let newest = |unit| {
            let row = layer.units.newest();
            row.map(|row| row[UnitColumn::Gamma.column(unit)])
        };
        let mut found = Vec::new();
        for y in 22..180 {
            let point = (310.0, f64::from(y));
            if let Some(Hover::Unit { unit, .. }) =
                chart(&layer, AffineKind::Gamma).locate((320.0, 200.0), point)
                && found.last() != Some(&unit)
            {
                found.push(unit);
            }
        }
        let mut expected: Vec<usize> = (0..layer.width).collect();
        expected.sort_by(|a, b| newest(*b).partial_cmp(&newest(*a)).expect("finite"));
        assert_eq!(found, expected);
    }
}
