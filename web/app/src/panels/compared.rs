//! Whole runs beside each other: panels whose runs are trained from start to end by workers of their own, apart from the run
//! on the page.

mod ask;
mod charts;
mod corrections;
mod frame;
mod reading;
mod runs;
mod training;

pub use self::corrections::r_and_d;
pub use self::runs::compared_runs;
