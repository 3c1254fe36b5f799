//! What is seen of a network that is trained: one mini-batch inside it, its side of a frame, and how values lie.

mod frame;
mod observation;
mod selected_unit;
pub mod statistics;

pub(crate) use frame::shown_mode;
pub use observation::{LayerObservation, Observation};
