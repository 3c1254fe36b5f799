//! What these tests share: a device, waiting for what it gives, a network here and the same there.
#![allow(dead_code, unused_imports)]

mod answers;
mod device;
mod pair;

pub use answers::{advance, until};
pub use device::{device, wait};
pub use pair::Pair;
