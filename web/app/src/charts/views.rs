//! The charts, one a file.

pub(crate) mod backward;
pub(crate) mod batch_noise;
pub(crate) mod boundary;
pub(crate) mod cell_curve;
pub(crate) mod curves;
pub(crate) mod depth_profile;
pub(crate) mod digits;
pub(crate) mod gamma_beta;
pub(crate) mod gradients;
pub(crate) mod landscape;
mod line_chart;
pub(crate) mod moments;
pub(crate) mod race_grid;
pub(crate) mod ridgeline;
pub(crate) mod selected_unit;
pub(crate) mod sequences;
pub(crate) mod snapshot;
pub(crate) mod sweep;
pub(crate) mod x_hat_noise;
