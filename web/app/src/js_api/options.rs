//! One option of the element, by its name. Unknown names and values are reported like those of a link.

use batchnorm_lab::error::Error;
use batchnorm_lab::lessons::lesson as find_lesson;
use batchnorm_lab::settings::SETTINGS;

use crate::i18n::Lang;
use crate::panels::{PANELS, Panel};
use crate::spoken::{HIDEABLE, is_hideable};
use crate::state::{Lab, ThemeChoice, ViewKind};

/// Options that are one word of several, and which; an empty one is left to the element.
const WORDS: [(&str, &[&str]); 6] = [
    (
        "engine",
        &["auto", "scalar", "simd128", "relaxed", "webgpu"],
    ),
    ("lang", &["en", "zh-Hans"]),
    ("loading", &["lazy", "eager"]),
    ("reveal", &["interaction", "auto"]),
    ("theme", &["auto", "light", "dark"]),
    ("view", &["figure", "lesson", "lab"]),
];

impl Lab {
    /// Reports an option that is none of its words.
    pub fn check_option(self, name: &str, value: &str) {
        let row = WORDS.iter().find(|(known, _)| *known == name);
        let Some(&(name, words)) = row.filter(|_| !value.is_empty()) else {
            return;
        };
        let is_word = match name {
            "lang" => Lang::from_tag(value).is_some(),
            _ => words.contains(&value),
        };
        let is_here = |all: &Vec<String>| value == "auto" || all.iter().any(|one| one == value);
        let engines = self.services.engines;
        if !is_word {
            self.refuse(invalid(name, value, words.join(" | ")));
        } else if name == "engine" && !engines.with_untracked(is_here) {
            // A word, and yet not of this browser.
            let here = engines.with_untracked(|all| all.join(" | "));
            self.refuse(invalid(name, value, here));
        }
    }

    /// One option of the element. Unknown names and values are reported like those of a link.
    pub fn set_option(self, name: &str, value: &str) {
        self.check_option(name, value);
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
            "hide" => self.hide(names(value)),
            "view" => {
                let is_lab = self.services.is_page || value.is_empty();
                let kind = match ViewKind::from_name(value) {
                    Some(kind) => kind,
                    None if is_lab => ViewKind::Lab,
                    None => ViewKind::Figure,
                };
                self.view.kind.set(kind);
            }
            "panels" => self.choose_panels(&names(value)),
            "engine" => self.use_engine(value),
            "guess" => self.view.guess.set(value.into()),
            "lesson" => match find_lesson(value) {
                Some(lesson) => self.open(lesson),
                None => self.open_link(&format!("lesson={value}")),
            },
            "state" => self.open_link(value),
            "seen" => {
                self.see(value == "true");
                self.answer_unseen();
            }
            // What they are about is over once the lab is there.
            "loading" | "reveal" => {}
            "scheme" => self.view.is_dark_around.set(value == "dark"),
            _ => self.change_text(name, value),
        }
    }

    /// The controls that are not shown; a name that is none is refused.
    fn hide(self, names: Vec<String>) {
        for name in names.iter().filter(|name| !is_hideable(name)) {
            let mut allowed = HIDEABLE.to_vec();
            allowed.extend(SETTINGS.iter().map(|row| row.name));
            self.refuse_name("hide", name, &allowed);
        }
        self.view.hidden.set(names);
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
            self.refuse_name("panels", &name, &allowed);
        }
        self.view.panels.set(known.into_iter().take(3).collect());
    }

    fn refuse_name(self, list: &'static str, name: &str, allowed: &[&str]) {
        self.refuse(invalid(list, name, allowed.join(" | ")));
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
