//! Settings that change while a run goes on: taken over, recorded in its link, replayed at their steps. Trains nothing.

use super::Trainer;
use crate::protocol::Event;
use crate::settings::{SETTINGS, Scope, Setting, Value};
use std::sync::Arc;

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
        self.follow_domain(row);
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
        let due = self.base.changes.iter().filter(|c| c.step == self.step);
        let mut moved = None;
        for change in due {
            change.setting.put(&mut self.now, &change.value);
            moved = Some(change.setting)
                .filter(|row| row.name == "shift")
                .or(moved);
        }
        if let Some(row) = moved {
            self.follow_domain(row);
        }
    }

    /// Moves the points where their domain has moved.
    fn follow_domain(&mut self, row: &Setting) {
        let digits = self.digits.as_deref().unwrap_or_default();
        if row.name == "shift"
            && let Ok(drawn) = (self.factory.data)(&self.now, digits)
        {
            self.dataset = Arc::new(drawn.in_domain(&self.now));
        }
    }
}
