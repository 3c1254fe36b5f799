//! What is measured on copies of the networks as they are now: panels that follow the run, on workers of their own.

pub(super) mod ask;
mod backward;
mod charts;
mod landscape;
pub(super) mod measuring;
mod profile;
pub(super) mod walk;

pub(super) use self::ask::What;
pub use self::backward::backward;
pub use self::landscape::landscape;
pub(super) use self::measuring::Measuring;
pub use self::profile::depth_profile;
