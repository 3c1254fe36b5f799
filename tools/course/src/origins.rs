//! Blocks that open: where numbers come from, and figures beside that of the lesson. Of a number: the formula of each, and the line of the kernel that computes it. The line is found in the source
//! when this crate is compiled, so that it is never that of another state.

use anyhow::{Context, Result};

use crate::inline::{escape, mathml};

#[path = "../../../web/app/origins.rs"]
mod table;

use self::table::{ORIGINS, Origin};

/// The formula of each, in the order of the table.
const LATEX: [&str; ORIGINS.len()] = [
    r"\mu_B=\frac1N\sum_{i=1}^N x_i",
    r"\sigma_B^2=\frac1N\sum_{i=1}^N(x_i-\mu_B)^2",
    r"\hat x_i=\frac{x_i-\mu_B}{\sqrt{\sigma_B^2+\varepsilon}}",
    r"y_i=\gamma\,\hat x_i+\beta",
    r"R_\mu\leftarrow(1-m)\,R_\mu+m\,\mu_B",
    r"R_{\sigma^2}\leftarrow(1-m)\,R_{\sigma^2}+m\,\frac{N}{N-1}\,\sigma_B^2",
];

/// The kernels' source.
const SOURCES: [(&str, &str); 2] = [
    (
        "src/kernels/norm/moments.rs",
        include_str!("../../../src/kernels/norm/moments.rs"),
    ),
    (
        "src/kernels/norm/batch.rs",
        include_str!("../../../src/kernels/norm/batch.rs"),
    ),
];

/// A closed block that says where a number comes from; a script puts in those of the run on the screen.
///
/// # Errors
/// There is no such number, or the source has not just one such line.
pub(crate) fn block(name: &str, words: &str) -> Result<String> {
    let place = ORIGINS.iter().position(|origin| origin.name == name);
    let place = place.with_context(|| format!("`from:{name}` is no number of a unit"))?;
    let origin = &ORIGINS[place];
    let line = line_of(origin)?;
    let (path, code) = (origin.file, escape(origin.code));
    let formula = mathml(LATEX[place], true)?;
    Ok(format!(
        "<details class=\"from\" data-from=\"{name}\"><summary>{words}</summary>\n<p>{formula}</p>\n<p class=\"live from-numbers\" role=\"status\"></p>\n<p class=\"from-source\"><code>{path}:{line}</code> <code>{code}</code></p>\n</details>\n"
    ))
}

/// A closed block in which a script puts a figure of the run on the screen, with this panel alone.
pub(crate) fn figure(name: &str, words: &str) -> String {
    let name = escape(name);
    format!(
        "<details class=\"from live\" data-figure=\"{name}\"><summary>{words}</summary>\n</details>\n"
    )
}

/// From 1.
fn line_of(origin: &Origin) -> Result<usize> {
    let source = SOURCES.iter().find(|(file, _)| *file == origin.file);
    let line = source.and_then(|(_, source)| table::line_of(origin.code, source));
    line.with_context(|| format!("{}: not once `{}`", origin.file, origin.code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_names_the_line_that_computes_it() {
        for origin in &ORIGINS {
            let made = block(origin.name, "words").unwrap();
            let at = line_of(origin).unwrap();
            assert!(
                made.contains(&format!("{}:{at}</code>", origin.file)),
                "{made}"
            );
            let path = format!("{}/../../{}", env!("CARGO_MANIFEST_DIR"), origin.file);
            let source = std::fs::read_to_string(path).unwrap();
            let line = source.lines().nth(at - 1).unwrap();
            assert_eq!(line.trim(), origin.code);
        }
        assert!(block("median", "words").is_err());
        let moved = Origin {
            code: "let nothing = 0;",
            ..ORIGINS[0]
        };
        let said = line_of(&moved).unwrap_err().to_string();
        assert!(said.contains("not once"), "{said}");
    }
}
