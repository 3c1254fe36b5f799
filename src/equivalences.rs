//! Changes of a network's parameters after which it computes the same function, or the one without normalisation: each exact
//! but for rounding. Trains nothing and draws nothing.

mod fold;
mod scale;
mod undo;

pub(crate) use fold::bias_beside;
pub use fold::fold_network;
pub use scale::{effective_rate, scale_weights, weight_norm};
pub use undo::undo_norms;
