//! Settings that change while a run goes on: how a change is recorded in the run's link, and its text there.

use super::{Scope, Setting, Settings, Value, setting};

/// A setting that was changed while the run went on.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Optimiser updates done when it was changed.
    pub step: u64,
    /// The setting.
    pub setting: &'static Setting,
    /// Its new value.
    pub value: Value,
}

impl Change {
    pub(super) fn to_text(&self) -> String {
        let value = self.setting.range.write(&self.value);
        format!("{}:{}={value}", self.step, self.setting.name)
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        let (step, rest) = text.split_once(':')?;
        let (name, value) = rest.split_once('=')?;
        let setting = setting(name).ok().filter(|row| row.scope == Scope::Live)?;
        Some(Self {
            step: step.parse().ok()?,
            setting,
            value: setting.range.read(value)?,
        })
    }
}

impl Settings {
    /// Records a change that took hold when `step` updates had been made; worker and page record by this rule alone.
    ///
    /// Before the first step nothing has happened yet: it is simply the first value. What the link would have changed
    /// later belongs to another course of the run and falls away; of two changes at one step the later holds.
    pub fn record(&mut self, step: u64, setting: &'static Setting, value: Value) {
        let is_kept = |change: &Change| {
            change.step < step || (change.step == step && change.setting != setting)
        };
        self.changes.retain(is_kept);
        if step == 0 {
            setting.put(self, &value);
        } else {
            self.changes.push(Change {
                step,
                setting,
                value,
            });
        }
    }

    /// The values in force when `step` updates have been made: these settings with their changes up to then.
    pub fn in_force(&self, step: u64) -> Self {
        let mut now = self.clone();
        for change in self.changes.iter().filter(|change| change.step <= step) {
            change.setting.put(&mut now, &change.value);
        }
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_recorded_where_it_took_hold() {
        for (link, step, name, value, recorded) in [
            ("", 0, "lr", "0.3", "lr=0.3"),
            ("", 5, "lr", "0.3", "changes=5:lr=0.3"),
            ("changes=5:lr=0.3", 5, "lr", "0.2", "changes=5:lr=0.2"),
            (
                "changes=5:lr=0.3",
                5,
                "batch",
                "8",
                "changes=5:lr=0.3,5:batch=8",
            ),
            (
                "changes=5:lr=0.3,9:lr=1",
                7,
                "batch",
                "8",
                "changes=5:lr=0.3,7:batch=8",
            ),
            ("changes=5:lr=0.3", 0, "batch", "8", "batch=8"),
        ] {
            let (mut settings, errors) = Settings::from_text(link);
            assert_eq!(errors, []);
            let row = setting(name).unwrap();
            settings.record(step, row, row.range.read(value).unwrap());
            assert_eq!(
                settings.to_text(),
                recorded,
                "{link}, {step}:{name}={value}"
            );
        }
    }

    #[test]
    fn values_are_in_force_from_their_step_on() {
        let (settings, _) =
            Settings::from_text("lr=1&changes=5:lr=0.3,5:lr=0.2,9:momentum=cumulative");
        let at = |step| settings.in_force(step);
        assert_eq!(
            [4, 5, 9].map(|step| at(step).learning_rate),
            [1.0, 0.2, 0.2]
        );
        assert_eq!([8, 9].map(|step| at(step).momentum), [Some(0.1), None]);
    }
}
