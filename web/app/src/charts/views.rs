//! The charts, one a file.

pub(crate) mod batch_noise;
pub(crate) mod boundary;
pub(crate) mod by_class;
pub(crate) mod cell_curve;
pub(crate) mod corrections;
pub(crate) mod curves;
pub(crate) mod depth_profile;
pub(crate) mod device_boxes;
pub(crate) mod device_lines;
pub(crate) mod digits;
pub(crate) mod drift;
pub(crate) mod gamma_beta;
pub(crate) mod gradients;
pub(crate) mod landscape;
mod line_chart;
pub(crate) mod moments;
pub(crate) mod race_grid;
pub(crate) mod ridgeline;
pub(crate) mod run_bars;
pub(crate) mod run_curves;
pub(crate) mod selected_unit;
pub(crate) mod sequences;
pub(crate) mod sharing;
pub(crate) mod snapshot;
pub(crate) mod sweep;
pub(crate) mod weight_norm;
pub(crate) mod x_hat_noise;
