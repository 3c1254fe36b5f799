//! What every language's texts have in common: their keys and placeholders, and the number by which the page knows a list
//! of texts for its own. Shared by the page's build script and the site's, and reads no file.

use std::collections::BTreeMap;

#[path = "fnv.rs"]
pub mod fnv;

/// Texts by key.
pub type Texts = BTreeMap<String, String>;

/// Without those of the element, which shows them before the page is there.
pub fn of_program(mut texts: Texts) -> Texts {
    texts.retain(|key, _| !key.starts_with("element."));
    texts
}

/// Without those of the still pictures too, which are drawn when the site is built, and the leads of lessons, which come
/// with their lesson.
pub fn of_page(texts: Texts) -> Texts {
    let mut texts = of_program(texts);
    texts.retain(|key, _| !key.starts_with("still.") && lesson(key) != Some("lead"));
    texts
}

/// Which text of a lesson a key is of, its title or its lead.
fn lesson(key: &str) -> Option<&str> {
    let (_, word) = key.strip_prefix("lesson.")?.split_once('.')?;
    Some(word)
}

/// What a lesson brings of its own, in a file for each language: its name, its title and its lead. The build of the page
/// writes none.
#[allow(dead_code)]
pub fn of_lessons(texts: &Texts) -> Vec<[&str; 3]> {
    let words = texts.iter().filter_map(|(key, title)| {
        let name = key.strip_prefix("lesson.")?.strip_suffix(".title")?;
        let lead = texts.get(&format!("lesson.{name}.lead"))?;
        Some([name, title, lead])
    });
    words.collect()
}

/// Texts that the first picture does without, by the beginnings of their keys; they come with the second module.
const LATER: [&str; 21] = [
    "batch-noise.",
    "block.",
    "choice.",
    "control.",
    "curve.",
    "detail.",
    "engine.",
    "key.",
    "legend.",
    "message.",
    "needs.",
    "notice.",
    "output.",
    "read.digits",
    "read.s",
    "read.t",
    "read.u",
    "selected-unit.",
    "settings.",
    "summary.",
    "tell.",
];
/// What of them the first picture says all the same.
const FIRST: [&str; 10] = [
    "choice.a.",
    "choice.speed.",
    "control.seed.",
    "control.speed.",
    "message.load-again",
    "message.lost",
    "message.not-all-loaded",
    "message.not-loaded",
    "message.restart",
    "read.step",
];

/// What only the sheet of a panel, help, or panels of modules with words of their own say; it comes with the first of these.
const APART: &[&str] = &[
    "compared.",
    "by-class.",
    "devices.",
    "cells.",
    "fold.",
    "backward.",
    "frameworks.",
    "grid.",
    "help.",
    "how.",
    "measured.",
    "sharing.",
    "number-line.",
    "numbers.",
    "sweep.",
    "tell.",
    "term.",
    "watched.",
];
/// What of them is said without these.
const NOT_APART: [&str; 4] = ["how.title", "tell.diverged", "tell.refused", "tell.status."];

/// What is found by its name, which is put together where it is said: the page knows the names of no other text.
const FOUND: [&str; 11] = [
    "block.",
    "choice.",
    "control.",
    "engine.",
    "grid.axis.",
    "how.",
    "lesson.",
    "needs.",
    "panel.",
    "term.",
    "theme.",
];
/// How many files a language has: 0 what comes at once, 1 what comes with the second module, 2 what comes apart from it.
pub const FILES: usize = 3;
/// How many groups there are: of each file those found by their names, then the rest of each file.
pub const GROUPS: usize = 2 * FILES;

fn begins(key: &str, list: &[&str]) -> bool {
    list.iter().any(|start| key.starts_with(start))
}

/// The group of a key.
pub fn group(key: &str) -> usize {
    let comes = |list: &[&str], not: &[&str]| begins(key, list) && !begins(key, not);
    let file = if comes(APART, &NOT_APART) {
        2
    } else {
        // Of lessons there are many: the first picture needs the words of its own, which it brings.
        usize::from(comes(&LATER, &FIRST) || lesson(key).is_some())
    };
    file + if begins(key, &FOUND) { 0 } else { FILES }
}

/// The file that texts of a group stand in. The build of the page writes none.
#[allow(dead_code)]
pub fn file(group: usize) -> usize {
    group % FILES
}

/// The keys in the order of their numbers: by group, then by name.
pub fn in_order(texts: &Texts) -> Vec<&str> {
    let of = |wanted| texts.keys().filter(move |key| group(key) == wanted);
    (0..GROUPS).flat_map(of).map(String::as_str).collect()
}

/// The names in braces, sorted.
pub fn placeholders(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Of keys and placeholders: the same for every language of a build, and another one where a text has moved to another
/// place of the list.
pub fn fingerprint(texts: &Texts) -> u32 {
    let mut number = fnv::START;
    for (key, text) in texts {
        for part in std::iter::once(key.as_str()).chain(placeholders(text)) {
            // What no text has ends each part.
            number = fnv::hash(fnv::hash(number, part), "\u{0}");
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_as_many_texts_with_other_keys_or_placeholders_has_another_number() {
        let number = |texts: &[(&str, &str)]| {
            let texts = texts
                .iter()
                .map(|(key, text)| ((*key).into(), (*text).into()));
            fingerprint(&texts.collect())
        };
        let one = number(&[("a", "step {n}"), ("b", "loss")]);
        assert_eq!(number(&[("a", "第 {n} 步"), ("b", "损失")]), one);
        for other in [
            [("a", "step {n}"), ("c", "loss")],
            [("a", "step"), ("b", "loss {n}")],
            [("a", "step {m}"), ("b", "loss")],
            [("an", "step"), ("b", "loss")],
        ] {
            assert_ne!(number(&other), one, "{other:?}");
        }
    }
}
