//! Pages beside the lab: what all of them have in common stands once, in `web/page/parts`, and is written into each where it
//! says `<!-- part: name -->`; colours and type in `web/page/document.css`, which begins their style sheet.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::styles::without_comments;

/// The style sheet of these pages.
const SHEET: &str = "web/bench/page/bench.css";
const MARK: &str = "<!-- part: ";
const END: &str = " -->";

/// Writes the parts into every page of a folder of the site.
///
/// # Errors
/// A page cannot be read or written, or names a part that is not there.
pub fn fill_pages(root: &Path, site: &Path) -> Result<()> {
    let read = |path: &Path| {
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let sheet = read(&root.join("web/page/document.css"))? + &read(&root.join(SHEET))?;
    fs::write(site.join("bench.css"), without_comments(&sheet))?;
    let entries = fs::read_dir(site).with_context(|| format!("cannot list {}", site.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|end| end != "html") {
            continue;
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        if !text.contains(MARK) {
            continue;
        }
        let part = |name: &str| {
            let file = root.join(format!("web/page/parts/{name}.html"));
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
        };
        let filled = fill(&text, &part).with_context(|| path.display().to_string())?;
        fs::write(&path, filled).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// A line that names a part becomes that part.
fn fill(text: &str, part: &dyn Fn(&str) -> Result<String>) -> Result<String> {
    let mut filled = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let named = line.trim().strip_prefix(MARK);
        match named.and_then(|rest| rest.strip_suffix(END)) {
            Some(name) => filled.push_str(&part(name)?),
            None => filled.push_str(line),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn a_line_that_names_a_part_becomes_it_and_an_unknown_one_is_an_error() {
        let part = |name: &str| match name {
            "head" => Ok("<b>\n".to_owned()),
            _ => bail!("no part {name}"),
        };
        let check = |text: &str, filled: &str| assert_eq!(fill(text, &part).unwrap(), filled);
        check("a\n  <!-- part: head -->\nc\n", "a\n<b>\nc\n");
        check("a <!-- part: head -->\n", "a <!-- part: head -->\n");
        assert!(fill("<!-- part: foot -->", &part).is_err());
    }
}
