//! The files of the repository as the tests of `tidy` read them: Rust parsed, its unit tests set apart.

use std::fs;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A file of the repository.
pub struct Source {
    /// From the repository's root.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// Every file with one of these extensions under a folder, sorted by path.
///
/// # Panics
/// If there is none.
pub fn sources(folder: &str, extensions: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join(folder), &mut found);
    found.sort();
    let has_extension = |path: &PathBuf| {
        let extension = path.extension().and_then(|e| e.to_str());
        extension.is_some_and(|e| extensions.contains(&e))
    };
    let sources: Vec<Source> = found
        .into_iter()
        .filter(has_extension)
        .map(|path| Source {
            text: fs::read_to_string(&path).expect("a source file is text"),
            path: path
                .strip_prefix(root)
                .expect("under the root")
                .display()
                .to_string(),
        })
        .collect();
    assert!(!sources.is_empty(), "no {extensions:?} under {folder}");
    sources
}

/// Build outputs are nobody's source.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str());
        if path.is_dir() && name != Some("target") {
            walk(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

impl Source {
    /// Whether it is a test or what only tests use.
    pub fn is_test(&self) -> bool {
        ["tests/", "/tests.rs", "examples/"]
            .iter()
            .any(|part| self.path.contains(part))
    }

    /// Its syntax.
    pub fn parse(&self) -> syn::File {
        syn::parse_file(&self.text).unwrap_or_else(|error| panic!("{}: {error}", self.path))
    }

    /// The lines, numbered from 1, of what is compiled outside tests; an item behind `#[cfg(test)]` is left out
    /// wherever it stands.
    pub fn product_lines(&self) -> Vec<(usize, &str)> {
        let mut items = TestItems(Vec::new());
        items.visit_file(&self.parse());
        let is_test = |number: usize| {
            items
                .0
                .iter()
                .any(|(from, to)| (*from..=*to).contains(&number))
        };
        self.text
            .lines()
            .enumerate()
            .map(|(place, line)| (place + 1, line))
            .filter(|(number, _)| !is_test(*number))
            .collect()
    }
}

/// Whether one of these attributes is `#[cfg(test)]`.
pub fn is_test_only(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|word| word == "test")
    })
}

/// First and last line of every item behind `#[cfg(test)]`.
struct TestItems(Vec<(usize, usize)>);

impl<'ast> Visit<'ast> for TestItems {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Const(item) => &item.attrs,
            syn::Item::Static(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if is_test_only(attributes) {
            let span = item.span();
            self.0.push((span.start().line, span.end().line));
        } else {
            visit::visit_item(self, item);
        }
    }
}
