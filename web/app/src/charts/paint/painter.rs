//! Marks in css pixels on a bounded surface: lines with dashes, shapes, text that fits. Knows no data.

use super::surface::{Align, Baseline, Surface, TextStyle};
use super::text_metrics::{fit, text_width};
use super::theme::{Rgb, Theme};

/// A place in device pixels, from the upper left corner.
pub type Point = (f64, f64);

/// How a line is broken; visual law: batch statistics solid, running dashed, full set dotted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stroke {
    Solid,
    Dashed,
    Dotted,
}

/// Class 0 is a circle, class 1 a diamond, side A a square, side B a triangle, full-set statistics a cross.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Circle,
    Diamond,
    Square,
    Triangle,
    Cross,
}

/// Dashes of one line at most.
const MOST_DASHES: f64 = 90.0;

/// Draws within a surface: whatever would lie outside is moved to its edge, and what is not finite is left out.
pub struct Painter<'a> {
    surface: &'a mut dyn Surface,
    pub(crate) theme: &'a Theme,
    /// Device pixels in a css pixel.
    pub(crate) scale: f64,
    /// Device pixels.
    pub(crate) width: f64,
    /// Device pixels.
    pub(crate) height: f64,
    pixels: Vec<(i32, i32)>,
}

impl<'a> Painter<'a> {
    pub(crate) fn new(
        surface: &'a mut dyn Surface,
        theme: &'a Theme,
        size: (u32, u32),
        scale: f64,
    ) -> Self {
        Self {
            surface,
            theme,
            scale,
            width: f64::from(size.0),
            height: f64::from(size.1),
            pixels: Vec::new(),
        }
    }

    /// Width and height in device pixels.
    pub(crate) fn size(&self) -> Point {
        (self.width, self.height)
    }

    /// css pixels as device pixels.
    pub(crate) fn px(&self, css: f64) -> f64 {
        css * self.scale
    }

    fn stroke_px(&self, css: f64) -> u32 {
        (css * self.scale).round().max(1.0) as u32
    }

    fn pixel(&self, (x, y): Point, margin: f64) -> (i32, i32) {
        let place =
            |v: f64, end: f64| v.min(end - margin).max(margin.min(end / 2.0)).round() as i32;
        (place(x, self.width), place(y, self.height))
    }

    fn load(&mut self, points: &[Point], margin: f64) {
        self.pixels.clear();
        for point in points {
            let pixel = self.pixel(*point, margin);
            if self.pixels.last() != Some(&pixel) {
                self.pixels.push(pixel);
            }
        }
    }

    /// Covers everything with the background.
    pub(crate) fn clear(&mut self) {
        let (w, h) = (self.width as i32, self.height as i32);
        self.surface
            .rectangle((0, 0), (w, h), self.theme.background);
    }

    /// A filled polygon.
    pub(crate) fn polygon(&mut self, points: &[Point], color: Rgb) {
        if points.iter().all(|(x, y)| x.is_finite() && y.is_finite()) {
            self.load(points, 0.0);
            if self.pixels.len() >= 3 {
                self.surface.polygon(&self.pixels, color);
            }
        }
    }

    /// A filled rectangle between two corners, at least one device pixel each way.
    pub(crate) fn rectangle(&mut self, from: Point, to: Point, color: Rgb) {
        let finite = [from.0, from.1, to.0, to.1].iter().all(|v| v.is_finite());
        if finite {
            let a = self.pixel((from.0.min(to.0), from.1.min(to.1)), 0.0);
            let b = self.pixel((from.0.max(to.0), from.1.max(to.1)), 0.0);
            let edge = (self.width as i32, self.height as i32);
            let b = (b.0.max(a.0 + 1).min(edge.0), b.1.max(a.1 + 1).min(edge.1));
            self.surface.rectangle(a, b, color);
        }
    }

    /// A horizontal hairline; drawn as a rectangle so that it is never blurred.
    pub(crate) fn rule_across(&mut self, y: f64, from_x: f64, to_x: f64, width: f64, color: Rgb) {
        let half = self.px(width) / 2.0;
        self.rectangle((from_x, y - half), (to_x, y + half), color);
    }

    /// A vertical hairline.
    pub(crate) fn rule_down(&mut self, x: f64, from_y: f64, to_y: f64, width: f64, color: Rgb) {
        let half = self.px(width) / 2.0;
        self.rectangle((x - half, from_y), (x + half, to_y), color);
    }

    /// A line through points; one that is not finite breaks it. `width` in css pixels.
    pub(crate) fn line(&mut self, points: &[Point], width: f64, stroke: Stroke, color: Rgb) {
        for piece in points.split(|(x, y)| !(x.is_finite() && y.is_finite())) {
            match stroke {
                Stroke::Solid => self.solid(piece, width, color),
                Stroke::Dashed => self.dashes(piece, (6.0, 4.0), width, color),
                Stroke::Dotted => self.dashes(piece, (1.5, 3.0), width, color),
            }
        }
    }

    fn solid(&mut self, points: &[Point], width: f64, color: Rgb) {
        let stroke = self.stroke_px(width);
        self.load(points, f64::from(stroke) / 2.0);
        if self.pixels.len() >= 2 {
            self.surface.path(&self.pixels, stroke, color);
        }
    }

    fn dashes(&mut self, points: &[Point], (on, off): (f64, f64), width: f64, color: Rgb) {
        let stroke = self.stroke_px(width);
        self.load(points, f64::from(stroke) / 2.0);
        let lengths = (self.px(on) as u32, self.px(off) as u32);
        let is_done =
            self.pixels.len() >= 2 && self.surface.dashes(&self.pixels, lengths, stroke, color);
        if !is_done {
            self.broken(points, (on, off), width, color);
        }
    }

    /// Dashes of `on` css pixels with gaps of `off` along the line; longer ones on a line so long that it would take
    /// more than `MOST_DASHES`, for each dash is a path of its own.
    fn broken(&mut self, points: &[Point], (on, off): (f64, f64), width: f64, color: Rgb) {
        let reach = |pair: &[Point]| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1);
        let total: f64 = points.windows(2).map(reach).sum();
        let stretch = (total / (self.px(on + off) * MOST_DASHES)).max(1.0);
        let lengths = [self.px(on) * stretch, self.px(off) * stretch];
        let mut drawing = true;
        let mut left = lengths[0];
        let mut dash: Vec<Point> = points.first().copied().into_iter().collect();
        for pair in points.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            let length = (x1 - x0).hypot(y1 - y0);
            let mut done = 0.0;
            while length - done > left {
                done += left;
                let at = (
                    x0 + (x1 - x0) * done / length,
                    y0 + (y1 - y0) * done / length,
                );
                if drawing {
                    dash.push(at);
                    self.solid(&dash, width, color);
                }
                drawing = !drawing;
                left = lengths[usize::from(!drawing)];
                dash.clear();
                dash.push(at);
            }
            left -= length - done;
            if drawing {
                dash.push((x1, y1));
            }
        }
        if drawing {
            self.solid(&dash, width, color);
        }
    }

    /// A filled mark of `radius` css pixels.
    pub(crate) fn mark(&mut self, shape: Shape, (x, y): Point, radius: f64, color: Rgb) {
        if !(x.is_finite() && y.is_finite()) {
            return;
        }
        let r = self.px(radius);
        match shape {
            Shape::Circle => {
                let r = r.round().max(1.0);
                let center = self.pixel((x, y), r);
                self.surface.circle(center, r as u32, None, color);
            }
            Shape::Cross => {
                let (x, y) = self.inside((x, y), r + self.px(1.0));
                let r = r * 0.85;
                self.solid(&[(x - r, y - r), (x + r, y + r)], 1.25, color);
                self.solid(&[(x - r, y + r), (x + r, y - r)], 1.25, color);
            }
            _ => {
                let outline = self.outline(shape, (x, y), r);
                self.polygon(&outline, color);
            }
        }
    }

    /// The outline of a mark of `radius` css pixels, `width` css pixels thick, its inside in the background's colour.
    pub(crate) fn hollow(&mut self, shape: Shape, at: Point, radius: f64, width: f64, color: Rgb) {
        if !(at.0.is_finite() && at.1.is_finite()) {
            return;
        }
        match shape {
            Shape::Cross => self.mark(shape, at, radius, color),
            _ => {
                self.mark(shape, at, radius, color);
                self.mark(shape, at, radius - width, self.theme.background);
            }
        }
    }

    /// A ring of `radius` css pixels around a point, its inside untouched.
    pub(crate) fn ring(&mut self, (x, y): Point, radius: f64, width: f64, color: Rgb) {
        if x.is_finite() && y.is_finite() {
            let stroke = self.stroke_px(width);
            let r = self.px(radius).round().max(1.0);
            let center = self.pixel((x, y), r + f64::from(stroke));
            self.surface.circle(center, r as u32, Some(stroke), color);
        }
    }

    fn inside(&self, (x, y): Point, margin: f64) -> Point {
        (
            x.min(self.width - margin).max(margin),
            y.min(self.height - margin).max(margin),
        )
    }

    fn outline(&self, shape: Shape, at: Point, r: f64) -> Vec<Point> {
        let (x, y) = self.inside(at, r * 1.2);
        match shape {
            Shape::Diamond => {
                let r = r * 1.2;
                vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)]
            }
            Shape::Triangle => {
                let r = r * 1.15;
                vec![(x, y - r), (x + r, y + r * 0.8), (x - r, y + r * 0.8)]
            }
            _ => {
                let r = r * 0.9;
                vec![
                    (x - r, y - r),
                    (x + r, y - r),
                    (x + r, y + r),
                    (x - r, y + r),
                ]
            }
        }
    }

    /// Text of `size` css pixels. It is shortened to the surface and moved until it lies within.
    pub(crate) fn text(
        &mut self,
        text: &str,
        at: Point,
        size: f64,
        color: Rgb,
        align: Align,
        baseline: Baseline,
    ) {
        self.write(text, at, (size, false), color, align, baseline);
    }

    /// The same in bold.
    pub(crate) fn strong(
        &mut self,
        text: &str,
        at: Point,
        size: f64,
        color: Rgb,
        align: Align,
        baseline: Baseline,
    ) {
        self.write(text, at, (size, true), color, align, baseline);
    }

    fn write(
        &mut self,
        text: &str,
        (x, y): Point,
        (size, is_bold): (f64, bool),
        color: Rgb,
        align: Align,
        baseline: Baseline,
    ) {
        if text.is_empty() || !(x.is_finite() && y.is_finite()) {
            return;
        }
        let size_px = self.px(size);
        let text = fit(text, size_px, self.width);
        let (w, h) = (text_width(&text, size_px), size_px * 1.15);
        let before = match align {
            Align::Start => 0.0,
            Align::Middle => w / 2.0,
            Align::End => w,
        };
        let above = match baseline {
            Baseline::Top => 0.0,
            Baseline::Middle => h / 2.0,
            Baseline::Bottom => h,
        };
        let x = x.min(self.width - (w - before)).max(before);
        let y = y.min(self.height - (h - above)).max(above);
        let style = TextStyle {
            family: self.theme.font_family,
            size: size_px,
            is_bold,
            color: self.theme.letters(color),
            align,
            baseline,
        };
        self.surface
            .text(&text, (x.round() as i32, y.round() as i32), &style);
    }
}
