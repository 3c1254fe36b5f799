//! Measurements on a run that leave it as it is.

mod batch_noise;
mod depth_profile;
mod gradient_line;

pub(crate) use batch_noise::BatchNoise;
pub use depth_profile::{DepthLayer, DepthProfile, depth_profile};
pub use gradient_line::{GradientLine, LinePoint};
