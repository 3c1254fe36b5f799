//! How charts get onto a surface: five primitives on any plotters backend, marks in css pixels, widths of text, colours.

pub(crate) mod painter;
pub(crate) mod surface;
pub(crate) mod text_metrics;
pub(crate) mod theme;
