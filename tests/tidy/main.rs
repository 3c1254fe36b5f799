//! The invariants of the README, as absences in the source text. Runs natively only: it reads the repository.
#![cfg(not(target_arch = "wasm32"))]

mod documents;
mod rooms;
mod sizes;
mod source;

use std::fs;
use std::path::Path;

use source::{Source, sources};

/// Code lines only: an invariant may be spoken of in a comment.
fn offences(source: &Source, words: &[&str]) -> Vec<String> {
    let code = source
        .product_lines()
        .into_iter()
        .filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.filter(|(_, line)| words.iter().any(|word| line.contains(word)))
        .map(|(number, line)| format!("{}:{number}: {}", source.path, line.trim()))
        .collect()
}

fn check(folder: &str, spared: &[&str], words: &[&str]) {
    let sources = sources(folder, &["rs"]);
    let checked = sources
        .iter()
        .filter(|s| !s.is_test() && !spared.iter().any(|part| s.path.starts_with(part)));
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
        &["nanoserde::"],
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
    for folder in ["src", "web/app/src", "web/pool/src", "web/worker/src"] {
        let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let found: Vec<String> = sources(folder, &["rs"])
            .iter()
            .filter(|source| !source.is_test() && source.path != "web/app/src/i18n.rs")
            .filter(|source| {
                let mut lines = source.product_lines().into_iter();
                lines.any(|(_, line)| line.chars().any(is_chinese))
            })
            .map(|source| source.path.clone())
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
    for folder in ["src", "web/app/src", "web/pool/src", "web/worker/src"] {
        check(
            folder,
            &[],
            &["rand::", "getrandom", "Math::random", "HashMap", "HashSet"],
        );
    }
}

#[test]
fn every_file_of_tests_is_in_a_program_that_runs() {
    // What `cargo xtask test` asks for by name in a browser, besides `tests/core` with its files and the page's tests.
    let run = [
        "web/worker/tests/pump.rs",
        "gpu/tests/grid.rs",
        "gpu/tests/gpu/",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all = fs::read_to_string(root.join("tests/core/main.rs")).expect("tests/core/main.rs");
    let attribute = ["#[wasm_bindgen", "_test"].concat();
    let mut found: Vec<String> = Vec::new();
    for folder in ["src", "tests", "gpu", "web/worker", "web/pool", "web/bench"] {
        for source in sources(folder, &["rs"]) {
            let of_core = source.path.strip_prefix("tests/core/");
            let is_run = match of_core.and_then(|name| name.strip_suffix(".rs")) {
                Some("main") => true,
                Some(name) if !name.contains('/') => all.contains(&format!("\nmod {name};")),
                _ => {
                    let is_asked_for = run.iter().any(|path| source.path.starts_with(path));
                    is_asked_for || !source.text.contains(&attribute)
                }
            };
            if !is_run {
                found.push(source.path);
            }
        }
    }
    assert!(found.is_empty(), "nothing runs the tests of {found:?}");
}
