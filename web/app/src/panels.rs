//! The parts of the page, one a file. Each reads the state and arranges controls and charts; none sends a message.

pub mod answers;
pub mod batch_noise;
pub mod detail;
mod figure;
pub mod gradients;
pub mod header;
pub mod help;
pub mod layers;
pub mod lazy;
pub mod messages;
pub mod notices;
pub mod output;
pub mod selected_unit;
pub mod settings;
pub mod summary;
pub mod transport;
