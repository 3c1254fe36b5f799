//! The invariants of the README, as absences in the source text. Runs natively only: it reads the repository.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Path, PathBuf};

/// A source file and what counts of it: nothing after its unit tests.
struct Source {
    path: String,
    text: String,
}

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join(folder), &mut found);
    assert!(!found.is_empty(), "no source under {folder}");
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a source file is text");
            let own = text.split("#[cfg(test)]").next().unwrap_or_default();
            Source {
                path: path
                    .strip_prefix(root)
                    .expect("under the root")
                    .display()
                    .to_string(),
                text: own.to_owned(),
            }
        })
        .collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Code lines only: an invariant may be spoken of in a comment.
fn offences(source: &Source, words: &[&str]) -> Vec<String> {
    let code = source
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.filter(|(_, line)| words.iter().any(|word| line.contains(word)))
        .map(|(number, line)| format!("{}:{}: {}", source.path, number + 1, line.trim()))
        .collect()
}

fn check(folder: &str, spared: &[&str], words: &[&str]) {
    let sources = sources(folder);
    let checked = sources
        .iter()
        .filter(|s| !spared.iter().any(|part| s.path.starts_with(part)));
    let found: Vec<String> = checked.flat_map(|source| offences(source, words)).collect();
    assert!(
        found.is_empty(),
        "{words:?} must not stand here:\n{}",
        found.join("\n")
    );
}

#[test]
fn the_core_knows_no_browser() {
    check(
        "src",
        &[],
        &[
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "leptos",
            "plotters",
            "std::time",
            "std::thread",
        ],
    );
}

#[test]
fn the_core_has_no_unsafe_code() {
    let library = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs"))
        .expect("lib.rs");
    assert!(library.contains("#![forbid(unsafe_code)]"));
}

#[test]
fn only_lanes_name_the_machine() {
    check("src", &["src/lanes/"], &["core::arch", "std::arch"]);
}

#[test]
fn only_the_protocol_and_values_of_settings_are_serialised() {
    check(
        "src",
        &["src/protocol", "src/settings/value.rs"],
        &["serde::", "postcard::"],
    );
}

#[test]
fn only_the_worker_link_and_the_worker_post_messages() {
    check(
        "web/app/src",
        &["web/app/src/worker_link.rs"],
        &["post_message"],
    );
}

#[test]
fn text_for_people_lives_with_the_translations() {
    // Chinese in the source is the sure sign of a text that escaped; English ones are found by looking.
    for folder in ["src", "web/app/src", "web/worker/src"] {
        let found: Vec<String> = sources(folder)
            .iter()
            .filter(|source| {
                source
                    .text
                    .chars()
                    .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
            })
            .map(|source| source.path.clone())
            .filter(|path| path != "web/app/src/i18n.rs" && !path.ends_with("tests.rs"))
            .collect();
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn kernels_allocate_nothing() {
    check(
        "src/kernels",
        &[],
        &[
            "vec!", "Vec::", "to_vec()", "Box::", "String", "format!", ".collect",
        ],
    );
}

#[test]
fn controls_and_charts_know_no_lesson() {
    for folder in ["web/app/src/charts", "web/app/src/controls"] {
        check(folder, &[], &["lessons", "presets"]);
    }
}

#[test]
fn all_chance_comes_from_the_seed() {
    for folder in ["src", "web/app/src", "web/worker/src"] {
        check(
            folder,
            &[],
            &["rand::", "getrandom", "Math::random", "HashMap", "HashSet"],
        );
    }
}

#[test]
fn every_file_says_what_it_is_for_and_stays_readable() {
    for folder in ["src", "tests", "tools", "web", "examples"] {
        for source in sources(folder) {
            assert!(
                source.text.starts_with("//!"),
                "{} does not say what it is for",
                source.path
            );
            let lines = source.text.lines().count();
            let is_spared = ["tests/", "tests.rs", "examples/"]
                .iter()
                .any(|part| source.path.contains(part));
            assert!(
                is_spared || lines <= 400,
                "{} has {lines} lines",
                source.path
            );
        }
    }
}
