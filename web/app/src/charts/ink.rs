//! The one place that talks to plotters: five primitives on a drawing area. Decides no colour and no position.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle};
use plotters_backend::{BackendCoord, DrawingErrorKind};

use super::theme::Rgb;

/// Where a text hangs on its point, sideways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Start,
    Middle,
    End,
}

/// Where a text hangs on its point, up and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Baseline {
    Top,
    Middle,
    Bottom,
}

/// How a text looks.
pub(crate) struct Lettering<'a> {
    pub family: &'a str,
    pub size: f64,
    pub bold: bool,
    pub color: Rgb,
    pub align: Align,
    pub baseline: Baseline,
}

/// The primitives. Charts are written once against this; only `AreaInk` is compiled per backend.
pub(crate) trait Ink {
    fn path(&mut self, points: &[(i32, i32)], width: u32, color: Rgb);
    fn polygon(&mut self, points: &[(i32, i32)], color: Rgb);
    fn rectangle(&mut self, from: (i32, i32), to: (i32, i32), color: Rgb);
    fn circle(&mut self, center: (i32, i32), radius: u32, width: Option<u32>, color: Rgb);
    fn text(&mut self, text: &str, at: (i32, i32), lettering: &Lettering);
}

/// Ink on a plotters area. After the first error nothing more is drawn, and the error is kept.
pub(crate) struct AreaInk<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    result: Result<(), DrawingAreaErrorKind<DB::ErrorType>>,
}

impl<'a, DB: DrawingBackend> AreaInk<'a, DB> {
    pub(crate) fn new(area: &'a DrawingArea<DB, Shift>) -> Self {
        Self {
            area,
            result: Ok(()),
        }
    }

    pub(crate) fn finish(self) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
        self.result
    }

    fn draw(&mut self, points: &[(i32, i32)], kind: Kind) {
        if self.result.is_ok() {
            self.result = self.area.draw(&Mark { points, kind });
        }
    }
}

impl<DB: DrawingBackend> Ink for AreaInk<'_, DB> {
    fn path(&mut self, points: &[(i32, i32)], width: u32, color: Rgb) {
        self.draw(points, Kind::Path(style(color, width)));
    }

    fn polygon(&mut self, points: &[(i32, i32)], color: Rgb) {
        self.draw(points, Kind::Polygon(style(color, 1)));
    }

    fn rectangle(&mut self, from: (i32, i32), to: (i32, i32), color: Rgb) {
        self.draw(&[from, to], Kind::Rectangle(style(color, 1)));
    }

    fn circle(&mut self, center: (i32, i32), radius: u32, width: Option<u32>, color: Rgb) {
        let filled = width.is_none();
        let style = style(color, width.unwrap_or(1));
        self.draw(&[center], Kind::Circle(style, radius, filled));
    }

    fn text(&mut self, text: &str, at: (i32, i32), lettering: &Lettering) {
        let weight = if lettering.bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        };
        let family = FontFamily::Name(lettering.family);
        let (r, g, b) = lettering.color;
        let color = RGBColor(r, g, b);
        let style = TextStyle::from(FontDesc::new(family, lettering.size, weight))
            .color(&color)
            .pos(Pos::new(
                match lettering.align {
                    Align::Start => HPos::Left,
                    Align::Middle => HPos::Center,
                    Align::End => HPos::Right,
                },
                match lettering.baseline {
                    Baseline::Top => VPos::Top,
                    Baseline::Middle => VPos::Center,
                    Baseline::Bottom => VPos::Bottom,
                },
            ));
        self.draw(&[at], Kind::Text(text, style));
    }
}

fn style((r, g, b): Rgb, stroke_width: u32) -> ShapeStyle {
    ShapeStyle {
        color: RGBColor(r, g, b).into(),
        filled: true,
        stroke_width,
    }
}

/// One primitive as a plotters element. plotters' own elements own their points; this one borrows them, so that a
/// redraw allocates nothing.
struct Mark<'a> {
    points: &'a [(i32, i32)],
    kind: Kind<'a>,
}

enum Kind<'a> {
    Path(ShapeStyle),
    Polygon(ShapeStyle),
    Rectangle(ShapeStyle),
    Circle(ShapeStyle, u32, bool),
    Text(&'a str, TextStyle<'a>),
}

impl<'a> PointCollection<'a, (i32, i32)> for &'a Mark<'_> {
    type Point = &'a (i32, i32);
    type IntoIter = &'a [(i32, i32)];

    fn point_iter(self) -> Self::IntoIter {
        self.points
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Mark<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut points: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        match &self.kind {
            Kind::Path(style) => backend.draw_path(points, style),
            Kind::Polygon(style) => backend.fill_polygon(points, style),
            Kind::Rectangle(style) => match (points.next(), points.next()) {
                (Some(from), Some(to)) => backend.draw_rect(from, to, style, true),
                _ => Ok(()),
            },
            Kind::Circle(style, radius, filled) => match points.next() {
                Some(center) => backend.draw_circle(center, *radius, style, *filled),
                None => Ok(()),
            },
            Kind::Text(text, style) => match points.next() {
                Some(at) => backend.draw_text(text, style, at),
                None => Ok(()),
            },
        }
    }
}
