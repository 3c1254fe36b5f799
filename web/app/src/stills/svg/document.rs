//! An SVG that is drawn on: marks are gathered by their style as long as none is moved over another, then written.

use super::part::Part;
use super::path::{Place, Subpath, data, simplified};
use super::style::{MarkStyle, SvgTextStyle, class, sheet};
use super::token_color::{TokenColor, codes};
use crate::charts::{Align, Chart, draw_on, text_width};

/// A rectangle in css pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::stills) struct Rect {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    pub(in crate::stills) fn new(left: f64, top: f64, width: f64, height: f64) -> Self {
        Self {
            left,
            top,
            width,
            height,
        }
    }

    pub(in crate::stills) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(in crate::stills) fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

/// Corners in tenths of a pixel: left, top, right, bottom.
type Extent = [i32; 4];

struct Mark {
    style: MarkStyle,
    subpaths: Vec<Subpath>,
    extents: Vec<Extent>,
    /// A text and nothing else.
    text: String,
}

/// A picture of some size.
pub(in crate::stills) struct SvgDocument {
    size: (u32, u32),
    marks: Vec<Mark>,
    /// A filled shape that waits for its edge.
    pub(super) pending: Option<(Vec<Place>, TokenColor)>,
    /// How far a left-out point may lie from its line, tenths.
    pub(super) tolerance: f64,
}

impl SvgDocument {
    pub(in crate::stills) fn new(size: (u32, u32)) -> Self {
        let mut svg = Self {
            size,
            marks: Vec::new(),
            pending: None,
            tolerance: 10.5,
        };
        let all = Rect::new(0.0, 0.0, f64::from(size.0), f64::from(size.1));
        svg.fill(all, TokenColor::of("background"));
        svg
    }

    /// A chart in its place; colours are of so many `levels` between the background's and their own.
    pub(in crate::stills) fn chart(&mut self, place: Rect, levels: u8, chart: &dyn Chart) {
        let size = ((place.width * 10.0) as u32, (place.height * 10.0) as u32);
        let mut surface = Part {
            svg: self,
            at: (tenths(place.left), tenths(place.top)),
            size: (size.0 as i32, size.1 as i32),
            levels,
        };
        draw_on(&mut surface, size, chart, &codes(), 10.0);
        self.settle();
    }

    /// A filled rectangle.
    pub(in crate::stills) fn fill(&mut self, place: Rect, color: TokenColor) {
        let (from, to) = (
            (tenths(place.left), tenths(place.top)),
            (tenths(place.right()), tenths(place.bottom())),
        );
        self.add(MarkStyle::Fill(color), closed(corners(from, to)));
    }

    /// A filled region with holes: rings of points in css pixels.
    pub(in crate::stills) fn region(&mut self, rings: &[Vec<(f64, f64)>], color: TokenColor) {
        let subpaths: Vec<Subpath> = rings
            .iter()
            .map(|ring| closed(simplified(&places(ring), self.tolerance)))
            .filter(|ring| ring.points.len() > 2)
            .collect();
        self.add_all(MarkStyle::Region(color), subpaths);
    }

    /// A line through points in css pixels.
    pub(in crate::stills) fn line(&mut self, points: &[(f64, f64)], width: f64, color: TokenColor) {
        let style = MarkStyle::Line {
            color,
            width: tenths(width) as u32,
            dashes: None,
        };
        self.add(style, open(simplified(&places(points), self.tolerance)));
    }

    /// A filled polygon, its points as they are.
    pub(in crate::stills) fn polygon(&mut self, points: &[(f64, f64)], color: TokenColor) {
        self.add(MarkStyle::Fill(color), closed(places(points)));
    }

    /// A round mark.
    pub(in crate::stills) fn dot(&mut self, at: (f64, f64), radius: f64, color: TokenColor) {
        let width = tenths(radius * 2.0) as u32;
        self.add(MarkStyle::Dots { color, width }, open(places(&[at])));
    }

    /// A text, its base line at `at`.
    pub(in crate::stills) fn text(&mut self, text: &str, at: (f64, f64), of: SvgTextStyle) {
        self.write(text, (tenths(at.0), tenths(at.1)), of);
    }

    pub(super) fn write(&mut self, text: &str, at: Place, of: SvgTextStyle) {
        self.settle();
        let size = f64::from(of.size);
        let width = text_width(text, size) as i32;
        let left = match of.align {
            Align::Start => at.0,
            Align::Middle => at.0 - width / 2,
            Align::End => at.0 - width,
        };
        let extent = [
            left,
            at.1 - of.size as i32,
            left + width,
            at.1 + of.size as i32 / 4,
        ];
        self.marks.push(Mark {
            style: MarkStyle::Text(of),
            subpaths: vec![open(vec![at])],
            extents: vec![extent],
            text: escaped(text),
        });
    }

    /// Draws what waited for an edge that did not come.
    pub(super) fn settle(&mut self) {
        if let Some((points, color)) = self.pending.take() {
            let points = simplified(&points, self.tolerance);
            self.add_now(MarkStyle::Fill(color), vec![closed(points)]);
        }
    }

    pub(super) fn add(&mut self, style: MarkStyle, subpath: Subpath) {
        self.add_all(style, vec![subpath]);
    }

    fn add_all(&mut self, style: MarkStyle, subpaths: Vec<Subpath>) {
        // A line that has no points yet is no mark.
        if subpaths.iter().all(|subpath| subpath.points.is_empty()) {
            return;
        }
        self.settle();
        self.add_now(style, subpaths);
    }

    /// Puts subpaths into the earliest mark of that style over which nothing lies that they would have lain on.
    fn add_now(&mut self, style: MarkStyle, subpaths: Vec<Subpath>) {
        let margin = match style {
            MarkStyle::Line { width, .. }
            | MarkStyle::Ridge { width, .. }
            | MarkStyle::Dots { width, .. } => width as i32 / 2,
            _ => 0,
        };
        let extents: Vec<Extent> = subpaths
            .iter()
            .map(|subpath| extent(subpath, margin))
            .collect();
        let is_free = |mark: &Mark| {
            let meets = |of: &Extent| extents.iter().any(|own| meet(own, of));
            // What is of one colour may lie on itself: shapes all turn the same way round.
            let is_plain = matches!(
                style,
                MarkStyle::Fill(_) | MarkStyle::Line { .. } | MarkStyle::Dots { .. }
            );
            (is_plain && mark.style == style) || !mark.extents.iter().any(meets)
        };
        let free = self
            .marks
            .iter()
            .rposition(|mark| !is_free(mark))
            .map_or(0, |last| last + 1);
        match self.marks[free..]
            .iter_mut()
            .find(|mark| mark.style == style)
        {
            Some(mark) => {
                mark.subpaths.extend(subpaths);
                mark.extents.extend(extents);
            }
            None => self.marks.push(Mark {
                style,
                subpaths,
                extents,
                text: String::new(),
            }),
        }
    }

    /// The whole document; `head` stands first in it.
    pub(in crate::stills) fn document(
        mut self,
        lang: &str,
        fonts: &str,
        head: &[(&str, &str)],
    ) -> String {
        self.settle();
        let mut styles: Vec<MarkStyle> = Vec::new();
        let mut body = String::new();
        for mark in &self.marks {
            let place = styles
                .iter()
                .position(|style| *style == mark.style)
                .unwrap_or(styles.len());
            if place == styles.len() {
                styles.push(mark.style);
            }
            let class = class(place);
            if let MarkStyle::Text(_) = mark.style {
                let (x, y) = mark.subpaths[0].points[0];
                let (x, y) = (short(x), short(y));
                body += &format!(
                    "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>",
                    mark.text
                );
            } else {
                body += &format!("<path class=\"{class}\" d=\"{}\"/>", data(&mark.subpaths));
            }
        }
        let (width, height) = self.size;
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"s\" role=\"img\" lang=\"{lang}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">"
        );
        for (name, words) in head {
            text += &format!("<{name}>{}</{name}>", escaped(words));
        }
        text + &format!("<style>{}</style>", sheet(&styles, fonts)) + &body + "</svg>\n"
    }
}

fn tenths(css: f64) -> i32 {
    (css * 10.0).round() as i32
}

fn places(points: &[(f64, f64)]) -> Vec<Place> {
    points
        .iter()
        .map(|(x, y)| (tenths(*x), tenths(*y)))
        .collect()
}

pub(super) fn corners(from: Place, to: Place) -> Vec<Place> {
    vec![from, (to.0, from.1), to, (from.0, to.1)]
}

pub(super) fn open(points: Vec<Place>) -> Subpath {
    Subpath {
        points,
        is_closed: false,
    }
}

pub(super) fn closed(points: Vec<Place>) -> Subpath {
    Subpath {
        points,
        is_closed: true,
    }
}

fn extent(subpath: &Subpath, margin: i32) -> Extent {
    let start = [i32::MAX, i32::MAX, i32::MIN, i32::MIN];
    let [left, top, right, bottom] = subpath.points.iter().fold(start, |[l, t, r, b], (x, y)| {
        [l.min(*x), t.min(*y), r.max(*x), b.max(*y)]
    });
    [left - margin, top - margin, right + margin, bottom + margin]
}

fn meet(a: &Extent, b: &Extent) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// A number of tenths.
fn short(tenths: i32) -> String {
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        part => format!("{}.{}", tenths / 10, part.abs()),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
