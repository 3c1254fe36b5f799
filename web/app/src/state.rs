//! What the page knows, in three parts: the run on the screen, how it is looked at, and what the page works with.
//! Nothing is sent and nothing is drawn from here.

mod run;
mod schedule;
mod services;
mod view;

pub use run::{EarlierRun, Phase, RunState};
pub use schedule::{Schedule, ScheduledChart};
pub use services::{LazyModule, PendingCall, Services, Wait, WorkerState};
pub use view::{Pointed, Reading, Refused, ThemeChoice, Tooltip, ViewKind, ViewState};

use batchnorm_lab::protocol::{Frame, Side};
use batchnorm_lab::settings::Settings;

use crate::i18n::Lang;

/// Everything the page knows. `Copy`: components take it by value.
#[derive(Clone, Copy)]
pub struct Lab {
    /// The run on the screen.
    pub run: RunState,
    /// How it is looked at.
    pub view: ViewState,
    /// What the page works with.
    pub services: Services,
}

impl Lab {
    /// A lab that knows nothing yet. Needs a reactive owner.
    pub fn new(settings: Settings, lang: Lang, is_page: bool) -> Self {
        let services = Services::new(is_page);
        Self {
            run: RunState::new(settings, services.worker),
            view: ViewState::new(lang),
            services,
        }
    }

    /// The control or term under the pointer.
    pub fn point_at(self, pointed: Option<Pointed>) {
        self.view.pointed.set(pointed);
    }

    /// A number of the newest frame; `None` before the first.
    pub fn read<T>(self, of: impl FnOnce(&Frame) -> T) -> Option<T> {
        self.run.frame.with(|frame| frame.as_deref().map(of))
    }

    /// A number of one side of the newest frame; `None` if that side is not shown.
    pub fn read_side<T>(self, index: u8, of: impl FnOnce(&Side) -> T) -> Option<T> {
        self.read(|frame| side(frame, index).map(of)).flatten()
    }

    /// The step at which a side diverged.
    pub fn ended(self, index: u8) -> Option<u64> {
        self.read_side(index, |side| side.diverged_at).flatten()
    }

    /// The selected hidden layer and unit, from 0, within what there is.
    pub fn selected_unit(self) -> (usize, usize) {
        self.run.now.with(|s| {
            let layer = (s.selected_layer as usize).min(s.columns().count().saturating_sub(1));
            let width = s.width_of(layer);
            (
                layer,
                (s.selected_unit as usize).min(width.saturating_sub(1)),
            )
        })
    }

    /// Whether a control is hidden by the embedding page.
    pub fn hides(self, name: &str) -> bool {
        self.view
            .hidden
            .with(|hidden| hidden.iter().any(|h| h == name))
    }
}

/// One side of a frame.
pub fn side(frame: &Frame, index: u8) -> Option<&Side> {
    frame.sides.iter().find(|side| side.index == index)
}

/// Whether no side of the frame can take a step.
pub fn is_halted(frame: &Frame) -> bool {
    frame.sides.iter().any(|s| s.refused.is_some())
        || frame.sides.iter().all(|s| s.diverged_at.is_some())
}
