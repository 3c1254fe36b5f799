//! The door to JavaScript: what an embedding page calls. Draws nothing.

mod calls;
mod handle;
mod options;

pub use handle::{Handle, mount};
