//! The style sheets against each other and against the page's source. Runs natively only: it reads the repository.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every file under a folder of `web/` with one of these extensions, as one text.
fn sources(folder: &str, extensions: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(folder);
    let mut found = Vec::new();
    walk(&root, &mut found);
    let texts = found
        .into_iter()
        .filter(|path| {
            extensions
                .iter()
                .any(|e| path.extension().is_some_and(|x| x == *e))
        })
        .map(|path| fs::read_to_string(path).expect("a source file is text"));
    let text: String = texts.collect();
    assert!(!text.is_empty(), "nothing under {folder}");
    text
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// What stands after each `prefix`, up to the end of a name.
fn names_after<'a>(text: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    text.match_indices(prefix)
        .map(|(at, _)| {
            let rest = &text[at + prefix.len()..];
            rest.split(|c| !is_of_a_name(c)).next().unwrap_or_default()
        })
        .collect()
}

/// Names that a text mentions as whole words.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c| !is_of_a_name(c)).collect()
}

#[test]
fn every_custom_property_is_defined_and_used() {
    let styles = sources("styles", &["css"]);
    let page = sources("app/src", &["rs"]);
    let used = names_after(&styles, "var(--");
    let defined: BTreeSet<&str> = styles
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--")?.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    // The page gives some, on elements.
    let given = names_after(&page, "\"--");
    let unused: Vec<_> = defined.difference(&used).collect();
    assert!(unused.is_empty(), "defined, used nowhere: {unused:?}");
    let undefined: Vec<_> = used
        .iter()
        .filter(|name| !defined.contains(*name) && !given.contains(*name))
        .collect();
    assert!(undefined.is_empty(), "used, defined nowhere: {undefined:?}");
    assert!(used.len() > 20, "{used:?}");
}

#[test]
fn every_class_is_on_some_element() {
    let styles = sources("styles", &["css"]);
    let page = sources("app/src", &["rs"]) + &sources("element", &["js", "mjs"]);
    let page = words(&page);
    let selectors: String = styles
        .split('}')
        .filter_map(|rule| rule.rsplit_once('{'))
        .map(|(selector, _)| selector)
        .collect();
    let classes = names_after(&selectors, ".");
    let unused: Vec<_> = classes
        .iter()
        .filter(|class| class.starts_with(|c: char| c.is_ascii_alphabetic()))
        .filter(|class| !page.contains(*class))
        .collect();
    assert!(unused.is_empty(), "no element has: {unused:?}");
    assert!(classes.len() > 50, "{classes:?}");
}
