//! What is measured over the steps of a run, which workers of a pool repeat: panels that follow it.

mod drift;
mod drift_chart;
mod read;
mod scaling;
mod weight_norm;

pub use self::drift::drift;
pub use self::weight_norm::weight_norm;
