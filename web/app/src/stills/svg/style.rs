//! How a mark is drawn, and the style sheet of a picture: one class for each style that occurs.

use super::token_color::{TokenColor, definition};
use crate::charts::Align;

/// How a text is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stills) struct SvgTextStyle {
    /// Tenths of a pixel.
    pub size: u32,
    pub is_bold: bool,
    pub color: TokenColor,
    pub align: Align,
}

/// How a mark is drawn. Lengths are tenths of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkStyle {
    Fill(TokenColor),
    /// Rings within rings are holes.
    Region(TokenColor),
    Line {
        color: TokenColor,
        width: u32,
        dashes: Option<(u32, u32)>,
    },
    /// A filled shape and its upper edge.
    Ridge {
        fill: TokenColor,
        edge: TokenColor,
        width: u32,
    },
    /// Round marks.
    Dots {
        color: TokenColor,
        width: u32,
    },
    Text(SvgTextStyle),
}

impl MarkStyle {
    fn colors(self) -> Vec<TokenColor> {
        match self {
            MarkStyle::Fill(color)
            | MarkStyle::Region(color)
            | MarkStyle::Line { color, .. }
            | MarkStyle::Dots { color, .. } => vec![color],
            MarkStyle::Ridge { fill, edge, .. } => vec![fill, edge],
            MarkStyle::Text(of) => vec![of.color],
        }
    }

    fn css(self) -> String {
        let stroke = |color: TokenColor, width: u32| {
            format!("stroke:{};stroke-width:{}", color.css(), tenths(width))
        };
        match self {
            MarkStyle::Fill(color) => format!("fill:{}", color.css()),
            MarkStyle::Region(color) => format!("fill:{};fill-rule:evenodd", color.css()),
            MarkStyle::Line {
                color,
                width,
                dashes,
            } => {
                let dashes = dashes.map_or_else(String::new, |(on, off)| {
                    format!(";stroke-dasharray:{} {}", tenths(on), tenths(off))
                });
                format!("fill:none;{}{dashes}", stroke(color, width))
            }
            MarkStyle::Ridge { fill, edge, width } => {
                format!("fill:{};{}", fill.css(), stroke(edge, width))
            }
            MarkStyle::Dots { color, width } => {
                format!("fill:none;stroke-linecap:round;{}", stroke(color, width))
            }
            MarkStyle::Text(of) => {
                let weight = if of.is_bold { ";font-weight:600" } else { "" };
                let anchor = match of.align {
                    Align::Start => "",
                    Align::Middle => ";text-anchor:middle",
                    Align::End => ";text-anchor:end",
                };
                let size = tenths(of.size);
                format!("fill:{};font-size:{size}px{weight}{anchor}", of.color.css())
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

/// Class of a style, by its place.
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

/// The style sheet for these styles. It has no `<`, `>` and `&`, and is right both in the picture and adopted by a shadow
/// root that holds it: `:root` is the picture alone, where the reader's system chooses the theme; within a page the
/// page does, by its tokens or by `color-scheme`.
pub(super) fn sheet(styles: &[MarkStyle], fonts: &str) -> String {
    let mut tokens: Vec<usize> = styles
        .iter()
        .flat_map(|style| style.colors())
        .flat_map(|color| color.tokens())
        .collect();
    tokens.sort_unstable();
    tokens.dedup();
    let definitions: String = tokens.into_iter().map(definition).collect();
    let mut sheet = format!(
        ":root{{color-scheme:light dark}}.s{{{definitions}font-family:{fonts};stroke-linejoin:round;background:var(--s0)}}"
    );
    for (place, style) in styles.iter().enumerate() {
        sheet += &format!(".{}{{{}}}", class(place), style.css());
    }
    sheet + "@media print{.s{color-scheme:light}}"
}
