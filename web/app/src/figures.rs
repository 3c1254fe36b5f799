//! A figure: one idea in one box, whose height follows from its width alone. Title, sentence, at most three panels, at
//! most five controls, transport, caption, and the way into the lab; nothing else.

mod frame;

pub use frame::figure;

use crate::panels::Panel;
use crate::state::Lab;

/// The most panels of a figure.
pub const MOST_PANELS: usize = 3;

/// The panels of the figure: those that the embedding page has chosen, else the lesson's.
pub fn panels_of(lab: Lab) -> Vec<Panel> {
    let chosen = lab.view.panels.get();
    let mut panels: Vec<Panel> = chosen
        .iter()
        .filter_map(|name| Panel::of_figure(name))
        .collect();
    if panels.is_empty() {
        let names = lab.run.lesson.with(|lesson| lesson.map(|l| l.panels));
        let names = names.unwrap_or(&["boundary", "loss"]);
        panels.extend(names.iter().filter_map(|name| Panel::of_figure(name)));
    }
    panels.truncate(MOST_PANELS);
    panels
}
