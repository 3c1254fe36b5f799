//! What charts stand in: scales and their ticks, the plot's rectangle with its axes, labels and marks at its edges.

pub(crate) mod axis;
pub(crate) mod end_labels;
pub(crate) mod guess;
pub(crate) mod moments_mark;
pub(crate) mod plot;
pub(crate) mod scale;
