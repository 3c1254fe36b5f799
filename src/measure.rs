//! Measurements on a run that leave it as it is.

mod batch_noise;
mod depth_profile;
mod drift;
mod gradient_line;
mod unit_backward;

pub(crate) use batch_noise::BatchNoise;
pub use depth_profile::{DepthLayer, DepthProfile, depth_profile};
pub use drift::{Distributions, LayerDrift};
pub use gradient_line::{GradientLine, LinePoint};
pub use unit_backward::{
    BackwardOf, BackwardValue, MOST_BACKWARD_VALUES, UnitBackward, unit_backward,
};
