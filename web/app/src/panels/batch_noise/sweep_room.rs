//! Where the lab has its sweep: a name and a button, until the press that brings the module and trains.

use crate::i18n::key;
use crate::panels::{Panel, panel};
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, Signal, button, el};

/// The room; a link that asks for a sweep brings it at once.
pub(super) fn sweep_room(lab: Lab) -> El {
    let is_asked = lab.run.asked_grids[1].with_untracked(|asked| !asked.is_empty());
    let is_wanted = Signal::new(is_asked);
    el("div").class("lazy").swap(move || {
        vec![match is_wanted.get() {
            true => panel(lab, Panel::Sweep),
            false => empty(lab, is_wanted),
        }]
    })
}

fn empty(lab: Lab, is_wanted: Signal<bool>) -> El {
    let train = button()
        .class("quiet")
        .attr("data-part", "grid-start")
        .hideable(lab, "play")
        .tell(lab, key::BATCH_NOISE_TRAIN)
        .press(move || {
            lab.view.trains_sweep.set_value(true);
            is_wanted.set(true);
        });
    let caption = el("figcaption")
        .child(el("span").tell(lab, key::BATCH_NOISE_SWEEP))
        .child(el("span").class("spring"))
        .child(train);
    el("figure")
        .class("grid-panel sweep blank")
        .attr("data-part", "sweep-room")
        .child(caption)
        .child(el("div").class("grid-map"))
}
