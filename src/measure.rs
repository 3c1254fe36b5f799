//! Measurements on a run that leave it as it is.

mod batch_noise;
mod by_class;
mod company;
mod corrections;
mod depth_profile;
mod drift;
mod folded;
mod gradient_line;
mod layer_values;
mod scaled;
mod unit_backward;

pub(crate) use batch_noise::BatchNoise;
pub(crate) use by_class::Values;
pub use by_class::{ByClass, CLASS_BINS, ClassValues};
pub use company::{Company, StepCompany};
pub use corrections::{Correction, correction};
pub use depth_profile::{DepthLayer, DepthProfile, depth_profile};
pub use drift::{Distributions, LayerDrift};
pub use folded::{
    CallTime, CallTimer, Folded, FoldedUnit, MOST_FOLDED_POINTS, MOST_FOLDED_WEIGHTS,
};
pub use gradient_line::{GradientLine, LinePoint};
pub use layer_values::LayerValues;
pub use scaled::{Scaled, scaled};
pub use unit_backward::{
    BackwardOf, BackwardValue, MOST_BACKWARD_VALUES, UnitBackward, unit_backward,
};
