//! How a mark looks, and the style sheet of a picture: one class for each look that occurs.

use super::ink::{Ink, definition};
use crate::charts::Align;

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stills) struct Type {
    /// Tenths of a pixel.
    pub size: u32,
    pub is_bold: bool,
    pub ink: Ink,
    pub align: Align,
}

/// How a mark looks. Lengths are tenths of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Fill(Ink),
    /// Rings within rings are holes.
    Region(Ink),
    Line {
        ink: Ink,
        width: u32,
        dashes: Option<(u32, u32)>,
    },
    /// A filled shape and its upper edge.
    Ridge {
        fill: Ink,
        edge: Ink,
        width: u32,
    },
    /// Round marks.
    Dots {
        ink: Ink,
        width: u32,
    },
    Text(Type),
}

impl Look {
    fn inks(self) -> Vec<Ink> {
        match self {
            Look::Fill(ink)
            | Look::Region(ink)
            | Look::Line { ink, .. }
            | Look::Dots { ink, .. } => vec![ink],
            Look::Ridge { fill, edge, .. } => vec![fill, edge],
            Look::Text(of) => vec![of.ink],
        }
    }

    fn css(self) -> String {
        let stroke =
            |ink: Ink, width: u32| format!("stroke:{};stroke-width:{}", ink.css(), tenths(width));
        match self {
            Look::Fill(ink) => format!("fill:{}", ink.css()),
            Look::Region(ink) => format!("fill:{};fill-rule:evenodd", ink.css()),
            Look::Line { ink, width, dashes } => {
                let dashes = dashes.map_or_else(String::new, |(on, off)| {
                    format!(";stroke-dasharray:{} {}", tenths(on), tenths(off))
                });
                format!("fill:none;{}{dashes}", stroke(ink, width))
            }
            Look::Ridge { fill, edge, width } => {
                format!("fill:{};{}", fill.css(), stroke(edge, width))
            }
            Look::Dots { ink, width } => {
                format!("fill:none;stroke-linecap:round;{}", stroke(ink, width))
            }
            Look::Text(of) => {
                let weight = if of.is_bold { ";font-weight:600" } else { "" };
                let anchor = match of.align {
                    Align::Start => "",
                    Align::Middle => ";text-anchor:middle",
                    Align::End => ";text-anchor:end",
                };
                let size = tenths(of.size);
                format!("fill:{};font-size:{size}px{weight}{anchor}", of.ink.css())
            }
        }
    }
}

fn tenths(length: u32) -> String {
    match length % 10 {
        0 => (length / 10).to_string(),
        part if length < 10 => format!(".{part}"),
        part => format!("{}.{part}", length / 10),
    }
}

/// Class of a look, by its place.
pub(super) fn class(place: usize) -> String {
    format!(
        "s-{}",
        char::from_digit(place as u32 % 36, 36).unwrap_or('0')
    ) + &(if place < 36 {
        String::new()
    } else {
        (place / 36).to_string()
    })
}

/// The style sheet for these looks. It has no `<`, `>` and `&`, and is right both in the picture and adopted by a shadow
/// root that holds it: `:root` is the picture alone, where the reader's system chooses the theme; within a page the
/// page does, by its tokens or by `color-scheme`.
pub(super) fn sheet(looks: &[Look], fonts: &str) -> String {
    let mut tokens: Vec<usize> = looks
        .iter()
        .flat_map(|look| look.inks())
        .flat_map(|ink| ink.tokens())
        .collect();
    tokens.sort_unstable();
    tokens.dedup();
    let definitions: String = tokens.into_iter().map(definition).collect();
    let mut sheet = format!(
        ":root{{color-scheme:light dark}}.s{{{definitions}font-family:{fonts};stroke-linejoin:round}}"
    );
    for (place, look) in looks.iter().enumerate() {
        sheet += &format!(".{}{{{}}}", class(place), look.css());
    }
    sheet + "@media print{.s{color-scheme:light}}"
}
