//! What a reader can do, as verbs on the lab: each turns a wish into commands; and what the worker's answers do to the
//! state. Draws nothing.

mod address;
mod change;
mod drawing;
pub mod engine_choice;
mod events;
mod fetch;
mod measure;
mod observe;
mod runs;
mod transport;
mod worker;
