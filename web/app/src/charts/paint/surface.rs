//! Five primitives on any plotters backend. Decides no colour and no position.

use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontFamily, FontStyle,
};

use super::theme::Rgb;

/// What drawing gives: nothing, or the backend's first error.
pub type DrawResult<DB> = Result<(), DrawingErrorKind<<DB as DrawingBackend>::ErrorType>>;

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
pub(crate) struct TextStyle {
    pub family: &'static str,
    /// Device pixels.
    pub size: f64,
    pub is_bold: bool,
    pub color: Rgb,
    pub align: Align,
    pub baseline: Baseline,
}

/// What charts are drawn on, places and lengths in device pixels. Charts are written once against this; only
/// `BackendSurface` is compiled per backend.
pub(crate) trait Surface {
    fn path(&mut self, points: &[BackendCoord], width: u32, color: Rgb);
    /// A line broken into dashes of the first length with gaps of the second, for a surface that breaks lines itself;
    /// `false` is an answer of all others.
    fn dashes(&mut self, _: &[BackendCoord], _: (u32, u32), _width: u32, _: Rgb) -> bool {
        false
    }
    fn polygon(&mut self, points: &[BackendCoord], color: Rgb);
    fn rectangle(&mut self, from: BackendCoord, to: BackendCoord, color: Rgb);
    /// Filled, or a ring `width` thick.
    fn circle(&mut self, center: BackendCoord, radius: u32, width: Option<u32>, color: Rgb);
    fn text(&mut self, text: &str, at: BackendCoord, style: &TextStyle);
}

/// A plotters backend as a surface. After the first error nothing more is drawn, and the error is kept.
pub(crate) struct BackendSurface<'a, DB: DrawingBackend> {
    backend: &'a mut DB,
    result: DrawResult<DB>,
}

impl<'a, DB: DrawingBackend> BackendSurface<'a, DB> {
    pub(crate) fn new(backend: &'a mut DB) -> Self {
        let result = backend.ensure_prepared();
        Self { backend, result }
    }

    /// Shows what was drawn, and gives the first error.
    pub(crate) fn finish(self) -> DrawResult<DB> {
        self.result?;
        self.backend.present()
    }

    fn draw(&mut self, draw: impl FnOnce(&mut DB) -> DrawResult<DB>) {
        if self.result.is_ok() {
            self.result = draw(self.backend);
        }
    }
}

impl<DB: DrawingBackend> Surface for BackendSurface<'_, DB> {
    fn path(&mut self, points: &[BackendCoord], width: u32, color: Rgb) {
        let points = points.iter().copied();
        self.draw(|backend| backend.draw_path(points, &Stroke { color, width }));
    }

    fn polygon(&mut self, points: &[BackendCoord], color: Rgb) {
        let points = points.iter().copied();
        self.draw(|backend| backend.fill_polygon(points, &Stroke { color, width: 1 }));
    }

    fn rectangle(&mut self, from: BackendCoord, to: BackendCoord, color: Rgb) {
        self.draw(|backend| backend.draw_rect(from, to, &Stroke { color, width: 1 }, true));
    }

    fn circle(&mut self, center: BackendCoord, radius: u32, width: Option<u32>, color: Rgb) {
        let is_filled = width.is_none();
        let width = width.unwrap_or(1);
        self.draw(|backend| {
            backend.draw_circle(center, radius, &Stroke { color, width }, is_filled)
        });
    }

    fn text(&mut self, text: &str, at: BackendCoord, style: &TextStyle) {
        self.draw(|backend| backend.draw_text(text, style, at));
    }
}

struct Stroke {
    color: Rgb,
    width: u32,
}

fn opaque(rgb: Rgb) -> BackendColor {
    BackendColor { alpha: 1.0, rgb }
}

impl BackendStyle for Stroke {
    fn color(&self) -> BackendColor {
        opaque(self.color)
    }

    fn stroke_width(&self) -> u32 {
        self.width
    }
}

impl BackendTextStyle for TextStyle {
    type FontError = Infallible;

    fn color(&self) -> BackendColor {
        opaque(self.color)
    }

    fn size(&self) -> f64 {
        self.size
    }

    fn style(&self) -> FontStyle {
        if self.is_bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        }
    }

    fn anchor(&self) -> Pos {
        Pos {
            h_pos: match self.align {
                Align::Start => HPos::Left,
                Align::Middle => HPos::Center,
                Align::End => HPos::Right,
            },
            v_pos: match self.baseline {
                Baseline::Top => VPos::Top,
                Baseline::Middle => VPos::Center,
                Baseline::Bottom => VPos::Bottom,
            },
        }
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::Name(self.family)
    }

    /// A rough box: backends that draw text themselves, canvas and SVG, never ask.
    fn layout_box(&self, text: &str) -> Result<(BackendCoord, BackendCoord), Infallible> {
        let width = super::text_metrics::text_width(text, self.size);
        Ok(((0, 0), (width as i32, self.size as i32)))
    }

    /// No letters in pixels: backends that draw text themselves never ask.
    fn draw<E, DrawFunc: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        _: &str,
        _: BackendCoord,
        _: DrawFunc,
    ) -> Result<Result<(), E>, Infallible> {
        Ok(Ok(()))
    }
}
