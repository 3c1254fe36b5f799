//! The door to JavaScript: what an embedding page calls. Draws nothing.

mod calls;
mod handle;
mod listeners;
mod options;

pub use handle::{Handle, mount};
