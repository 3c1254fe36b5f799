//! What keeps a file readable: it says what it is for, and neither it nor a function of it is long.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::source::{Source, is_test_only, sources};

/// Lines of a file. Tests may be longer.
const LONGEST_FILE: usize = 400;
/// Lines of a function. Tests may be longer.
const LONGEST_FUNCTION: usize = 80;

const RUST: [&str; 6] = ["src", "gpu", "tests", "tools", "web", "examples"];

#[test]
fn every_file_says_what_it_is_for() {
    let check = |folder: &str, extension: &str, begins: &str| {
        for source in sources(folder, &[extension]) {
            assert!(
                source.text.starts_with(begins),
                "{} does not say what it is for",
                source.path
            );
        }
    };
    for folder in RUST {
        check(folder, "rs", "//!");
    }
    check("web", "js", "//");
    check("web", "css", "/*");
    check("gpu", "wgsl", "//");
}

#[test]
fn files_stay_readable() {
    let rust = RUST.iter().flat_map(|folder| sources(folder, &["rs"]));
    let others = [("web", "js"), ("web", "css"), ("gpu", "wgsl")];
    let others = others.iter().flat_map(|(folder, e)| sources(folder, &[e]));
    let long: Vec<String> = rust
        .chain(others)
        .filter(|source| !source.is_test())
        .map(|source| (source.text.lines().count(), source.path))
        .filter(|(lines, _)| *lines > LONGEST_FILE)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn functions_stay_readable() {
    let sources = RUST.iter().flat_map(|folder| sources(folder, &["rs"]));
    let long: Vec<String> = sources
        .filter(|source| !source.is_test())
        .flat_map(|source| long_functions(&source))
        .chain(sources_of_scripts().flat_map(|source| long_script_functions(&source)))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

fn sources_of_scripts() -> impl Iterator<Item = Source> {
    sources("web", &["js"]).into_iter()
}

/// A function of a script begins and ends at the left edge.
fn long_script_functions(source: &Source) -> Vec<String> {
    let mut long = Vec::new();
    let mut begun = None;
    for (place, line) in source.text.lines().enumerate() {
        let head = line
            .trim_start_matches("export ")
            .trim_start_matches("async ");
        if head.starts_with("function") {
            begun = Some(place);
        } else if line == "}"
            && let Some(from) = begun.take()
            && place - from + 1 > LONGEST_FUNCTION
        {
            long.push(format!(
                "{}:{}: {} lines",
                source.path,
                from + 1,
                place - from + 1
            ));
        }
    }
    long
}

fn long_functions(source: &Source) -> Vec<String> {
    let mut functions = Functions(Vec::new());
    functions.visit_file(&source.parse());
    let long = functions.0.into_iter().filter(|f| f.2 > LONGEST_FUNCTION);
    long.map(|(name, line, lines)| format!("{}:{line}: `{name}` has {lines} lines", source.path))
        .collect()
}

/// Name, first line and number of lines of every function outside unit tests.
struct Functions(Vec<(String, usize, usize)>);

impl Functions {
    fn take(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let (from, to) = (signature.span().start().line, body.span().end().line);
        self.0
            .push((signature.ident.to_string(), from, to - from + 1));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test_only(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.take(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.take(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }
}
