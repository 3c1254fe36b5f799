//! One setting is changed, by a control or by the embedding page.

use batchnorm_lab::protocol::Command;
use batchnorm_lab::settings::{Scope, setting};

use crate::state::Lab;

impl Lab {
    /// Changes one setting. A value that is not allowed changes nothing and is reported.
    pub fn change(self, name: &str, value: &str) {
        let mut next = self.run.now.get_untracked();
        let row = match setting(name).and_then(|row| next.set(name, value).map(|()| row)) {
            Ok(row) => row,
            Err(error) => {
                self.view.refusals.update(|all| {
                    all.retain(|other| *other != error);
                    all.push(error);
                });
                return;
            }
        };
        if next == self.run.now.get_untracked() {
            return;
        }
        if row.scope == Scope::Restart {
            next.changes.clear();
            next.at = 0;
            let goes_on = self.run.is_playing.get_untracked();
            self.start_run(next, None);
            if goes_on {
                self.send(&Command::Play);
            }
            return;
        }
        if row.scope == Scope::View {
            self.run.link.update(|link| {
                // The value has just been accepted above.
                let _ = link.set(name, value);
            });
        }
        let settings = next.to_text();
        self.run.now.set(next);
        self.run.answers_due.update_value(|due| *due += 1);
        self.send(&Command::Change { settings });
    }
}
