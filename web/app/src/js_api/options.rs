//! One option of the element, by its name. Unknown names and values are reported like those of a link.

use batchnorm_lab::lessons::lesson as find_lesson;

use crate::i18n::Lang;
use crate::state::{Lab, ThemeChoice};

impl Lab {
    /// One option of the element. Unknown names and values are reported like those of a link.
    pub fn set_option(self, name: &str, value: &str) {
        match name {
            "lang" => {
                if let Some(lang) = Lang::from_tag(value) {
                    self.speak(lang);
                }
            }
            "theme" => self
                .view
                .theme
                .set(ThemeChoice::from_name(value).unwrap_or(ThemeChoice::Auto)),
            "hide" => self.view.hidden.set(
                value
                    .split([',', ' '])
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ),
            "engine" => self.use_engine(value),
            "lesson" => match find_lesson(value) {
                Some(lesson) => self.open(lesson),
                None => self.open_link(&format!("lesson={value}")),
            },
            "state" => self.open_link(value),
            "autoplay" => self.play(),
            _ => self.change_text(name, value),
        }
    }
}
