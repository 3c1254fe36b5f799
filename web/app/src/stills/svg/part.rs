//! What charts draw on: a part of a sheet. A filled shape waits for its upper edge, so that both become one mark.

use super::ink::Ink;
use super::path::{Place, simplified};
use super::sheet::{Paper, closed, corners, open};
use super::style::{Look, Type};
use crate::charts::{Baseline, Rgb, Surface, TextStyle};

/// A part of a sheet as the surface of a chart.
pub(super) struct Part<'a> {
    pub paper: &'a mut Paper,
    /// Its upper left corner on the sheet.
    pub at: Place,
    pub size: Place,
    /// Shares of a colour that are told apart.
    pub levels: u8,
}

impl Part<'_> {
    fn ink(&self, color: Rgb) -> Ink {
        Ink::decode(color, self.levels)
    }

    fn moved(&self, points: &[Place]) -> Vec<Place> {
        let (left, top) = self.at;
        points.iter().map(|(x, y)| (x + left, y + top)).collect()
    }
}

impl Surface for Part<'_> {
    fn path(&mut self, points: &[Place], width: u32, color: Rgb) {
        let edge = self.ink(color);
        let points = self.moved(points);
        // What has faded may be rougher.
        let rough = if edge.is_full() { 1.0 } else { 3.0 };
        let tolerance = self.paper.tolerance * rough;
        let is_edge = |(shape, _): &mut (Vec<Place>, Ink)| shape.starts_with(&points);
        match self.paper.pending.take_if(is_edge) {
            Some((_, fill)) => {
                let points = simplified(&points, tolerance);
                let look = Look::Ridge { fill, edge, width };
                self.paper.add(look, open(points));
            }
            None => {
                let points = simplified(&points, tolerance);
                let look = Look::Line {
                    ink: edge,
                    width,
                    dashes: None,
                };
                self.paper.add(look, open(points));
            }
        }
    }

    fn dashes(&mut self, points: &[Place], (on, off): (u32, u32), width: u32, color: Rgb) -> bool {
        let look = Look::Line {
            ink: self.ink(color),
            width,
            dashes: Some((on, off)),
        };
        let points = simplified(&self.moved(points), self.paper.tolerance);
        self.paper.add(look, open(points));
        true
    }

    fn polygon(&mut self, points: &[Place], color: Rgb) {
        self.paper.settle();
        self.paper.pending = Some((self.moved(points), self.ink(color)));
    }

    fn rectangle(&mut self, from: Place, to: Place, color: Rgb) {
        let ink = self.ink(color);
        if ink.is_background() && (from, to) == ((0, 0), self.size) {
            return;
        }
        let points = self.moved(&corners(from, to));
        self.paper.add(Look::Fill(ink), closed(points));
    }

    fn circle(&mut self, center: Place, radius: u32, width: Option<u32>, color: Rgb) {
        let ink = self.ink(color);
        let center = self.moved(&[center]);
        let dot = |ink, radius: u32| Look::Dots {
            ink,
            width: radius * 2,
        };
        match width {
            None => self.paper.add(dot(ink, radius), open(center)),
            Some(width) => {
                let radius = radius + width / 2;
                self.paper.add(dot(ink, radius), open(center.clone()));
                let inside = dot(Ink::of("background"), radius - width);
                self.paper.add(inside, open(center));
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
        let of = Type {
            size: style.size.round() as u32,
            is_bold: style.is_bold,
            ink: self.ink(style.color),
            align: style.align,
        };
        let y = y + (style.size * below).round() as i32;
        self.paper.write(text, (x, y), of);
    }
}
