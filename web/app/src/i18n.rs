//! Every word for people, by typed key, in two languages. Formats no number and knows no component.
//!
//! With the feature `split` (in a site) no language is compiled in: each is a file, and a reader fetches the one that is
//! read. Without it (in tests) both are simply here.

use crate::ui::Signal;

#[path = "../fnv.rs"]
mod fnv;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// English.
    En,
    /// Simplified Chinese.
    ZhHans,
}

impl Lang {
    /// Both, in the order of the switch.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::ZhHans];

    /// BCP 47 tag, as in the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::ZhHans => "zh-Hans",
        }
    }

    /// Its own name.
    pub fn name(self) -> &'static str {
        match self {
            Lang::En => "English",
            Lang::ZhHans => "中文",
        }
    }

    /// The language for a tag such as `zh-CN`; `None` for a language that the page does not speak.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or(tag);
        [("en", Lang::En), ("zh", Lang::ZhHans)]
            .into_iter()
            .find(|(name, _)| language.eq_ignore_ascii_case(name))
            .map(|(_, lang)| lang)
    }
}

/// The place of a text in the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(u16);

impl Key {
    /// The key of that name, for texts that belong to a row of a table, e.g. `control.lr.help`; which are found so is
    /// said in `texts.rs`.
    pub fn find(name: &str) -> Option<Self> {
        let number = fnv::short(name);
        let place = NUMBERS.iter().position(|of| *of == number)?;
        Some(Key(place as u16))
    }

    /// Its place among the keys: another text, another number.
    pub fn number(self) -> u16 {
        self.0
    }

    /// The text in a language; nothing while those of the other modules are on their way.
    pub fn text(self, lang: Lang) -> &'static str {
        text(lang, usize::from(self.0))
    }
}

/// When texts are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// At once.
    First,
    /// With the other modules.
    Later,
    /// With panels of many networks and of measurements.
    Apart,
}

#[cfg(not(feature = "split"))]
fn text(lang: Lang, place: usize) -> &'static str {
    TEXTS[lang as usize][place]
}

/// The title and the lead of a lesson.
#[cfg(not(feature = "split"))]
fn lesson(lang: Lang, id: &'static str) -> [&'static str; 2] {
    ["title", "lead"].map(|word| {
        let key = Key::find(&format!("lesson.{id}.{word}"));
        key.map_or(id, |key| key.text(lang))
    })
}

/// Whether a lesson's words can be read.
#[cfg(not(feature = "split"))]
pub fn is_lesson_here(_: Lang, _: &str) -> bool {
    true
}

/// Whether that part of a language can be read.
#[cfg(not(feature = "split"))]
pub fn is_here(_: Lang, _: Part) -> bool {
    true
}

#[cfg(feature = "split")]
pub use fetched::{install, install_lesson, is_here, is_lesson_here};
#[cfg(feature = "split")]
use fetched::{lesson, text};

#[cfg(feature = "split")]
mod fetched {
    use std::cell::{Cell, RefCell};

    use batchnorm_lab::lessons::lesson as find_lesson;

    use super::{ENDS, FINGERPRINT, Key, Lang, Part};

    thread_local! {
        /// The parts of each language, once they have come.
        static HERE: [Cell<Option<&'static [&'static str]>>; 6] = const { [const { Cell::new(None) }; 6] };
        /// The words of lessons that have come.
        static LESSONS: RefCell<Vec<(Lang, &'static str, [&'static str; 2])>> = const { RefCell::new(Vec::new()) };
    }

    fn words_of(lang: Lang, id: &str) -> Option<[&'static str; 2]> {
        LESSONS.with_borrow(|all| {
            let mut all = all.iter();
            all.find(|(of, name, _)| (*of, *name) == (lang, id))
                .map(|(.., words)| *words)
        })
    }

    /// Whether a lesson's words can be read.
    pub fn is_lesson_here(lang: Lang, id: &str) -> bool {
        words_of(lang, id).is_some()
    }

    /// Takes a lesson's name, title and lead; whether they are those of a lesson.
    pub fn install_lesson(lang: Lang, list: &js_sys::Array) -> bool {
        let text = |place| list.get(place).as_string().unwrap_or_default();
        let Some(lesson) = find_lesson(&text(0)) else {
            return false;
        };
        if !is_lesson_here(lang, lesson.id) {
            // They are read for as long as the page lives.
            let words = [1, 2].map(|place| &*text(place).leak());
            LESSONS.with_borrow_mut(|all| all.push((lang, lesson.id, words)));
        }
        true
    }

    /// The title and the lead of a lesson: of one whose words have not come its name until the titles of all have, and
    /// no lead.
    pub(super) fn lesson(lang: Lang, id: &'static str) -> [&'static str; 2] {
        words_of(lang, id).unwrap_or_else(|| {
            let title = Key::find(&format!("lesson.{id}.title")).map(|key| key.text(lang));
            [title.filter(|title| !title.is_empty()).unwrap_or(id), ""]
        })
    }

    fn of(lang: Lang, part: Part) -> Option<&'static [&'static str]> {
        HERE.with(|here| here[3 * lang as usize + part as usize].get())
    }

    /// Whether that part of a language can be read.
    pub fn is_here(lang: Lang, part: Part) -> bool {
        of(lang, part).is_some()
    }

    /// Takes a part of a language's texts, in the order of their keys after this build's number; whether it is this
    /// build's.
    pub fn install(lang: Lang, part: Part, list: &js_sys::Array) -> bool {
        if list.get(0) != FINGERPRINT {
            return false;
        }
        if !is_here(lang, part) {
            let texts = list
                .iter()
                .skip(1)
                .map(|text| text.as_string().unwrap_or_default());
            // They are read for as long as the page lives.
            let texts: Vec<&str> = texts.map(|text| &*text.leak()).collect();
            HERE.with(|here| here[3 * lang as usize + part as usize].set(Some(texts.leak())));
        }
        true
    }

    pub(super) fn text(lang: Lang, place: usize) -> &'static str {
        // As `file` of `texts.rs` says: those found by their names stand before the others.
        const PARTS: [Part; 3] = [Part::First, Part::Later, Part::Apart];
        let group = ENDS.iter().take_while(|end| **end <= place).count();
        let start = |group: usize| group.checked_sub(1).map_or(0, |before| ENDS[before]);
        let (part, before) = match group.checked_sub(PARTS.len()) {
            None => (PARTS[group], 0),
            Some(found) => (PARTS[found], ENDS[found] - start(found)),
        };
        let place = place - start(group) + before;
        let texts = of(lang, part).unwrap_or_default();
        texts.get(place).copied().unwrap_or_default()
    }
}

/// Fills `{name}` placeholders.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => filled.push_str(value),
            // A placeholder that nobody fills stays readable instead of vanishing.
            None => {
                filled.push('{');
                filled.push_str(name);
                filled.push('}');
            }
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

/// The texts in the language of the moment; every read follows the switch.
#[derive(Clone, Copy)]
pub struct Words(pub Signal<Lang>);

impl Words {
    /// The text.
    pub fn get(self, key: Key) -> &'static str {
        key.text(self.0.get())
    }

    /// The text of a key put together from parts, or the name itself if there is none.
    pub fn find(self, name: &str) -> String {
        match Key::find(name) {
            Some(key) => self.get(key).to_owned(),
            None => name.rsplit('.').next().unwrap_or(name).to_owned(),
        }
    }

    /// The title and the lead of a lesson.
    pub fn lesson(self, id: &'static str) -> [&'static str; 2] {
        lesson(self.0.get(), id)
    }

    /// The text with its placeholders filled.
    pub fn fill(self, key: Key, values: &[(&str, &str)]) -> String {
        fill(self.get(key), values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_wherever_they_stand() {
        assert_eq!(
            fill("{a} then {b}, {a}", &[("a", "1"), ("b", "2")]),
            "1 then 2, 1"
        );
        assert_eq!(fill("{missing} {", &[]), "{missing} {");
    }

    #[test]
    fn keys_are_sorted_within_their_part_and_no_text_is_empty() {
        let mut from = 0;
        for end in ENDS {
            let part = std::mem::replace(&mut from, end)..end;
            assert!(part.len() > 5 && NAMES[part].is_sorted());
        }
        for (index, name) in NAMES.iter().enumerate() {
            let found = (index < NUMBERS.len()).then_some(Key(index as u16));
            assert_eq!(Key::find(name), found, "{name}");
            for lang in Lang::ALL {
                assert!(!Key(index as u16).text(lang).trim().is_empty(), "{name}");
            }
        }
    }

    #[test]
    fn every_setting_and_every_choice_has_its_words() {
        use batchnorm_lab::settings::{Range, SETTINGS};
        for row in SETTINGS
            .iter()
            .filter(|row| !["at", "changes"].contains(&row.name))
        {
            for part in ["label", "help"] {
                let name = format!("control.{}.{part}", row.name);
                assert!(Key::find(&name).is_some(), "{name}");
            }
            if let Range::Choice(names) = row.range {
                for choice in names {
                    let name = format!("choice.{}.{choice}", row.name);
                    assert!(Key::find(&name).is_some(), "{name}");
                }
            }
        }
    }

    #[test]
    fn languages_are_known_by_their_tags() {
        assert_eq!(Lang::from_tag("zh-CN"), Some(Lang::ZhHans));
        assert_eq!(Lang::from_tag("zh_CN"), Some(Lang::ZhHans));
        assert_eq!(Lang::from_tag("EN-gb"), Some(Lang::En));
        assert_eq!(Lang::from_tag("fr"), None);
    }
}
