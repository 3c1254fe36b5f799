//! The parts of the page, one a file, and the table of them. Each reads the state and arranges controls and charts; none
//! sends a message.

mod answers;
mod batch_noise;
mod by_class;
mod cells;
mod compared;
mod controls;
mod detail;
mod devices;
mod figure;
mod folded;
mod frameworks;
mod gradients;
mod grids;
mod header;
mod header_tools;
mod help;
mod layers;
mod lazy;
mod lead;
mod measured;
mod messages;
mod module;
#[cfg(feature = "split")]
mod modules;
mod notices;
mod number_line;
mod numbers;
mod output;
mod pool;
mod read_step;
mod seed_and_engine;
mod seen;
mod selected_unit;
mod settings;
mod sharing;
mod summary;
mod table;
mod telling;
mod transport;
mod watched;

pub use lazy::told;
pub use table::{Module, Observed, PANELS, Panel, PanelRow, Place, of_place};
pub use transport::{counter, keys as transport_keys};

use crate::state::Lab;
use crate::ui::El;

/// A panel as its row says: at once, or its place until its module is there.
pub fn panel(lab: Lab, panel: Panel) -> El {
    if panel.row().module != Module::First {
        lazy::lazy(lab, panel)
    } else {
        seen::observed(
            lab,
            panel.row(),
            table::draw::<{ Module::First as u8 }>(lab, panel),
        )
    }
}

/// The panels of a place, in their order.
pub fn panels(lab: Lab, place: Place) -> impl Iterator<Item = El> {
    of_place(place).map(move |of| panel(lab, of))
}
