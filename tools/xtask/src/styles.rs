//! The style sheets in the files that are fetched at different moments. Writes no style.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Style sheets that others build on come first; the rest follow by name.
const FIRST: [&str; 9] = [
    "tokens.css",
    "element.css",
    "base.css",
    "lab.css",
    "lab-narrow.css",
    "print.css",
    "controls.css",
    "fields.css",
    "messages.css",
];

/// Files besides `styles.css`, and what is in them: where panels stand, what a figure alone needs, what is wanted after the
/// first picture, what panels have that a lab opens over itself.
const FILES: [(&str, &[&str]); 4] = [
    ("styles-lab.css", &["lab.css", "lab-narrow.css"]),
    ("styles-figure.css", &["figures.css", "figure-foot.css"]),
    (
        "styles-later.css",
        &["print.css", "fields.css", "grids.css", "telling.css"],
    ),
    (
        "styles-panels.css",
        &["fold.css", "measured.css", "number-line.css"],
    ),
];

/// Every file and its text. A sheet begins with its rank, by which `lab.js` puts those that have come in their order.
///
/// # Errors
/// A sheet cannot be read.
pub fn sheets(mut styles: Vec<PathBuf>) -> Result<Vec<(&'static str, String)>> {
    styles.sort_by_key(|path| {
        let rank = FIRST.iter().position(|first| name(path) == *first);
        (rank.unwrap_or(FIRST.len()), name(path).to_owned())
    });
    let mut sheets = vec![("styles.css", String::new())];
    sheets.extend(FILES.map(|(file, _)| (file, String::new())));
    for (rank, path) in styles.iter().enumerate() {
        let text = fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
        let part = FILES.iter().position(|(_, of)| of.contains(&name(path)));
        let text = format!("/*{rank:02}*/{}", without_comments(&text));
        sheets[part.map_or(0, |part| part + 1)].1.push_str(&text);
    }
    Ok(sheets)
}

/// A style sheet without indentation, empty lines and comments that have lines of their own. A minifier (lightningcss,
/// esbuild) takes 40 to 90 bytes of brotli more out of it.
pub fn without_comments(sheet: &str) -> String {
    let mut kept = String::with_capacity(sheet.len());
    let mut is_in_comment = false;
    for line in sheet.lines().map(str::trim) {
        if is_in_comment || line.starts_with("/*") {
            is_in_comment = !line.ends_with("*/");
            continue;
        }
        if !line.is_empty() {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}
