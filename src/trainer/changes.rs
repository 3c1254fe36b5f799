//! Settings that change while a run goes on: taken over, recorded in its link, replayed at their steps. Trains nothing.

use super::Trainer;
use crate::protocol::Event;
use crate::settings::{Change, SETTINGS, Scope, Settings};

impl Trainer {
    /// Takes over live and view settings. SideRun settings that differ are left: they need `Configure`.
    pub(super) fn change(&mut self, text: &str) {
        let wanted = Settings::from_page(text);
        let mut has_changed = false;
        for row in SETTINGS.iter() {
            let value = (row.read)(&wanted);
            if value == (row.read)(&self.now) || matches!(row.name, "at" | "changes") {
                continue;
            }
            match row.scope {
                Scope::Restart => continue,
                Scope::View => {
                    (row.write)(&mut self.base, &value).expect("a value just read is allowed");
                }
                Scope::Live => {
                    has_changed = true;
                    if self.step == 0 {
                        // Before the first step nothing has happened yet: it is simply the first value.
                        (row.write)(&mut self.base, &value).expect("a value just read is allowed");
                    } else {
                        self.base.changes.push(Change {
                            step: self.step,
                            name: row.name,
                            value: value.clone(),
                        });
                    }
                }
            }
            (row.write)(&mut self.now, &value).expect("a value just read is allowed");
        }
        if has_changed {
            // What a link would have changed later belongs to another course of the run,
            // and of two changes at one step the later holds.
            let step = self.step;
            self.base.changes.retain(|change| change.step <= step);
            let all = std::mem::take(&mut self.base.changes);
            for (place, change) in all.iter().enumerate() {
                let is_overruled = all[place + 1..]
                    .iter()
                    .any(|later| later.step == change.step && later.name == change.name);
                if !is_overruled {
                    self.base.changes.push(change.clone());
                }
            }
            for side in &mut self.sides {
                side.clear_refusal();
            }
        }
        for side in &mut self.sides {
            side.forget_observation();
        }
        self.report_settings();
        self.frame_wanted = true;
    }

    /// Applies the changes that a link recorded at this step.
    pub(super) fn reach_changes(&mut self) {
        let step = self.step;
        let mut is_reached = false;
        for change in self.base.changes.iter().filter(|c| c.step == step) {
            let before = self.now.clone();
            self.now.put(change.name, &change.value);
            is_reached |= self.now != before;
        }
        if is_reached {
            self.report_settings();
        }
    }

    pub(super) fn report_settings(&mut self) {
        let link = Settings {
            at: 0,
            ..self.base.clone()
        };
        let now = Settings {
            at: 0,
            changes: Vec::new(),
            ..self.now.clone()
        };
        self.events.push(Event::Settings {
            run: self.run,
            link: link.to_text(),
            now: now.to_text(),
        });
    }
}
