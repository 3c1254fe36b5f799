//! Elements, built once, whose live parts follow signals. Knows no lab: only the DOM, signals, effects and their owners.
//!
//! Leptos' view types are generic over their whole content: the same page written in them weighed 104 kB brotli more;
//! built with `--cfg erase_components` the same commit was 13 kB lighter, so 90 remain. Its graph of signals is made for
//! servers with many threads, and an executor, hash tables and locks came with it: 12 kB. Here every closure is boxed at
//! the door, so each thing is compiled once.

mod browser;
mod effect;
mod element;
mod events;
mod focus;
mod graph;
mod list;
mod live;
mod owner;
mod root;
mod signal;

pub use browser::{Interval, document, request_animation_frame, set_timeout, window};
pub use effect::{after, follow};
pub use element::{El, button, el, icon};
pub use events::{hold, is_checked, target_of, value_of, write_back};
pub use focus::{focus, focused};
pub use owner::{Owner, keep, on_cleanup};
pub use root::Root;
pub use signal::{Signal, derive, untrack};
