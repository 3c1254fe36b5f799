//! Training one network of the twin: the order of batches, and its steps on an engine.

mod batches;
mod side_run;
mod solo;

pub use batches::Batches;
pub(crate) use side_run::{SideRun, update_rules};
pub(crate) use solo::Solo;
