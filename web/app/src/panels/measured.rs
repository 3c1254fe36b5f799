//! What is measured on copies of the networks as they are now: panels that follow the run, on workers of their own.

mod ask;
mod backward;
mod charts;
mod landscape;
mod measuring;
mod profile;
mod walk;

pub use self::backward::backward;
pub use self::landscape::landscape;
pub use self::profile::depth_profile;
