//! Elements, built once, whose live parts follow signals. Knows no lab: only the DOM and Leptos' effects.
//!
//! Leptos gives the reactive graph, its effects and its owners. Its view types are generic over their whole content:
//! the same page written in them weighed 104 kB brotli more; built with `--cfg erase_components` the same commit was
//! 13 kB lighter, so 90 remain. Here every closure is boxed at the door, so each thing is compiled once.

mod effect;
mod element;
mod events;
mod list;
mod live;
mod signal;

pub use effect::{after, follow};
pub use element::{El, button, el, icon};
pub use events::{is_checked, value_of, write_back};
pub use signal::{Signal, derive, untrack};
