//! The settings of a link as jobs and devices are asked with it. Trains nothing.

use crate::error::Error;
use crate::lessons::{LESSONS, lesson};
use crate::settings::Settings;

/// What a link says, which may name a lesson whose settings are its base.
///
/// # Errors
/// The first of what the link says that cannot be used.
pub fn settings_of(link: &str) -> Result<Settings, Error> {
    let named = |pair: &&str| pair.starts_with("lesson=");
    let (lessons, own): (Vec<&str>, Vec<&str>) = link.split('&').partition(named);
    let mut base = Settings::default();
    let ids = lessons
        .iter()
        .filter_map(|pair| pair.strip_prefix("lesson="));
    for id in ids {
        base = lesson_settings(id)?;
    }
    let (settings, errors) = base.with_text(&own.join("&"));
    match errors.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(settings),
    }
}

fn lesson_settings(id: &str) -> Result<Settings, Error> {
    let Some(found) = lesson(id) else {
        let ids: Vec<&str> = LESSONS.iter().map(|lesson| lesson.id).collect();
        return Err(Error::InvalidSetting {
            name: "lesson",
            value: id.into(),
            allowed: ids.join(" | "),
        });
    };
    Ok(Settings::from_text(found.settings).0)
}
