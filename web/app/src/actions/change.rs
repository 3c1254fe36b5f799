//! A setting is changed: by a control, by what a reader types, by the embedding page.

use batchnorm_lab::error::Error;
use batchnorm_lab::protocol::Command;
use batchnorm_lab::settings::{Scope, Setting, Settings, Value, setting};

use crate::state::{Lab, WorkerState};

impl Lab {
    /// Changes one setting. A value that is not allowed changes nothing and is reported.
    pub fn change(self, setting: &'static Setting, value: Value) {
        let now = self.run.now.get_untracked();
        let mut next = now.clone();
        if !setting.put(&mut next, &value) {
            return self.refuse(setting.refusal(&setting.range.write(&value)));
        }
        if next == now {
            return;
        }
        match setting.scope {
            Scope::Restart => {
                let goes_on = self.run.is_playing.get_untracked();
                self.start_run(next.afresh(), None);
                if goes_on {
                    self.go_on();
                }
                return;
            }
            Scope::View => self.run.link.update(|link| {
                setting.put(link, &value);
            }),
            Scope::Live => {
                let wish = (setting, value.clone());
                self.run.wishes.update_value(|wishes| wishes.push(wish));
            }
        }
        self.run.now.set(next);
        // A worker that is not there yet is told when it is; the list of changes is the page's own.
        let is_ready = self.services.worker.get_untracked() == WorkerState::Ready;
        if is_ready && !matches!(value, Value::Changes(_)) {
            self.send(&Command::change(setting, value));
        }
    }

    /// Changes one setting to what was typed. What is not allowed changes nothing and is reported.
    pub fn change_text(self, name: &str, text: &str) {
        match setting(name).and_then(|row| Ok((row, row.read(text)?))) {
            Ok((row, value)) => self.change(row, value),
            Err(error) => self.refuse(error),
        }
    }

    /// Changes settings by their fields, each as `change` does.
    pub fn edit(self, change: impl FnOnce(&mut Settings)) {
        let now = self.run.now.get_untracked();
        let mut next = now.clone();
        change(&mut next);
        for row in next.differing(&now) {
            self.change(row, (row.get)(&next));
        }
    }

    /// The worker has taken over the oldest wish, at this step.
    pub(super) fn record_wish(self, step: u64) {
        let wish = self.run.wishes.try_update_value(|wishes| {
            let is_there = !wishes.is_empty();
            is_there.then(|| wishes.remove(0))
        });
        if let Some((setting, value)) = wish.flatten() {
            self.run
                .link
                .update(|link| link.record(step, setting, value));
            self.follow_link(step);
        }
    }

    /// The values in force at a step follow from the link, except what the reader has wished since.
    pub(super) fn follow_link(self, step: u64) {
        let mut now = self.run.link.with_untracked(|link| link.in_force(step));
        self.run.wishes.with_untracked(|wishes| {
            for (setting, value) in wishes {
                setting.put(&mut now, value);
            }
        });
        if self.run.now.with_untracked(|before| *before != now) {
            self.run.now.set(now);
        }
    }

    /// Tells the reader what could not be used, once.
    pub fn refuse(self, error: Error) {
        self.view.refusals.update(|all| {
            all.retain(|other| *other != error);
            all.push(error);
        });
    }
}
