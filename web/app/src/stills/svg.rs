//! Compact SVG: marks of one style become one path, styles become classes whose colours follow the page's tokens.

mod document;
mod part;
mod path;
mod style;
mod token_color;

pub(super) use document::{Rect, SvgDocument};
pub(super) use style::SvgTextStyle;
pub use token_color::TOKEN_COLORS;
pub(super) use token_color::TokenColor;
