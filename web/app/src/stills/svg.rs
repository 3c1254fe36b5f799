//! Compact SVG: marks of one style become one path, styles become classes whose colours follow the page's tokens.

mod ink;
mod part;
mod path;
mod sheet;
mod style;

pub use ink::INKS;
pub(super) use ink::Ink;
pub(super) use sheet::{Paper, Rect};
pub(super) use style::Type;
