//! Many networks at once: panels whose networks are trained by workers of their own, apart from the run on the page.

mod bar;
mod cells;
mod dialog;
mod options;
mod pool_link;
mod race;
mod reading;
mod sweep;
mod training;

pub use self::dialog::panel_dialog;
pub use self::race::race_grid;
pub use self::sweep::sweep;
