//! What documents name is there: a file of the repository in backticks that says its folder.

use std::fs;
use std::path::Path;

/// Endings of files that are named with their folder.
const ENDINGS: [&str; 8] = ["rs", "js", "json", "css", "html", "wgsl", "toml", "md"];

fn documents() -> Vec<String> {
    let mut all = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for entry in fs::read_dir("docs").expect("docs").flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|end| end == "md") {
            all.push(path.to_string_lossy().into_owned());
        }
    }
    all
}

/// Whether it names a file by its folder: no command, no pattern, no address.
fn is_path(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/_-.".contains(c);
    let end = text.rsplit_once('.').map(|(_, end)| end);
    text.contains('/')
        && text.chars().all(is_plain)
        && !text.starts_with("./")
        && end.is_some_and(|end| ENDINGS.contains(&end))
}

#[test]
fn every_file_that_a_document_names_is_there() {
    let mut named = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a document");
        // Every second piece stands between backticks.
        for path in text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|text| is_path(text))
        {
            named += 1;
            // What is built stands beside the sources of a site.
            let is_built = ["stills/", "dist/"]
                .iter()
                .any(|start| path.starts_with(start));
            assert!(is_built || Path::new(path).exists(), "{document}: `{path}`");
        }
    }
    assert!(named > 20, "{named} files named");
}
