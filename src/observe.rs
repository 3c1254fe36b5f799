//! What is seen of a network that is trained: one mini-batch inside it, its losses and accuracies, its side of a frame.

mod evaluation;
mod frame;
mod observation;
mod observed_network;
pub mod recorded;
mod selected_unit;
pub mod statistics;

pub(crate) use frame::{Measured, View};
pub use observation::{LayerObservation, Observation};
pub(crate) use observed_network::ObservedNetwork;
