//! The five primitives of charts on a canvas of the browser. `plotters-canvas` does the same by the standard library's
//! formatting of floats, whose tables weigh 8.3 kB brotli in the page.

use std::f64::consts::TAU;

use batchnorm_lab::numeric::decimal;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::charts::{Align, Baseline, Rgb, Surface, TextStyle};

/// A canvas as a surface. What the browser refuses is not drawn; there is nobody to tell.
pub(super) struct CanvasSurface {
    context: CanvasRenderingContext2d,
}

impl CanvasSurface {
    /// `None` where the browser gives no context.
    pub(super) fn new(canvas: &HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self { context })
    }

    fn trace(&self, points: &[(i32, i32)]) {
        self.context.begin_path();
        for (x, y) in points {
            self.context.line_to(f64::from(*x), f64::from(*y));
        }
    }

    fn fill_with(&self, color: Rgb) {
        self.context.set_fill_style_str(&css(color));
    }

    fn stroke_with(&self, color: Rgb, width: u32) {
        self.context.set_stroke_style_str(&css(color));
        self.context.set_line_width(f64::from(width));
    }
}

fn css((r, g, b): Rgb) -> String {
    format!("rgb({r},{g},{b})")
}

impl Surface for CanvasSurface {
    fn path(&mut self, points: &[(i32, i32)], width: u32, color: Rgb) {
        self.stroke_with(color, width);
        self.trace(points);
        self.context.stroke();
    }

    fn polygon(&mut self, points: &[(i32, i32)], color: Rgb) {
        self.fill_with(color);
        self.trace(points);
        self.context.fill();
    }

    fn rectangle(&mut self, from: (i32, i32), to: (i32, i32), color: Rgb) {
        self.fill_with(color);
        let (width, height) = (to.0 - from.0, to.1 - from.1);
        let (x, y) = (f64::from(from.0), f64::from(from.1));
        self.context
            .fill_rect(x, y, f64::from(width), f64::from(height));
    }

    fn circle(&mut self, center: (i32, i32), radius: u32, width: Option<u32>, color: Rgb) {
        self.context.begin_path();
        let (x, y) = (f64::from(center.0), f64::from(center.1));
        // A radius is never negative, which is all that could be refused.
        let _ = self.context.arc(x, y, f64::from(radius), 0.0, TAU);
        match width {
            Some(width) => {
                self.stroke_with(color, width);
                self.context.stroke();
            }
            None => {
                self.fill_with(color);
                self.context.fill();
            }
        }
    }

    fn text(&mut self, text: &str, at: (i32, i32), style: &TextStyle) {
        let weight = if style.is_bold { "bold" } else { "normal" };
        let size = decimal::fixed(style.size, 2);
        let family = style.family;
        self.context
            .set_font(&format!("{weight} {size}px {family}"));
        self.context.set_text_align(match style.align {
            Align::Start => "start",
            Align::Middle => "center",
            Align::End => "end",
        });
        self.context.set_text_baseline(match style.baseline {
            Baseline::Top => "top",
            Baseline::Middle => "middle",
            Baseline::Bottom => "bottom",
        });
        self.fill_with(style.color);
        let _ = self
            .context
            .fill_text(text, f64::from(at.0), f64::from(at.1));
    }
}
