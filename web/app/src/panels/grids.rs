//! Many networks at once: panels whose networks are trained by workers of their own, apart from the run on the page.

mod bar;
mod cells;
mod door;
mod options;
mod over;
mod race;
mod reading;
mod sweep;
mod training;

pub use self::over::races;
pub use self::race::race_grid;
pub use self::sweep::sweep;
