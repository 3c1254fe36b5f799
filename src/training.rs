//! Training a twin run: the order of batches, one network, and the trainer of both.

mod batches;
mod side_run;
mod trainer;

pub use batches::Batches;
pub(crate) use side_run::{LEAST_ROWS, SideRun};
pub use trainer::Trainer;
pub use trainer::Wanted;
