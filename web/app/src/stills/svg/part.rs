//! What charts draw on: a part of a sheet. A filled shape waits for its upper edge, so that both become one mark.

use super::document::{SvgDocument, closed, corners, open};
use super::path::{Place, simplified};
use super::style::{MarkStyle, SvgTextStyle};
use super::token_color::TokenColor;
use crate::charts::{Baseline, Rgb, Surface, TextStyle};

/// A part of a sheet as the surface of a chart.
pub(super) struct Part<'a> {
    pub svg: &'a mut SvgDocument,
    /// Its upper left corner on the sheet.
    pub at: Place,
    pub size: Place,
    /// Shares of a colour that are told apart.
    pub levels: u8,
}

impl Part<'_> {
    fn color(&self, color: Rgb) -> TokenColor {
        TokenColor::decode(color, self.levels)
    }

    fn moved(&self, points: &[Place]) -> Vec<Place> {
        let (left, top) = self.at;
        points.iter().map(|(x, y)| (x + left, y + top)).collect()
    }
}

impl Surface for Part<'_> {
    fn path(&mut self, points: &[Place], width: u32, color: Rgb) {
        let edge = self.color(color);
        let points = self.moved(points);
        // What has faded may be rougher.
        let rough = if edge.is_full() { 1.0 } else { 3.0 };
        let tolerance = self.svg.tolerance * rough;
        let is_edge = |(shape, _): &mut (Vec<Place>, TokenColor)| shape.starts_with(&points);
        match self.svg.pending.take_if(is_edge) {
            Some((_, fill)) => {
                let points = simplified(&points, tolerance);
                let style = MarkStyle::Ridge { fill, edge, width };
                self.svg.add(style, open(points));
            }
            None => {
                let points = simplified(&points, tolerance);
                let style = MarkStyle::Line {
                    color: edge,
                    width,
                    dashes: None,
                };
                self.svg.add(style, open(points));
            }
        }
    }

    fn dashes(&mut self, points: &[Place], (on, off): (u32, u32), width: u32, color: Rgb) -> bool {
        let style = MarkStyle::Line {
            color: self.color(color),
            width,
            dashes: Some((on, off)),
        };
        let points = simplified(&self.moved(points), self.svg.tolerance);
        self.svg.add(style, open(points));
        true
    }

    fn polygon(&mut self, points: &[Place], color: Rgb) {
        self.svg.settle();
        self.svg.pending = Some((self.moved(points), self.color(color)));
    }

    fn rectangle(&mut self, from: Place, to: Place, color: Rgb) {
        let color = self.color(color);
        if color.is_background() && (from, to) == ((0, 0), self.size) {
            return;
        }
        let points = self.moved(&corners(from, to));
        self.svg.add(MarkStyle::Fill(color), closed(points));
    }

    fn circle(&mut self, center: Place, radius: u32, width: Option<u32>, color: Rgb) {
        let color = self.color(color);
        let center = self.moved(&[center]);
        let dot = |color, radius: u32| MarkStyle::Dots {
            color,
            width: radius * 2,
        };
        match width {
            None => self.svg.add(dot(color, radius), open(center)),
            Some(width) => {
                let radius = radius + width / 2;
                self.svg.add(dot(color, radius), open(center.clone()));
                let inside = dot(TokenColor::of("background"), radius - width);
                self.svg.add(inside, open(center));
            }
        }
    }

    fn text(&mut self, text: &str, at: Place, style: &TextStyle) {
        let below = match style.baseline {
            Baseline::Top => 0.82,
            Baseline::Middle => 0.35,
            Baseline::Bottom => -0.2,
        };
        let [(x, y)] = self.moved(&[at])[..] else {
            return;
        };
        let of = SvgTextStyle {
            size: style.size.round() as u32,
            is_bold: style.is_bold,
            color: self.color(style.color),
            align: style.align,
        };
        let y = y + (style.size * below).round() as i32;
        self.svg.write(text, (x, y), of);
    }
}
