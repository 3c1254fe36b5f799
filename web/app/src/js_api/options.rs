//! One option of the element, by its name. Unknown names and values are reported like those of a link.

use batchnorm_lab::error::Error;
use batchnorm_lab::lessons::lesson as find_lesson;

use crate::i18n::Lang;
use crate::panels::{PANELS, Panel};
use crate::state::{Lab, ThemeChoice, ViewKind};

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
            "hide" => self.view.hidden.set(names(value)),
            "view" => match ViewKind::from_name(value) {
                Some(kind) => self.view.kind.set(kind),
                None if value.is_empty() => self.view.kind.set(ViewKind::Lab),
                None => self.refuse(invalid("view", value, "figure | lesson | lab".into())),
            },
            "panels" => self.choose_panels(&names(value)),
            "engine" => self.use_engine(value),
            "lesson" => match find_lesson(value) {
                Some(lesson) => self.open(lesson),
                None => self.open_link(&format!("lesson={value}")),
            },
            "state" => self.open_link(value),
            "seen" => {
                self.see(value == "true");
                self.answer_unseen();
            }
            "scheme" => self.view.system_is_dark.set(value == "dark"),
            _ => self.change_text(name, value),
        }
    }

    /// The panels of the figure; of more than three the first three, and each name that is none is refused.
    fn choose_panels(self, names: &[String]) {
        let (known, unknown): (Vec<String>, Vec<String>) = names
            .iter()
            .cloned()
            .partition(|name| Panel::of_figure(name).is_some());
        for name in unknown {
            let all = PANELS.iter().filter(|row| row.is_of_figures());
            let allowed: Vec<&str> = all.map(|row| row.name).collect();
            self.refuse(invalid("panels", &name, allowed.join(" | ")));
        }
        self.view.panels.set(known.into_iter().take(3).collect());
    }
}

fn names(list: &str) -> Vec<String> {
    list.split([',', ' '])
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn invalid(name: &'static str, value: &str, allowed: String) -> Error {
    Error::InvalidSetting {
        name,
        value: value.to_owned(),
        allowed,
    }
}
