//! The text of a link: lesson, language and theme, then what differs from the lesson. Touches no browser.

use batchnorm_lab::error::Error;
use batchnorm_lab::settings::{Scope, Setting, Settings};

use crate::i18n::Lang;
use crate::state::ThemeChoice;
use batchnorm_lab::lessons::{LESSONS, Lesson, lesson as find_lesson};

/// What a link says.
#[derive(Debug, PartialEq)]
pub struct Link {
    /// The lesson, if one is named.
    pub lesson: Option<&'static Lesson>,
    /// The language, if one is named.
    pub lang: Option<Lang>,
    /// The theme, if one is named.
    pub theme: Option<ThemeChoice>,
    /// What computes it, if that is named.
    pub engine: Option<String>,
    /// What the race grid and the sweep are asked for, as text; nothing where it is not said.
    pub grids: [String; 2],
    /// The run: the lesson's settings, then the link's own.
    pub settings: Settings,
    /// What could not be used; the default stands in its place.
    pub errors: Vec<Error>,
}

/// Reads `lesson=…&lang=…&theme=…&name=value…`; `lesson` is used where the text names none.
pub fn read(text: &str, lesson: Option<&'static Lesson>) -> Link {
    let mut link = Link {
        lesson,
        lang: None,
        theme: None,
        engine: None,
        grids: Default::default(),
        settings: Settings::default(),
        errors: Vec::new(),
    };
    let mut rest = Vec::new();
    for pair in text.trim_start_matches(['#', '?']).split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let known = match name {
            "lesson" => find_lesson(value).map(|p| link.lesson = Some(p)),
            "lang" => Lang::from_tag(value).map(|l| link.lang = Some(l)),
            "theme" => ThemeChoice::from_name(value).map(|t| link.theme = Some(t)),
            "race" => {
                link.grids[0] = value.to_owned();
                Some(())
            }
            "sweep" => {
                link.grids[1] = value.to_owned();
                Some(())
            }
            "engine" => {
                link.engine = Some(value.to_owned());
                Some(())
            }
            _ => {
                rest.push(pair);
                continue;
            }
        };
        if known.is_none() {
            link.errors.push(refusal(name, value));
        }
    }
    let base = base(link.lesson);
    let (settings, errors) = base.with_text(&rest.join("&"));
    link.settings = settings;
    link.errors.extend(errors);
    link
}

/// Settings with which a lesson begins.
pub fn base(lesson: Option<&'static Lesson>) -> Settings {
    lesson.map_or_else(Settings::default, |p| Settings::from_text(p.settings).0)
}

/// The settings that differ from those which the words of a lesson are about. How a run is looked at, and which seed it
/// grew from, changes no word of them, nor does what the lesson itself changes on the way; the sandbox has none that could
/// become untrue.
pub fn departures(lesson: &'static Lesson, now: &Settings) -> Vec<&'static Setting> {
    let is_view = |row: &Setting| row.scope == Scope::View || row.name == "seed";
    if lesson.panel.is_empty() {
        return Vec::new();
    }
    let base = base(Some(lesson));
    let is_own = |row: &Setting| {
        let mut own = base.changes.iter();
        own.any(|change| change.setting.name == row.name && change.value == (row.get)(now))
    };
    let rows = now.differing(&base);
    rows.filter(|row| !is_view(row) && !is_own(row)).collect()
}

/// The text that `read` turns back into the same lesson and settings.
pub fn write(lesson: Option<&'static Lesson>, settings: &Settings) -> String {
    let base = base(lesson);
    let mut parts = Vec::new();
    // A bare link begins with the first lesson; naming it would only lengthen the link.
    if let Some(lesson) = lesson.filter(|lesson| lesson.id != LESSONS[0].id) {
        parts.push(format!("lesson={}", lesson.id));
    }
    parts.extend(settings.text_over(&base));
    parts.join("&")
}

/// A language and a theme.
pub type Manner = (Lang, ThemeChoice);

/// The text of `run` in an address `?query#there`: where the run is another than the query says, it says so, for the link goes
/// before the query. `engines` are that of the moment and the one with which the page began.
pub fn over_query([query, there]: [&str; 2], run: &str, engines: [&str; 2]) -> String {
    let names = |text: &str, name| text.split('&').any(|pair| pair.starts_with(name));
    let mut said = String::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, now, is_other) = match name {
            // Which a link need not name.
            "lesson" => ("lesson=", LESSONS[0].id, find_lesson(value).is_some()),
            "engine" => {
                let is_other = engines[0] != engines[1] || names(there, "engine=");
                ("engine=", engines[0], is_other)
            }
            _ => continue,
        };
        if is_other && value != now && !names(run, name) {
            [name, now, "&"]
                .into_iter()
                .for_each(|part| said.push_str(part));
        }
    }
    said.push_str(run);
    if run.is_empty() {
        said.pop();
    }
    said
}

/// The address of `run`, where `there` is the one that stands. It keeps language and theme where they are named there or
/// are no longer those with which the page began, and what could not be used while the reader is told so: there it is mended.
pub fn address(there: &str, run: &str, now: Manner, began: Manner, errors: &[Error]) -> String {
    let mut text = String::new();
    let mut add = |parts: [&str; 3]| parts.iter().for_each(|part| text.push_str(part));
    for (name, value, is_new) in [
        ("lang=", now.0.tag(), now.0 != began.0),
        ("theme=", now.1.name(), now.1 != began.1),
    ] {
        // A search for a text inside another would weigh 1.5 kB brotli.
        let is_named = there.split('&').any(|pair| pair.starts_with(name));
        if is_new || is_named {
            add([name, value, "&"]);
        }
    }
    if !run.is_empty() {
        add([run, "&", ""]);
    }
    for pair in there.split('&') {
        let (is, was) = pair.split_once('=').unwrap_or((pair, ""));
        let is_refused = |error: &Error| match error {
            Error::UnknownSetting { name } => name == is,
            Error::InvalidSetting { name, value, .. } => *name == is && value == was,
            _ => false,
        };
        if errors.iter().any(is_refused) {
            add([pair, "&", ""]);
        }
    }
    text.pop();
    text
}

fn refusal(name: &str, value: &str) -> Error {
    let (name, allowed) = match name {
        "lesson" => {
            let ids: Vec<&str> = LESSONS.iter().map(|p| p.id).collect();
            ("lesson", ids.join(" | "))
        }
        "lang" => ("lang", "en | zh-Hans".into()),
        _ => ("theme", "auto | light | dark".into()),
    };
    Error::InvalidSetting {
        name,
        value: value.to_owned(),
        allowed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_restores_lesson_and_settings() {
        let lesson = find_lesson("small-batch");
        let mut settings = base(lesson);
        // Back to the global default: the link must say so, or the lesson's value would win.
        settings.set("batch", "32").unwrap();
        settings.set("at", "240").unwrap();
        let text = write(lesson, &settings);
        assert_eq!(text, "lesson=small-batch&batch=32&at=240");
        let link = read(&text, None);
        assert_eq!(link.errors, []);
        assert_eq!(link.lesson, lesson);
        assert_eq!(link.settings, settings);
    }

    #[test]
    fn a_lesson_is_departed_from_by_what_its_words_are_about() {
        for (link, departures) in [
            ("", ""),
            (
                "speed=slow&layer=3&unit=2&pin=4&stats=running&seed=8&at=20",
                "",
            ),
            ("b=none", "b"),
            ("a=layer&b=rms", "a b"),
            ("show=b", "show"),
            ("lesson=small-batch&batch=500", "batch"),
            ("lesson=small-batch&batch=2", ""),
            ("lesson=sandbox&batch=2&b=none", ""),
            // What the lesson itself changes on the way.
            ("lesson=fine-tuning&batch=8&shift=1&lr=0.0001", ""),
            ("lesson=fine-tuning&batch=4", "batch"),
        ] {
            let link = read(link, LESSONS.first());
            let lesson = link.lesson.expect("a lesson");
            let rows = super::departures(lesson, &link.settings);
            let names: Vec<&str> = rows.iter().map(|row| row.name).collect();
            assert_eq!(names.join(" "), departures, "{link:?}");
        }
    }

    #[test]
    fn a_bare_link_is_the_first_lesson() {
        let first = LESSONS.first();
        assert_eq!(write(first, &base(first)), "");
        let link = read("", first);
        assert_eq!((link.lesson, link.errors.len()), (first, 0));
    }

    #[test]
    fn language_and_theme_are_not_settings() {
        let link = read("#lang=zh-CN&theme=dark&lr=0.1", None);
        assert_eq!(link.errors, []);
        assert_eq!(link.lang, Some(Lang::ZhHans));
        assert_eq!(link.theme, Some(ThemeChoice::Dark));
        assert_eq!(link.settings.learning_rate, 0.1);
    }

    #[test]
    fn an_engine_is_no_setting() {
        let link = read("#engine=relaxed&lr=0.1", None);
        assert_eq!((link.errors, link.engine), (vec![], Some("relaxed".into())));
    }

    #[test]
    fn what_grids_are_asked_for_is_no_setting() {
        let link = read("#race=lr:0.1;;5;1&lr=0.1&sweep=batch:2", None);
        assert_eq!(link.errors, []);
        assert_eq!(link.grids, ["lr:0.1;;5;1", "batch:2"]);
    }

    #[test]
    fn an_address_keeps_language_theme_and_what_is_to_be_mended() {
        let began = (Lang::En, ThemeChoice::Auto);
        let dark = (Lang::ZhHans, ThemeChoice::Dark);
        for (there, now, kept) in [
            ("", began, ""),
            ("batch=8", began, "batch=8"),
            ("", dark, "lang=zh-Hans&theme=dark"),
            (
                "batch=8&theme=dark&lang=zh",
                dark,
                "lang=zh-Hans&theme=dark&batch=8",
            ),
            // Chosen, then left again.
            ("lang=zh-Hans&lr=0.3", began, "lang=en&lr=0.3"),
            ("batch=8&theme=auto", began, "theme=auto&batch=8"),
            (
                "lr=fast&colour=red&batch=8",
                began,
                "batch=8&lr=fast&colour=red",
            ),
            ("lesson=x&lr=fast&lr=0.3", began, "lr=0.3&lesson=x&lr=fast"),
            ("lr=0.30000000000000004", began, "lr=0.3"),
            ("lr", began, "lr"),
        ] {
            let link = read(there, LESSONS.first());
            let run = write(link.lesson, &link.settings);
            let own = address(there, &run, now, began, &link.errors);
            assert_eq!(own, kept, "{there}");
            assert_eq!(address(&own, &run, now, began, &link.errors), kept);
        }
        // Shared: nothing that has to be mended goes with it.
        assert_eq!(
            address("lang=en&batch=8&lr=fast", "at=3", began, began, &[]),
            "lang=en&at=3"
        );
    }

    #[test]
    fn what_a_query_names_is_said_again_where_the_run_is_another() {
        let [fast, wide, gpu] = ["simd128", "relaxed", "webgpu"];
        for (query, there, run, engines, said) in [
            ("", "", "lr=1", [fast, wide], "lr=1"),
            ("lesson=noise", "", "", [fast; 2], "lesson=first-look"),
            (
                "lesson=noise",
                "",
                "at=3",
                [fast; 2],
                "lesson=first-look&at=3",
            ),
            (
                "lesson=noise",
                "",
                "lesson=images",
                [fast; 2],
                "lesson=images",
            ),
            ("lesson=first-look", "", "lr=1", [fast; 2], "lr=1"),
            // Neither is read.
            ("lesson=nosuch&mylesson=noise", "", "", [fast; 2], ""),
            ("engine=relaxed", "", "", [fast, wide], "engine=simd128"),
            (
                "engine=relaxed",
                "engine=simd128",
                "lr=1",
                [fast; 2],
                "engine=simd128&lr=1",
            ),
            ("lang=en&engine=relaxed", "", "lr=1", [wide; 2], "lr=1"),
            ("engine=relaxed", "engine=relaxed", "", [wide; 2], ""),
            // Nobody chose.
            ("engine=auto", "", "", [fast; 2], ""),
            ("engine=turbo", "", "lr=1", [fast; 2], "lr=1"),
            (
                "engine=simd128",
                "",
                "engine=webgpu",
                [gpu, fast],
                "engine=webgpu",
            ),
            (
                "engine=relaxed&lesson=noise",
                "",
                "lr=1",
                [fast, wide],
                "engine=simd128&lesson=first-look&lr=1",
            ),
        ] {
            assert_eq!(
                over_query([query, there], run, engines),
                said,
                "{query} {run}"
            );
        }
    }

    #[test]
    fn every_step_that_a_run_can_reach_can_be_linked_to() {
        for step in [1, 10_000_000, 10_000_001, 1 << 40, (1 << 53) - 1] {
            let settings = Settings {
                at: step,
                ..Settings::default()
            };
            let text = write(None, &settings);
            let link = read(&text, None);
            assert_eq!((link.settings.at, link.errors), (step, vec![]), "{text}");
        }
    }

    #[test]
    fn each_wrong_field_is_named_and_the_rest_is_used() {
        let link = read("lesson=nothing&lr=fast&batch=8&colour=red&theme=blue", None);
        let codes: Vec<&str> = link.errors.iter().map(Error::code).collect();
        assert_eq!(
            codes,
            [
                "invalid-setting",
                "invalid-setting",
                "invalid-setting",
                "unknown-setting"
            ]
        );
        assert_eq!(link.settings.batch, 8);
        assert_eq!(
            link.settings.learning_rate,
            Settings::default().learning_rate
        );
    }
}
