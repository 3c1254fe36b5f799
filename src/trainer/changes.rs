//! Settings that change while a run goes on: taken over, recorded in its link, replayed at their steps. Trains nothing.

use super::Trainer;
use crate::protocol::Event;
use crate::settings::{SETTINGS, Scope, Value};

impl Trainer {
    /// Takes over a live or view setting. One that needs another run is left: it needs `Configure`.
    pub(super) fn change(&mut self, setting: u8, value: Value) {
        let row = SETTINGS.get(usize::from(setting));
        let Some(row) = row.filter(|row| row.scope != Scope::Restart) else {
            return;
        };
        if !row.put(&mut self.now, &value) {
            return;
        }
        self.recording.forget_start();
        if row.scope == Scope::Live {
            self.base.record(self.step, row, value);
            for side in &mut self.sides {
                side.clear_refusal();
            }
            self.events.push(Event::Changed {
                run: self.run,
                step: self.step,
            });
        }
        for side in &mut self.sides {
            side.forget_observation(row.scope == Scope::View);
        }
        self.frame_wanted = true;
    }

    /// Applies the changes that a link recorded at this step.
    pub(super) fn reach_changes(&mut self) {
        for change in self.base.changes.iter().filter(|c| c.step == self.step) {
            change.setting.put(&mut self.now, &change.value);
        }
    }
}
